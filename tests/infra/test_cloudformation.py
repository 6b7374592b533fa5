"""AWS's own schemas of its resources, by cfn-lint: enumerations, patterns, sizes, what has to stand together."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from infra.stages import STAGES
from tests.infra.answers import REGION
from tests.infra.cloudformation import TYPES, template
from tests.infra.policies.estates import set_at
from tests.infra.recorder import PARTS, Resource, recorded

# A template should not name zones; a program for one region has to.
IGNORED = {"W3010"}


def resources(stage: str) -> list[Resource]:
    return [resource for part in PARTS for resource in recorded(part, stage).resources]


def broken_ones() -> dict[str, Any]:
    """A resource for each of `REFUSED`, in one template."""
    broken = []
    for number, (kind, path, value, _) in enumerate(REFUSED):
        found = next(one for one in resources("production") if one.type == f"aws:{kind}")
        changed = json.loads(json.dumps(found.inputs))
        set_at(changed, path, value)
        broken.append(replace(found, name=f"broken-{number}", inputs=changed))
    return template(broken)


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """By template. In a process of its own: half of its time was being measured with us, and most of it is starting."""
    folder = tmp_path_factory.mktemp("templates")
    for name, exported in {**{stage: template(resources(stage)) for stage in STAGES}, "broken": broken_ones()}.items():
        (folder / f"{name}.json").write_text(json.dumps(exported))
    files = sorted(str(file) for file in folder.glob("*.json"))
    command = [
        str(Path(sys.executable).with_name("cfn-lint")),
        "--format",
        "json",
        "--regions",
        REGION,
        "--ignore-checks",
        *IGNORED,
    ]
    done = subprocess.run([*command, "--template", *files], capture_output=True, text=True, check=False)
    told: dict[str, list[str]] = {Path(file).stem: [] for file in files}
    for one in json.loads(done.stdout):
        told[Path(one["Filename"]).stem].append(f"{one['Rule']['Id']} {one['Location']['Path']}: {one['Message']}")
    return told


@pytest.mark.parametrize("stage", STAGES)
def test_exported_stage_is_what_aws_takes(complaints: dict[str, list[str]], stage: str) -> None:
    assert {one["Type"] for one in template(resources(stage))["Resources"].values()} == set(TYPES.values())
    assert complaints[stage] == []


REFUSED: list[tuple[str, str, Any, str]] = [
    ("ecs/service:Service", "deploymentConfiguration.strategy", "KANARY", "'KANARY' is not one of"),
    ("rds/instance:Instance", "engine", "postgresql", "'postgresql' is not one of"),
    ("rds/instance:Instance", "instanceClass", "db.huge", "'db.huge' is not one of"),
    ("cloudwatch/metricAlarm:MetricAlarm", "comparisonOperator", "More", "'More' is not one of"),
    ("kms/key:Key", "deletionWindowInDays", 3.0, "3 is less than the minimum of 7"),
    ("cloudwatch/logGroup:LogGroup", "retentionInDays", 15.0, "15 is not one of"),
    ("ecs/taskDefinition:TaskDefinition", "memory", "100", "Cpu '1024' is not compatible with memory '100'"),
]


@pytest.mark.parametrize("number", range(len(REFUSED)), ids=[f"{kind} {path}" for kind, path, _, _ in REFUSED])
def test_value_that_aws_refuses_is_found(complaints: dict[str, list[str]], number: int) -> None:
    own = [one for one in complaints["broken"] if f"'broken{number}" in one]
    assert any(REFUSED[number][3] in one for one in own), complaints["broken"]
