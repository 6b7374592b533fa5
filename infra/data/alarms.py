"""When the database is about to fail, rather than when it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.component import Component
from infra.scope import Scope


@dataclass(frozen=True)
class Sign:
    name: str
    metric: str
    comparison: str
    threshold: float
    minutes: int


_GIB = 1024**3
SIGNS: Sequence[Sign] = (
    Sign("cpu", "CPUUtilization", "GreaterThanThreshold", 80.0, 10),
    Sign("storage", "FreeStorageSpace", "LessThanThreshold", 5.0 * _GIB, 5),
    Sign("memory", "FreeableMemory", "LessThanThreshold", 0.25 * _GIB, 10),
    Sign("connections", "DatabaseConnections", "GreaterThanThreshold", 150.0, 5),
    Sign("transaction-ids", "MaximumUsedTransactionIDs", "GreaterThanThreshold", 1_000_000_000.0, 5),
)


@dataclass(frozen=True)
class DatabaseAlarmsArgs:
    identifier: pulumi.Input[str]
    alerts_arn: pulumi.Input[str]


class DatabaseAlarms(Component):
    def __init__(self, scope: Scope, args: DatabaseAlarmsArgs) -> None:
        super().__init__(scope.name("database-alarms"), scope)
        for sign in SIGNS:
            aws.cloudwatch.MetricAlarm(
                scope.name("database", sign.name),
                name=scope.name("database", sign.name),
                alarm_description=f"The database's {sign.name.replace('-', ' ')}. See docs/runbooks.",
                namespace="AWS/RDS",
                metric_name=sign.metric,
                dimensions={"DBInstanceIdentifier": args.identifier},
                statistic="Average",
                period=60,
                evaluation_periods=sign.minutes,
                threshold=sign.threshold,
                comparison_operator=sign.comparison,
                treat_missing_data="breaching",
                alarm_actions=[args.alerts_arn],
                ok_actions=[args.alerts_arn],
                tags=scope.tags(),
                opts=self.opts,
            )
