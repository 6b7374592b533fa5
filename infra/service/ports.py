"""Where a task listens. Peers come through the proxy that speaks TLS, the load balancer to the service itself."""

PUBLIC = 8080
ADMIN = 8081
PEERS = 8090
