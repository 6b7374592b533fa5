"""The ECS cluster and the Cloud Map namespace in which services find one another."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.component import Component
from infra.foundation.logs import log_group
from infra.scope import Scope


@dataclass(frozen=True)
class ClusterArgs:
    vpc_id: pulumi.Input[str]
    log_key_arn: pulumi.Input[str]


class Cluster(Component):
    def __init__(self, scope: Scope, args: ClusterArgs) -> None:
        super().__init__(scope.name("cluster"), scope)
        self.namespace = aws.servicediscovery.PrivateDnsNamespace(
            scope.name("namespace"),
            name=f"{scope.name()}.internal",
            description="Where services find one another",
            vpc=args.vpc_id,
            tags=scope.tags(),
            opts=self.opts,
        )
        sessions = log_group(scope, "cluster/sessions", args.log_key_arn, self.opts)
        logging = aws.ecs.ClusterConfigurationExecuteCommandConfigurationLogConfigurationArgs(
            cloud_watch_encryption_enabled=True, cloud_watch_log_group_name=sessions.name
        )
        self.cluster = aws.ecs.Cluster(
            scope.name("cluster"),
            name=scope.name(),
            settings=[aws.ecs.ClusterSettingArgs(name="containerInsights", value="enhanced")],
            service_connect_defaults=aws.ecs.ClusterServiceConnectDefaultsArgs(namespace=self.namespace.arn),
            configuration=aws.ecs.ClusterConfigurationArgs(
                execute_command_configuration=aws.ecs.ClusterConfigurationExecuteCommandConfigurationArgs(
                    kms_key_id=args.log_key_arn, logging="OVERRIDE", log_configuration=logging
                )
            ),
            tags=scope.tags(),
            opts=self.opts,
        )
        aws.ecs.ClusterCapacityProviders(
            scope.name("cluster"),
            cluster_name=self.cluster.name,
            capacity_providers=["FARGATE", "FARGATE_SPOT"],
            opts=self.opts,
        )
