"""Who talked to whom in the network, kept for whoever has to look after the fact."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import grants
from infra.component import Component
from infra.foundation.logs import log_group
from infra.grants import Grant
from infra.scope import Scope


@dataclass(frozen=True)
class FlowLogsArgs:
    vpc_id: pulumi.Input[str]
    key_arn: pulumi.Input[str]


class FlowLogs(Component):
    def __init__(self, scope: Scope, args: FlowLogsArgs) -> None:
        super().__init__(scope.name("flow"), scope)
        self.group = log_group(scope, "network/flow", args.key_arn, self.opts)
        writes = Grant(
            ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            [self.group.arn, self.group.arn.apply(lambda arn: f"{arn}:log-stream:*")],
        )
        writer = grants.role(
            scope.name("flow"),
            "vpc-flow-logs.amazonaws.com",
            scope.account,
            [writes],
            tags=scope.tags(),
            opts=self.opts,
        )
        aws.ec2.FlowLog(
            scope.name("flow"),
            vpc_id=args.vpc_id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=self.group.arn,
            iam_role_arn=writer.arn,
            max_aggregation_interval=60,
            tags=scope.tags(),
            opts=self.opts,
        )
