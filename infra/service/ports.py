"""Where a task listens. Peers come through the proxy that speaks TLS, and it to the service beside it.

The load balancer comes by TLS too, under a certificate that the task makes for itself. It encrypts and does not look:
security groups let it reach nobody else there.
"""

PUBLIC = 8080
ADMIN = 8081
PEERS = 8090
BALANCED = 8444
