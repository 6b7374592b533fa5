"""What changes with a release: tasks, who may talk to whom, rollouts, scaling, alarms."""

from __future__ import annotations

import pulumi

from infra.parts import Part
from infra.product import Service, load_product
from infra.scope import here
from infra.service.alarms import Alarms, AlarmsArgs
from infra.service.dashboard import Dashboard, DashboardArgs
from infra.service.groups import Groups, GroupsArgs
from infra.service.rollout import Hands, Rollout, RolloutArgs
from infra.service.routes import Routes, RoutesArgs
from infra.service.scaling import Scaling, ScalingArgs
from infra.service.steps import Steps, StepsArgs
from infra.service.surroundings import Surroundings
from infra.service.task import Task, TaskArgs
from infra.settings import ServiceSettings


def build() -> None:
    scope = here("service")
    product = load_product()
    settings = ServiceSettings.load(product.services)
    around = Surroundings(scope, settings, product, Part("foundation", scope), Part("data", scope))
    groups = Groups(GroupsArgs(around))
    tasks = {name: Task(TaskArgs(around, service)) for name, service in product.services.items()}
    steps = Steps(StepsArgs(around, groups, tasks))
    hands = Hands(scope)
    # A load balancer takes each priority once: whoever is new stands at the end of the manifest.
    for priority, service in enumerate(product.services.values(), 1):
        rollout = _service(around, service, 10 * priority, tasks[service.name], groups, steps, hands)
        pulumi.export(f"{service.name}_service", rollout.service.name)


def _service(
    around: Surroundings, service: Service, priority: int, task: Task, groups: Groups, steps: Steps, hands: Hands
) -> Rollout:
    alarms = Alarms(AlarmsArgs(around, service))
    Dashboard(around.scope, DashboardArgs(service))
    rollout = Rollout(
        RolloutArgs(
            around=around,
            service=service,
            task=task,
            routes=Routes(RoutesArgs(around, service, priority)),
            group_id=groups.of[service.name].id,
            hooks=steps.hooks(service.name),
            alarms=alarms.rollback,
            hands=hands,
        )
    )
    cluster_name = around.foundation.text("cluster_name")
    Scaling(around.scope, ScalingArgs(service.name, cluster_name, rollout.service.name))
    return rollout
