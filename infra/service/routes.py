"""The way from the load balancer to a service: two groups of targets and a rule on each of the two ports."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.component import Component
from infra.product import Service
from infra.service import ports
from infra.service.surroundings import Surroundings

_COLOURS = ("blue", "green")


@dataclass(frozen=True)
class RoutesArgs:
    around: Surroundings
    service: Service
    priority: int


class Routes(Component):
    def __init__(self, args: RoutesArgs) -> None:
        scope = args.around.scope
        super().__init__(scope.name(args.service.name, "routes"), scope)
        self._service = args.service.name
        vpc_id = args.around.foundation.text("vpc_id")
        self.targets = [self._targets(colour, vpc_id) for colour in _COLOURS]
        paths = aws.lb.ListenerRuleConditionArgs(
            path_pattern=aws.lb.ListenerRuleConditionPathPatternArgs(regex_values=list(args.service.path_patterns))
        )
        production = args.around.foundation.text("production_listener_arn")
        test = args.around.foundation.text("test_listener_arn")
        self.production = self._rule("production", production, args.priority, paths, live=0)
        self.test = self._rule("test", test, args.priority, paths, live=1)

    def _targets(self, colour: str, vpc_id: pulumi.Input[str]) -> aws.lb.TargetGroup:
        return aws.lb.TargetGroup(
            f"{self._service}-{colour}",
            target_type="ip",
            protocol="HTTPS",
            port=ports.BALANCED,
            vpc_id=vpc_id,
            deregistration_delay=30,
            load_balancing_algorithm_type="least_outstanding_requests",
            health_check=aws.lb.TargetGroupHealthCheckArgs(
                enabled=True,
                protocol="HTTP",
                port=str(ports.ADMIN),
                path="/readyz",
                matcher="200",
                interval=10,
                timeout=5,
                healthy_threshold=2,
                unhealthy_threshold=2,
            ),
            tags=self.scope.tags(self._service),
            opts=self.opts,
        )

    def _rule(
        self,
        name: str,
        listener_arn: pulumi.Input[str],
        priority: int,
        condition: aws.lb.ListenerRuleConditionArgs,
        *,
        live: int,
    ) -> aws.lb.ListenerRule:
        weighted = [
            aws.lb.ListenerRuleActionForwardTargetGroupArgs(arn=targets.arn, weight=100 if index == live else 0)
            for index, targets in enumerate(self.targets)
        ]
        forward = aws.lb.ListenerRuleActionForwardArgs(target_groups=weighted)
        return aws.lb.ListenerRule(
            self.scope.name(self._service, name),
            listener_arn=listener_arn,
            priority=priority,
            conditions=[condition],
            actions=[aws.lb.ListenerRuleActionArgs(type="forward", forward=forward)],
            tags=self.scope.tags(self._service),
            # From now on the weights are moved by ECS, rollout by rollout.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["actions"]),
        )
