"""What AWS asks, in USD without tax, as its public price pages said for eu-north-1 in early 2026.

Written from memory of those pages, not fetched: look a figure up before a decision hangs on it, and change it here.
"""

HOURS = 730

BALANCER_HOUR = 0.02394
BALANCER_UNIT_HOUR = 0.0076
NAT_HOUR = 0.046
NAT_GB = 0.046
ENDPOINT_HOUR = 0.0105
PUBLIC_ADDRESS_HOUR = 0.005
FARGATE_CPU_HOUR = 0.03238
FARGATE_GB_HOUR = 0.00356
# Of the price of Fargate on ARM; it moves with demand.
SPOT_SHARE = 0.35
# One zone; in two zones twice of it.
DATABASE_HOUR = {"db.t4g.small": 0.034, "db.t4g.medium": 0.069, "db.r7g.large": 0.239}
DATABASE_GB = 0.121
BACKUP_COPY_GB = 0.095
AUTHORITY = 50.0
KEY = 1.0
SECRET = 0.40
ALARM = 0.10
# An alarm of an expression is one per metric that it reads.
DASHBOARD = 3.0
DASHBOARDS_FREE = 3
METRIC = 0.30
LOG_GB = 0.57
FIREWALL = 5.0
FIREWALL_RULE = 1.0
FIREWALL_MILLION = 0.60
EVENT_MILLION = 0.50 + 0.50
EGRESS_GB = 0.09
SCAN_IMAGE = 0.09
