"""The task definition of a service, and what it is told in its environment."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.component import Component
from infra.data.purposes import PURPOSES
from infra.foundation.logs import log_group
from infra.product import Service
from infra.service import ports
from infra.service.container import SCRATCH, ContainerArgs, definitions
from infra.service.roles import Roles, RolesArgs, grants_of
from infra.service.surroundings import Surroundings

# Longer than the load balancer takes to see that a task is not ready any more.
_DRAIN_SECONDS = 20
ENTRY_POINT = ["python3", "-m", "tandem.kit"]


@dataclass(frozen=True)
class TaskArgs:
    around: Surroundings
    service: Service


class Task(Component):
    def __init__(self, args: TaskArgs) -> None:
        around, service = args.around, args.service
        scope = around.scope
        super().__init__(scope.name(service.name, "task"), scope)
        key_arn = around.foundation.text("log_key_arn")
        self.logs = log_group(scope, service.name, key_arn, self.opts, service=service.name)
        secret_arn = around.secret_of(service.name)
        login = {f"{service.name.upper()}_DATABASE_URL": "url", "TANDEM_DATABASE_CA": "ca"}
        given = tuple(grants_of(around, service))
        self.roles = Roles(around, RolesArgs(service.name, self.logs.arn, secret_arn, given))
        container = ContainerArgs(
            name=service.name,
            image=around.settings.images[service.name],
            entry_point=ENTRY_POINT,
            command=["serve", service.name],
            environment=environment(around, service),
            secrets={variable: pulumi.Output.concat(secret_arn, f":{key}::") for variable, key in login.items()},
            log_group=self.logs.name,
            serves=True,
        )
        self.definition = aws.ecs.TaskDefinition(
            scope.name(service.name),
            family=scope.name(service.name),
            requires_compatibilities=["FARGATE"],
            network_mode="awsvpc",
            cpu=str(scope.stage.cpu),
            memory=str(scope.stage.memory_mb),
            runtime_platform=aws.ecs.TaskDefinitionRuntimePlatformArgs(
                cpu_architecture="ARM64", operating_system_family="LINUX"
            ),
            execution_role_arn=self.roles.execution.arn,
            task_role_arn=self.roles.task.arn,
            container_definitions=definitions(scope, container),
            volumes=[aws.ecs.TaskDefinitionVolumeArgs(name=SCRATCH)],
            # A rollback needs the revisions before.
            skip_destroy=True,
            tags=scope.tags(service.name),
            opts=self.opts,
        )


def environment(around: Surroundings, service: Service) -> dict[str, pulumi.Input[str]]:
    """The variables of `ServiceSettings`."""
    peers = {peer: f"http://{peer}:{ports.PUBLIC}" for peer in service.consumes}
    variables: dict[str, pulumi.Input[str]] = {
        "TANDEM_ADMIN_PORT": str(ports.ADMIN),
        "TANDEM_CLIENT_SECRET": around.client_secret_of(service.name),
        "TANDEM_DATABASE_SECRET": around.secret_of(service.name),
        "TANDEM_DRAIN_SECONDS": str(_DRAIN_SECONDS),
        "TANDEM_EMBEDDED_METRICS": "true",
        "TANDEM_HOST": "0.0.0.0",
        "TANDEM_ISSUER": around.settings.issuer,
        "TANDEM_JWKS": around.settings.jwks,
        "TANDEM_PEERS": json.dumps(peers),
        "TANDEM_PORT": str(ports.PUBLIC),
        "TANDEM_REGION": around.scope.region,
        "TANDEM_STAGE": around.scope.stage.name,
        "TANDEM_TLS_PORT": str(ports.BALANCED),
        "TANDEM_TOKEN_URL": around.settings.token_url,
        "TANDEM_VERSION": around.settings.version,
    }
    if around.settings.traces:
        variables["TANDEM_TRACES_ENDPOINT"] = around.settings.traces
    if service.says:
        variables["TANDEM_TOPIC"] = around.data.entry("topic_arns", service.name)
    if service.hears:
        variables["TANDEM_QUEUE"] = around.data.entry("queue_urls", service.name)
        variables["TANDEM_DEAD_LETTERS"] = around.data.entry("dead_urls", service.name)
    for purpose in PURPOSES:
        if service.name in purpose.readers:
            variables["TANDEM_OBJECTS_BUCKET"] = around.data.entry("bucket_names", purpose.name)
    return variables
