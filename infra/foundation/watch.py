"""Where alarms go, and what tells of money spent faster than was planned."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import grants
from infra.component import Component
from infra.grants import Grant
from infra.scope import Scope

# Actual cost may be late by a day; the forecast warns before the month is gone.
_WARNINGS = (("ACTUAL", 80.0), ("ACTUAL", 100.0), ("FORECASTED", 100.0))


@dataclass(frozen=True)
class WatchArgs:
    email: str
    key_id: pulumi.Input[str]
    budget_usd: int


class Watch(Component):
    def __init__(self, scope: Scope, args: WatchArgs) -> None:
        super().__init__(scope.name("watch"), scope)
        self.alerts = aws.sns.Topic(
            scope.name("alerts"),
            name=scope.name("alerts"),
            kms_master_key_id=args.key_id,
            tags=scope.tags(),
            opts=self.opts,
        )
        publishes = [
            Grant(
                ["sns:Publish"],
                [self.alerts.arn],
                {"StringEquals": {"aws:SourceAccount": scope.account}},
                {"Service": [service]},
            )
            for service in ("cloudwatch.amazonaws.com", "budgets.amazonaws.com")
        ]
        aws.sns.TopicPolicy(
            scope.name("alerts"), arn=self.alerts.arn, policy=grants.document(*publishes), opts=self.opts
        )
        aws.sns.TopicSubscription(
            scope.name("alerts"), topic=self.alerts.arn, protocol="email", endpoint=args.email, opts=self.opts
        )
        self._budget(args)

    def _budget(self, args: WatchArgs) -> None:
        aws.budgets.Budget(
            self.scope.name("budget"),
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=str(args.budget_usd),
            limit_unit="USD",
            cost_filters=[
                aws.budgets.BudgetCostFilterArgs(name="TagKeyValue", values=[f"user:stage${self.scope.stage.name}"])
            ],
            notifications=[
                aws.budgets.BudgetNotificationArgs(
                    comparison_operator="GREATER_THAN",
                    notification_type=kind,
                    threshold=percent,
                    threshold_type="PERCENTAGE",
                    subscriber_sns_topic_arns=[self.alerts.arn],
                )
                for kind, percent in _WARNINGS
            ],
            tags=self.scope.tags(),
            opts=self.opts,
        )
