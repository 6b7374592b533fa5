"""What a task may do: what its service does, by the manifest and the events, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import grants
from infra.component import Component
from infra.data.purposes import PURPOSES
from infra.grants import Grant
from infra.product import Service
from infra.service.surroundings import Surroundings

_TASKS = "ecs-tasks.amazonaws.com"
_LOGIN = "a login to the registry is for all its repositories and the next grant says which may be pulled"


@dataclass(frozen=True)
class RolesArgs:
    """`secret_arn` is of what ECS puts into the environment of the containers when they start."""

    name: str
    log_group_arn: pulumi.Input[str]
    secret_arn: pulumi.Input[str] | None
    grants: tuple[Grant, ...]


class Roles(Component):
    """`execution` starts the task, `task` is what runs in it."""

    def __init__(self, around: Surroundings, args: RolesArgs) -> None:
        scope = around.scope
        super().__init__(scope.name(args.name, "roles"), scope)
        self.execution = grants.role(
            scope.name(args.name, "execution"),
            _TASKS,
            scope.account,
            [*_to_start(around, args)],
            tags=scope.tags(args.name),
            opts=self.opts,
        )
        self.task = grants.role(
            scope.name(args.name, "task"),
            _TASKS,
            scope.account,
            args.grants,
            tags=scope.tags(args.name),
            opts=self.opts,
        )

    @property
    def arns(self) -> list[pulumi.Output[str]]:
        return [self.execution.arn, self.task.arn]


def _to_start(around: Surroundings, args: RolesArgs) -> Iterator[Grant]:
    yield Grant(["ecr:GetAuthorizationToken"], ["*"], because=_LOGIN)
    yield Grant(
        ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        [around.foundation.entry("repository_arns", args.name)],
    )
    logs = pulumi.Output.from_input(args.log_group_arn).apply(lambda arn: f"{arn}:log-stream:*")
    yield Grant(["logs:CreateLogStream", "logs:PutLogEvents"], [logs])
    if args.secret_arn is not None:
        yield Grant(["secretsmanager:GetSecretValue"], [args.secret_arn])
        yield decrypt_secrets(around)


def decrypt_secrets(around: Surroundings) -> Grant:
    by_secrets_manager = {"StringEquals": {"kms:ViaService": f"secretsmanager.{around.scope.region}.amazonaws.com"}}
    return Grant(["kms:Decrypt"], [around.foundation.text("secrets_key_arn")], by_secrets_manager)


def grants_of(around: Surroundings, service: Service) -> Iterator[Grant]:
    """What the code of a service asks of AWS."""
    own = [around.secret_of(service.name), around.client_secret_of(service.name)]
    yield Grant(["secretsmanager:GetSecretValue"], own)
    yield decrypt_secrets(around)
    if service.says:
        yield Grant(["sns:Publish"], [around.data.entry("topic_arns", service.name)])
    if service.hears:
        queue = around.data.entry("queue_arns", service.name)
        yield Grant(
            ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
            [queue],
        )
        # The service gives up on an event itself, with the reason.
        yield Grant(["sqs:GetQueueAttributes", "sqs:SendMessage"], [around.data.entry("dead_arns", service.name)])
    if service.says or service.hears:
        yield Grant(["kms:Decrypt", "kms:GenerateDataKey"], [around.foundation.text("messages_key_arn")])
    for purpose in PURPOSES:
        if service.name in purpose.readers:
            yield from _read_files(around, purpose.name)


def _read_files(around: Surroundings, purpose: str) -> Iterator[Grant]:
    """Whoever signs an address must be allowed to read what is there."""
    objects = around.data.entry("bucket_arns", purpose).apply(lambda arn: f"{arn}/*")
    yield Grant(["s3:GetObject"], [objects])
    by_s3 = {"StringEquals": {"kms:ViaService": f"s3.{around.scope.region}.amazonaws.com"}}
    yield Grant(["kms:Decrypt"], [around.foundation.text("storage_key_arn")], by_s3)


def infrastructure_role(component: Component, name: str, managed_policy: str) -> aws.iam.Role:
    """A role in which ECS itself acts, with the policy that AWS keeps for it."""
    scope = component.scope
    made = grants.role(scope.name(name), "ecs.amazonaws.com", scope.account, [], tags=scope.tags(), opts=component.opts)
    aws.iam.RolePolicyAttachment(
        scope.name(name), role=made.name, policy_arn=f"arn:aws:iam::aws:policy/{managed_policy}", opts=component.opts
    )
    return made
