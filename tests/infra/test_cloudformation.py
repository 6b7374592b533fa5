"""AWS's own schemas of its resources, by cfn-lint: enumerations, patterns, sizes, what has to stand together."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from cfnlint.api import lint
from cfnlint.config import ManualArgs

from infra.stages import STAGES
from tests.infra.answers import REGION
from tests.infra.cloudformation import TYPES, template
from tests.infra.policies.estates import set_at
from tests.infra.recorder import PARTS, Resource, recorded

# A template should not name zones; a program for one region has to.
IGNORED = {"W3010"}


def resources(stage: str) -> list[Resource]:
    return [resource for part in PARTS for resource in recorded(part, stage).resources]


def complaints(exported: dict[str, Any]) -> list[str]:
    found = lint(json.dumps(exported), config=ManualArgs(regions=[REGION]))
    return [f"{one.rule.id} {one.path}: {one.message}" for one in found if one.rule.id not in IGNORED]


@pytest.mark.parametrize("stage", STAGES)
def test_exported_stage_is_what_aws_takes(stage: str) -> None:
    exported = template(resources(stage))
    assert {one["Type"] for one in exported["Resources"].values()} == set(TYPES.values())
    assert complaints(exported) == []


REFUSED: list[tuple[str, str, Any, str]] = [
    ("ecs/service:Service", "deploymentConfiguration.strategy", "KANARY", "'KANARY' is not one of"),
    ("rds/instance:Instance", "engine", "postgresql", "'postgresql' is not one of"),
    ("rds/instance:Instance", "instanceClass", "db.huge", "'db.huge' is not one of"),
    ("cloudwatch/metricAlarm:MetricAlarm", "comparisonOperator", "More", "'More' is not one of"),
    ("kms/key:Key", "deletionWindowInDays", 3.0, "3 is less than the minimum of 7"),
    ("cloudwatch/logGroup:LogGroup", "retentionInDays", 15.0, "15 is not one of"),
    ("ecs/taskDefinition:TaskDefinition", "memory", "100", "Cpu '1024' is not compatible with memory '100'"),
]


@pytest.fixture(scope="module")
def refused() -> list[str]:
    """Each of them broken in its own way, in one template: most of the time goes into beginning to look."""
    broken = []
    for number, (kind, path, value, _) in enumerate(REFUSED):
        found = next(one for one in resources("production") if one.type == f"aws:{kind}")
        changed = json.loads(json.dumps(found.inputs))
        set_at(changed, path, value)
        broken.append(replace(found, name=f"broken-{number}", inputs=changed))
    return complaints(template(broken))


@pytest.mark.parametrize("number", range(len(REFUSED)), ids=[f"{kind} {path}" for kind, path, _, _ in REFUSED])
def test_value_that_aws_refuses_is_found(refused: list[str], number: int) -> None:
    own = [one for one in refused if f"'broken{number}" in one]
    assert any(REFUSED[number][3] in one for one in own), refused
