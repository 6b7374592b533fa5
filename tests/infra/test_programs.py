"""The three parts run, on every stage, each with the real outputs of the parts before it."""

from __future__ import annotations

import runpy

import pytest
import yaml
from pulumi import RunError

from infra.product import CONTRACTS, load_product
from infra.refusal import Refused
from infra.stages import STAGES
from infra.start import start
from tests.infra.recorder import PARTS, record, recorded, settings_of

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


def test_pulumi_finds_the_program_in_the_folder_of_its_part() -> None:
    """As Pulumi starts it: the folder itself is run, from wherever the command was given."""
    folder = CONTRACTS.parent / "infra/foundation"
    settings = settings_of("foundation", "dev")

    def program() -> None:
        runpy.run_path(str(folder), run_name="__main__")

    run = record(program, "dev", settings, part="foundation")
    assert len(run.resources) == len(recorded("foundation", "dev").resources)


@pytest.mark.parametrize("part", PARTS)
def test_part_is_a_project_that_runs_in_the_environment_of_infra(part: str) -> None:
    folder = CONTRACTS.parent / "infra" / part
    project = yaml.safe_load((folder / "Pulumi.yaml").read_text("utf-8"))
    assert project["name"] == f"tandem-{part}"
    assert (folder / project["runtime"]["options"]["virtualenv"]).resolve() == CONTRACTS.parent / "infra/.venv"
    assert f"from infra.{part}.program import build" in (folder / "__main__.py").read_text("utf-8")
    assert {file.name for file in folder.glob("Pulumi.*.yaml")} >= {f"Pulumi.{stage}.yaml" for stage in STAGES}


def test_what_is_refused_reaches_pulumi_as_a_sentence() -> None:
    def build() -> None:
        raise Refused("There is no region.")

    with pytest.raises(RunError, match=r"^There is no region\.$"):
        start(build)
