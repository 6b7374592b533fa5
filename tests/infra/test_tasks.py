"""What tasks are told is what the tests of the services start them with."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.product import load_product
from infra.stages import STAGES
from tests.infra.recorder import Run, recorded
from tests.infra.tasks import told

EVERY = pytest.mark.parametrize("name", load_product().services)


def task(run: Run, name: str) -> dict[str, Any]:
    named = f"tandem-{run.stage}-{name}"
    definition = run.named("aws:ecs/taskDefinition:TaskDefinition", named)
    [container] = json.loads(definition.inputs["containerDefinitions"])
    deployment = run.named("aws:ecs/service:Service", named).inputs["deploymentConfiguration"]
    hooks = [json.loads(hook["hookDetails"]) for hook in deployment["lifecycleHooks"]]
    return {
        "entryPoint": container["entryPoint"],
        "commands": [container["command"], *(hook["command"] for hook in hooks)],
        "environment": {one["name"]: one["value"] for one in container["environment"]},
        "secrets": {one["name"]: one["valueFrom"] for one in container["secrets"]},
    }


@EVERY
def test_task_is_told_what_its_service_is_tried_with(name: str) -> None:
    assert task(recorded("service", "production"), name) == told(name), "write it into tests/infra/tasks.json"


@EVERY
@pytest.mark.parametrize("stage", STAGES)
def test_tasks_of_every_stage_are_told_the_same_things(stage: str, name: str) -> None:
    found, expected = task(recorded("service", stage), name), told(name)
    for kind in ("environment", "secrets"):
        assert found[kind].keys() == expected[kind].keys()
