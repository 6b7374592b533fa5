"""What runs in a rollout before users meet a release: its migrations, then its canary is held against its contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra import grants
from infra.component import Component
from infra.foundation.entrance import TEST_PORT
from infra.foundation.logs import log_group
from infra.functions.package import ARCHITECTURE, RUNTIME, archive
from infra.grants import Grant
from infra.service.groups import Groups
from infra.service.surroundings import Surroundings
from infra.service.task import Task

Hook = aws.ecs.ServiceDeploymentConfigurationLifecycleHookArgs


@dataclass(frozen=True)
class StepsArgs:
    around: Surroundings
    groups: Groups
    tasks: Mapping[str, Task]


class Steps(Component):
    def __init__(self, args: StepsArgs) -> None:
        self._around, self._groups = args.around, args.groups
        scope = args.around.scope
        super().__init__(scope.name("steps"), scope)
        self._function = self._made(args.tasks)
        self._caller = grants.role(
            scope.name("hooks"),
            "ecs.amazonaws.com",
            scope.account,
            [Grant(["lambda:InvokeFunction"], [self._function.arn])],
            tags=scope.tags(),
            opts=self.opts,
        )

    def hooks(self, service: str) -> list[Hook]:
        url = self._around.foundation.text("domain").apply(lambda domain: f"https://{domain}:{TEST_PORT}")
        migration = {"command": ["migrate", service], "groups": [self._groups.of[service].id]}
        canary = {"command": ["canary", service, url], "groups": [self._groups.gate.id]}
        return [
            self._hook("PRE_SCALE_UP", {"container": service, **migration}),
            self._hook("POST_TEST_TRAFFIC_SHIFT", {"container": service, **canary}),
        ]

    def _hook(self, stage: str, details: Mapping[str, Any]) -> Hook:
        place = {
            "cluster": self._around.cluster_arn,
            "subnets": self._around.foundation.texts("private_subnet_ids"),
        }
        return Hook(
            lifecycle_stages=[stage],
            hook_target_arn=self._function.arn,
            role_arn=self._caller.arn,
            hook_details=pulumi.Output.json_dumps({**place, **details}),
        )

    def _made(self, tasks: Mapping[str, Task]) -> aws.lambda_.Function:
        scope = self._around.scope
        logs = log_group(scope, "steps", self._around.foundation.text("log_key_arn"), self.opts)
        given = [*self._may(tasks), Grant(["logs:CreateLogStream", "logs:PutLogEvents"], [_streams(logs)])]
        role = grants.role(
            scope.name("steps"), "lambda.amazonaws.com", scope.account, given, tags=scope.tags(), opts=self.opts
        )
        return aws.lambda_.Function(
            scope.name("steps"),
            description="Runs a rollout's migration and judges its canary",
            code=archive("rollout_step"),
            handler="rollout_step.handler",
            runtime=RUNTIME,
            architectures=[ARCHITECTURE],
            memory_size=256,
            timeout=30,
            role=role.arn,
            kms_key_arn=self._around.foundation.text("secrets_key_arn"),
            logging_config=aws.lambda_.FunctionLoggingConfigArgs(log_format="JSON", log_group=logs.name),
            tracing_config=aws.lambda_.FunctionTracingConfigArgs(mode="PassThrough"),
            tags=scope.tags(),
            opts=self.opts,
        )

    def _may(self, tasks: Mapping[str, Task]) -> list[Grant]:
        scope, cluster = self._around.scope, self._around.foundation.text("cluster_name")
        families = [scope.arn("ecs", f"task-definition/{scope.name(name)}:*") for name in tasks]
        roles = [arn for task in tasks.values() for arn in task.roles.arns]
        inside = cluster.apply(lambda name: scope.arn("ecs", f"task/{name}/*"))
        revisions = cluster.apply(lambda name: scope.arn("ecs", f"service-revision/{name}/*"))
        return [
            Grant(["ecs:RunTask"], families, {"ArnEquals": {"ecs:cluster": self._around.cluster_arn}}),
            Grant(["ecs:DescribeTasks"], [inside]),
            Grant(["ecs:DescribeServiceRevisions"], [revisions]),
            Grant(["iam:PassRole"], roles, {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}),
        ]


def _streams(logs: aws.cloudwatch.LogGroup) -> pulumi.Output[str]:
    return logs.arn.apply(lambda arn: f"{arn}:log-stream:*")
