"""How a release comes, and goes back."""

from __future__ import annotations

import json
from typing import Any

from infra.foundation.entrance import TEST_PORT
from infra.policies.estate import Broken, Estate, Registered


def releases_come_as_canaries_and_bake(estate: Estate) -> Broken:
    for name, service in estate.services():
        deployment = service.inputs.get("deploymentConfiguration", {})
        percent = deployment.get("canaryConfiguration", {}).get("canaryPercent", 100)
        if deployment.get("strategy") != "CANARY" or percent > 50 or int(deployment.get("bakeTimeInMinutes", 0)) < 1:
            yield f"{name} is not released as a canary that bakes"


def alarms_take_a_release_back(estate: Estate) -> Broken:
    known = {alarm.inputs["name"] for alarm in estate.of("cloudwatch/metricAlarm:MetricAlarm")}
    for name, service in estate.services():
        alarms = service.inputs.get("alarms", {})
        names = set(alarms.get("alarmNames", []))
        if not (alarms.get("enable") and alarms.get("rollback") and names and names <= known):
            yield f"{name} is not taken back by an alarm that exists"


def a_release_that_does_not_start_goes_back(estate: Estate) -> Broken:
    for name, service in estate.services():
        if service.inputs.get("deploymentCircuitBreaker") != {"enable": True, "rollback": True}:
            yield f"{name} has no circuit breaker"


def migrations_run_before_the_release(estate: Estate) -> Broken:
    for name, service in estate.services():
        if ["migrate", name] not in _commands(service, "PRE_SCALE_UP"):
            yield f"{name} starts without its migrations"


def canaries_are_judged_before_users_meet_them(estate: Estate) -> Broken:
    """On the port that nobody else reaches, where the load balancer leads to the canary alone."""
    place = f"https://{estate.exports['foundation.domain']}:{TEST_PORT}"
    for name, service in estate.services():
        if ["canary", name, place] not in _commands(service, "POST_TEST_TRAFFIC_SHIFT"):
            yield f"{name} meets users before anybody held it against its contract"


def the_release_is_decided_by_rollouts(estate: Estate) -> Broken:
    """`pulumi up` for another reason would otherwise bring an old release back."""
    for name, service in estate.services():
        if not {"taskDefinition", "desiredCount"} <= set(service.ignored):
            yield f"{name}: another change of the stack would change the release"


def paths_belong_to_one_service(estate: Estate) -> Broken:
    owners: dict[str, str] = {}
    for rule in estate.of("lb/listenerRule:ListenerRule"):
        for pattern in rule.inputs["conditions"][0]["pathPattern"]["regexValues"]:
            service = rule.inputs["tags"]["service"]
            if owners.setdefault(pattern, service) != service:
                yield f"{pattern} leads to {owners[pattern]} and {service}"
    for name in estate.product.services:
        if name not in owners.values():
            yield f"no path leads to {name}"


def rules_take_turns(estate: Estate) -> Broken:
    seen: set[tuple[str, float]] = set()
    for rule in estate.of("lb/listenerRule:ListenerRule"):
        place = (rule.inputs["listenerArn"], rule.inputs["priority"])
        if place in seen:
            yield f"{rule.name} has a priority that is taken"
        seen.add(place)


def _commands(service: Registered, stage: str) -> list[list[Any]]:
    hooks = service.inputs.get("deploymentConfiguration", {}).get("lifecycleHooks", [])
    return [json.loads(hook["hookDetails"])["command"] for hook in hooks if hook["lifecycleStages"] == [stage]]


CHECKS = (
    releases_come_as_canaries_and_bake,
    alarms_take_a_release_back,
    a_release_that_does_not_start_goes_back,
    migrations_run_before_the_release,
    canaries_are_judged_before_users_meet_them,
    the_release_is_decided_by_rollouts,
    paths_belong_to_one_service,
    rules_take_turns,
)
