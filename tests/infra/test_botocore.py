"""What AWS takes as text in a property is held against the models of boto3: no schema of the provider sees it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.session
import pytest
from botocore.model import ListShape, Shape, StringShape, StructureShape
from botocore.validate import ParamValidator

from infra.stages import STAGES
from tests.infra.recorder import Run, recorded


@cache
def shape(operation: str, *path: str) -> Shape:
    found: Shape = botocore.session.get_session().get_service_model("ecs").operation_model(operation).input_shape
    for name in path:
        assert isinstance(found, StructureShape)
        found = found.members[name]
    return found


def complaints(value: Any, of: Shape) -> list[str]:
    report = ParamValidator().validate(value, of)
    return [*([report.generate_report()] if report.has_errors() else []), *_unknown_values(value, of)]


def _unknown_values(value: Any, of: Shape) -> Iterator[str]:
    """botocore sends any text and leaves it to AWS."""
    if isinstance(of, StructureShape) and isinstance(value, dict):
        for name, one in value.items():
            if name in of.members:
                yield from _unknown_values(one, of.members[name])
    elif isinstance(of, ListShape):
        for one in value:
            yield from _unknown_values(one, of.member)
    elif isinstance(of, StringShape) and of.enum and value not in of.enum:
        yield f"{value!r} is none of {of.enum}"


def containers(run: Run) -> list[dict[str, Any]]:
    tasks = run.of("aws:ecs/taskDefinition:TaskDefinition")
    return [container for task in tasks for container in json.loads(task.inputs["containerDefinitions"])]


def deployments(run: Run) -> list[dict[str, Any]]:
    """As ECS takes them: minutes are text for the provider, and the details of a hook are JSON."""
    found = []
    for service in run.of("aws:ecs/service:Service"):
        one = json.loads(json.dumps(service.inputs["deploymentConfiguration"]))
        one["bakeTimeInMinutes"] = int(one["bakeTimeInMinutes"])
        canary = one["canaryConfiguration"]
        canary["canaryBakeTimeInMinutes"] = int(canary["canaryBakeTimeInMinutes"])
        for hook in one["lifecycleHooks"]:
            hook["hookDetails"] = json.loads(hook["hookDetails"])
        alarms = service.inputs["alarms"]
        found.append({**one, "alarms": alarms, "deploymentCircuitBreaker": service.inputs["deploymentCircuitBreaker"]})
    return found


@pytest.mark.parametrize("stage", STAGES)
def test_containers_are_what_ecs_takes(stage: str) -> None:
    model = shape("RegisterTaskDefinition", "containerDefinitions")
    assert complaints(containers(recorded("service", stage)), model) == []


@pytest.mark.parametrize("stage", STAGES)
def test_deployments_are_what_ecs_takes(stage: str) -> None:
    model = shape("CreateService", "deploymentConfiguration")
    assert [said for one in deployments(recorded("service", stage)) for said in complaints(one, model)] == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"readOnlyRootFilesystem": True}, 'Unknown parameter in input: "readOnlyRootFilesystem"'),
        ({"stopTimeout": "60"}, "Invalid type for parameter stopTimeout"),
        ({"logConfiguration": {"options": {}}}, 'Missing required parameter in logConfiguration: "logDriver"'),
        ({"logConfiguration": {"logDriver": "cloudwatch"}}, "'cloudwatch' is none of"),
    ],
)
def test_container_that_ecs_refuses_is_found(changed: dict[str, Any], said: str) -> None:
    [container] = containers(recorded("service", "dev"))[:1]
    model = shape("RegisterTaskDefinition", "containerDefinitions")
    assert isinstance(model, ListShape)
    assert said in "".join(complaints({**container, **changed}, model.member))
