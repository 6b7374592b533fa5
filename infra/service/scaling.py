"""More tasks when they are busy, fewer when they are not; never fewer than one per zone where it matters."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.component import Component
from infra.scope import Scope

_DIMENSION = "ecs:service:DesiredCount"
_TARGETS = {"cpu": ("ECSServiceAverageCPUUtilization", 60.0), "memory": ("ECSServiceAverageMemoryUtilization", 75.0)}


@dataclass(frozen=True)
class ScalingArgs:
    service: str
    cluster_name: pulumi.Input[str]
    ecs_name: pulumi.Output[str]


class Scaling(Component):
    def __init__(self, scope: Scope, args: ScalingArgs) -> None:
        super().__init__(scope.name(args.service, "scaling"), scope)
        target = aws.appautoscaling.Target(
            scope.name(args.service),
            service_namespace="ecs",
            scalable_dimension=_DIMENSION,
            resource_id=pulumi.Output.concat("service/", args.cluster_name, "/", args.ecs_name),
            min_capacity=scope.stage.tasks_least,
            max_capacity=scope.stage.tasks_most,
            tags=scope.tags(args.service),
            opts=self.opts,
        )
        for name, (metric, percent) in _TARGETS.items():
            self._policy(scope.name(args.service, name), target, metric, percent)

    def _policy(self, name: str, target: aws.appautoscaling.Target, metric: str, percent: float) -> None:
        measured = aws.appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecificationArgs(
            predefined_metric_type=metric
        )
        aws.appautoscaling.Policy(
            name,
            name=name,
            policy_type="TargetTrackingScaling",
            service_namespace=target.service_namespace,
            scalable_dimension=target.scalable_dimension,
            resource_id=target.resource_id,
            target_tracking_scaling_policy_configuration=aws.appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgs(
                target_value=percent,
                predefined_metric_specification=measured,
                scale_out_cooldown=60,
                scale_in_cooldown=300,
            ),
            opts=self.opts,
        )
