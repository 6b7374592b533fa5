"""The three parts run, on every stage, each with the real outputs of the parts before it."""

from __future__ import annotations

import pytest

from infra.product import load_product
from infra.stages import STAGES
from tests.infra.recorder import PARTS, recorded

EVERYWHERE = pytest.mark.parametrize(("part", "stage"), [(part, stage) for part in PARTS for stage in STAGES])


@EVERYWHERE
def test_part_runs_and_names_each_resource_once(part: str, stage: str) -> None:
    run = recorded(part, stage)
    urns = [resource.urn for resource in run.resources]
    assert len(urns) == len(set(urns)) > 80
    assert run.exports
    assert None not in run.exports.values()


@pytest.mark.parametrize("stage", STAGES)
def test_every_service_of_the_manifest_runs_in_the_cloud(stage: str) -> None:
    expected = {f"tandem-{stage}-{name}" for name in load_product().services}
    services = recorded("service", stage).of("aws:ecs/service:Service")
    assert {service.inputs["name"] for service in services} == expected
