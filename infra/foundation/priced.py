"""What of the foundation is paid for by the piece. Prices are worked out without Pulumi, so this needs none."""

from __future__ import annotations

# Rules that AWS keeps, at the load balancer.
MANAGED = (
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesSQLiRuleSet",
)

# What every task needs before it runs a line of ours.
_TO_START = ("ecr.api", "ecr.dkr", "logs", "secretsmanager")
# Keys are used by these services themselves, and metrics travel as log lines.
_TO_WORK = ("sns", "sqs")


def endpoint_services(*, everything: bool) -> tuple[str, ...]:
    """Those that cost something; S3 has its own way, which is free."""
    return (*_TO_START, *(_TO_WORK if everything else ()))
