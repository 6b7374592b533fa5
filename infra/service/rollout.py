"""The ECS service: a release comes as a canary, is judged, bakes, and goes back by itself when an alarm rings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.component import Component
from infra.product import Service
from infra.scope import Scope
from infra.service import ports
from infra.service.container import log_configuration
from infra.service.roles import infrastructure_role
from infra.service.routes import Routes
from infra.service.steps import Hook
from infra.service.surroundings import Surroundings
from infra.service.task import Task

CANARY_HEADER = "X-Tandem-Canary"
_BALANCER_POLICY = "AmazonECSInfrastructureRolePolicyForLoadBalancers"
_TLS_POLICY = "service-role/AmazonECSInfrastructureRolePolicyForServiceConnectTransportLayerSecurity"


class Hands(Component):
    """The roles in which ECS moves weights and brings certificates, the same for all services."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope.name("hands"), scope)
        self.balancer = infrastructure_role(self, "balancer", _BALANCER_POLICY)
        self.certificates = infrastructure_role(self, "certificates", _TLS_POLICY)


@dataclass(frozen=True)
class RolloutArgs:
    around: Surroundings
    service: Service
    task: Task
    routes: Routes
    group_id: pulumi.Input[str]
    hooks: Sequence[Hook]
    alarms: Sequence[pulumi.Output[str]]
    hands: Hands


class Rollout(Component):
    def __init__(self, args: RolloutArgs) -> None:
        scope = args.around.scope
        super().__init__(scope.name(args.service.name, "rollout"), scope)
        stage = scope.stage
        self.service = aws.ecs.Service(
            scope.name(args.service.name),
            name=scope.name(args.service.name),
            cluster=args.around.cluster_arn,
            task_definition=args.task.definition.arn,
            desired_count=stage.tasks_least,
            capacity_provider_strategies=[
                aws.ecs.ServiceCapacityProviderStrategyArgs(
                    capacity_provider="FARGATE_SPOT" if stage.spot else "FARGATE", weight=1
                )
            ],
            platform_version="LATEST",
            network_configuration=aws.ecs.ServiceNetworkConfigurationArgs(
                subnets=args.around.foundation.texts("private_subnet_ids"),
                security_groups=[args.group_id],
                assign_public_ip=False,
            ),
            load_balancers=[self._balanced(args)],
            service_connect_configuration=self._connected(args),
            deployment_configuration=aws.ecs.ServiceDeploymentConfigurationArgs(
                strategy="CANARY",
                bake_time_in_minutes=str(stage.bake_minutes),
                canary_configuration=aws.ecs.ServiceDeploymentConfigurationCanaryConfigurationArgs(
                    canary_percent=stage.canary_percent, canary_bake_time_in_minutes=str(stage.canary_minutes)
                ),
                lifecycle_hooks=args.hooks,
            ),
            deployment_circuit_breaker=aws.ecs.ServiceDeploymentCircuitBreakerArgs(enable=True, rollback=True),
            alarms=aws.ecs.ServiceAlarmsArgs(alarm_names=args.alarms, enable=True, rollback=True),
            deployment_minimum_healthy_percent=100,
            deployment_maximum_percent=200,
            health_check_grace_period_seconds=60,
            availability_zone_rebalancing="ENABLED",
            enable_execute_command=False,
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            tags=scope.tags(args.service.name),
            # Which release runs, and with how many tasks, is decided by rollouts and scaling from now on.
            opts=pulumi.ResourceOptions(
                parent=self,
                ignore_changes=["taskDefinition", "desiredCount"],
                depends_on=[args.routes.production, args.routes.test, args.task.roles],
            ),
        )

    def _balanced(self, args: RolloutArgs) -> aws.ecs.ServiceLoadBalancerArgs:
        blue, green = args.routes.targets
        return aws.ecs.ServiceLoadBalancerArgs(
            container_name=args.service.name,
            container_port=ports.BALANCED,
            target_group_arn=blue.arn,
            advanced_configuration=aws.ecs.ServiceLoadBalancerAdvancedConfigurationArgs(
                alternate_target_group_arn=green.arn,
                production_listener_rule=args.routes.production.arn,
                test_listener_rule=args.routes.test.arn,
                role_arn=args.hands.balancer.arn,
            ),
        )

    def _connected(self, args: RolloutArgs) -> aws.ecs.ServiceServiceConnectConfigurationArgs:
        around = args.around
        logs = log_configuration(self.scope, args.task.logs.name, "connect")
        return aws.ecs.ServiceServiceConnectConfigurationArgs(
            enabled=True,
            namespace=around.foundation.text("namespace_arn"),
            log_configuration=aws.ecs.ServiceServiceConnectConfigurationLogConfigurationArgs(
                log_driver=logs["logDriver"], options=logs["options"]
            ),
            services=[
                aws.ecs.ServiceServiceConnectConfigurationServiceArgs(
                    port_name="public",
                    discovery_name=args.service.name,
                    ingress_port_override=ports.PEERS,
                    client_alias=[_alias(args.service.name)],
                    tls=aws.ecs.ServiceServiceConnectConfigurationServiceTlsArgs(
                        issuer_cert_authority=aws.ecs.ServiceServiceConnectConfigurationServiceTlsIssuerCertAuthorityArgs(
                            aws_pca_authority_arn=around.foundation.text("authority_arn")
                        ),
                        kms_key=around.foundation.text("secrets_key_arn"),
                        role_arn=args.hands.certificates.arn,
                    ),
                )
            ],
        )


def _alias(service: str) -> aws.ecs.ServiceServiceConnectConfigurationServiceClientAliasArgs:
    """Peers call `http://<service>:8080`; a request with the header meets the canary, while there is one."""
    exactly = aws.ecs.ServiceServiceConnectConfigurationServiceClientAliasTestTrafficRuleHeaderValueArgs(exact=service)
    return aws.ecs.ServiceServiceConnectConfigurationServiceClientAliasArgs(
        port=ports.PUBLIC,
        dns_name=service,
        test_traffic_rules=[
            aws.ecs.ServiceServiceConnectConfigurationServiceClientAliasTestTrafficRuleArgs(
                header=aws.ecs.ServiceServiceConnectConfigurationServiceClientAliasTestTrafficRuleHeaderArgs(
                    name=CANARY_HEADER, value=exactly
                )
            )
        ],
    )
