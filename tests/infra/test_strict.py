from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from tests.infra.recorder import Resource, recorded
from tests.infra.strict import complaints
from tests.infra.test_programs import EVERYWHERE


@EVERYWHERE
def test_every_input_is_of_the_type_and_among_the_values_that_the_provider_documents(part: str, stage: str) -> None:
    assert [said for resource in recorded(part, stage).resources for said in complaints(resource)] == []


def service() -> Resource:
    return recorded("service", "dev").of("aws:ecs/service:Service")[0]


def changed(path: str, value: Any) -> Resource:
    """An ECS service with another value at the path; None takes it out."""
    inputs = copy.deepcopy(service().inputs)
    at: Any = inputs
    *before, last = path.split(".")
    for name in before:
        at = at[int(name)] if name.isdigit() else at[name]
    at[last] = value
    if value is None:
        del at[last]
    return replace(service(), inputs=inputs)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("deploymentConfiguration.strategy", "KANARY", "'KANARY' is none of"),
        ("deploymentConfiguration.lifecycleHooks.0.lifecycleStages", ["POST_TEST"], "'POST_TEST' is none of"),
        ("desiredCount", "three", "'three' is not int"),
        ("desiredCount", True, "True is not int"),
        ("forceDelete", "no", "'no' is not bool"),
        ("alarms.enable", None, "enable is missing"),
        ("alarms.threshold", 1.0, "there is no threshold"),
        ("networkConfiguration", "private", "'private' is not an object"),
        ("networkConfiguration.subnets", "subnet-1", "'subnet-1' is not a list"),
        ("tags", ["dev"], "['dev'] is not a map"),
        ("tags", {"stage": 1.0}, "tags[stage]: 1.0 is not str"),
    ],
)
def test_what_mocks_take_and_aws_refuses_is_found(path: str, value: Any, said: str) -> None:
    [found] = complaints(changed(path, value))
    assert said in found
