"""A contract that is broken, or broken for somebody, does not pass the contract stage."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tandem.gate.contract.stage import ContractStage
from tandem.gate.service.serving import served
from tandem.gate.verdict import Verdict
from tandem.kit.contract import load_contract
from tandem.spec.generate import generated_files
from tandem.spec.manifest import load_manifest
from tests.gate.faults.catalogue import assert_caught, entries
from tests.gate.notices import CONTRACT, door
from tests.gate.world import Project, judged_by, project, told


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Released, and everything that is generated is there."""
    made = project(tmp_path_factory.mktemp("clean") / "project", "notice", CONTRACT)
    made.release("1.0.0")
    manifest = load_manifest(made.folder / "contracts")
    for path, text in generated_files(manifest, manifest.services["notice"], made.folder / "services").items():
        path.write_text(text, "utf-8")
    return made


@pytest.fixture
def faulty(clean: Project, tmp_path: Path) -> Project:
    return Project(Path(shutil.copytree(clean.folder, tmp_path / "project")), clean.name)


@pytest.fixture(scope="module")
def url(clean: Project) -> Iterator[str]:
    with served(door(load_contract(clean.contract).document)) as address:
        yield address


def test_clean_contract_passes(clean: Project, url: str) -> None:
    result = judged_by(clean.subject(url), ContractStage())
    assert result.verdict is Verdict.PASSED, told(result)
    assert [check.name for check in result.checks] == [
        "lint", "releases", "compatible", "generated files", "published", "bound",
    ]  # fmt: skip


@pytest.mark.parametrize("fault", entries("contract.yaml"))
def test_fault_in_what_is_written_is_caught(fault: Mapping[str, Any], faulty: Project, url: str) -> None:
    faulty.edit(fault["file"], fault["old"].rstrip("\n"), fault["new"].rstrip("\n"))
    assert_caught(judged_by(faulty.subject(url), ContractStage()), *fault["says"])


def test_service_that_publishes_another_contract_is_caught(clean: Project) -> None:
    document = load_contract(clean.contract).document
    other = {**document, "info": {**document["info"], "version": "0.9.0"}}
    with served(door(other)) as url:
        result = judged_by(clean.subject(url), ContractStage())
    assert_caught(result, "The service runs with another contract", "/info/version", "'0.9.0'", "'1.0.0'")


def test_service_without_one_of_its_operations_is_caught(clean: Project) -> None:
    with served(door(load_contract(clean.contract).document, "/v1/notices")) as url:
        result = judged_by(clean.subject(url), ContractStage())
    assert_caught(result, "POST /v1/notices is in the contract and not in the service: it answers 404", "createNotice")
