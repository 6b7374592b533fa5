"""A new service is priced by the program of infra, which stands in an environment of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tandem.local.trouble import Refused
from tandem.scaffold.cost import PAGE, priced
from tandem.scaffold.git import git
from tandem.scaffold.stage import Stage, staged
from tests.scaffold.checkout import checkout_in

PRICES = "test -f services/card/app.py && test -f contracts/manifest.yaml && echo six > docs/cost.md"
REFUSES = 'echo "Traceback"; echo "Its paths need more than 5 rules; share prefixes."; exit 1'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    checkout_in(tmp_path)
    for name, text in (("docs/cost.md", "five"), ("services/card/app.py", ""), ("infra/cost.py", "")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def infra(project: Path, script: str) -> None:
    """What stands for the Python of infra's environment."""
    python = project / "infra/.venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)


def priced_stage(project: Path, *, foreign: bool = False) -> tuple[Stage, str]:
    with staged(project) as stage:
        with priced(stage, foreign=foreign):
            pass
        page = stage.folder / PAGE
        return stage, page.read_text() if page.exists() else ""


def test_page_of_costs_is_written_with_the_service(project: Path) -> None:
    infra(project, PRICES)
    stage, page = priced_stage(project)
    assert (stage.written, page) == ({PAGE}, "six\n")
    assert (project / PAGE).read_text() == "five"


def test_service_that_the_cloud_cannot_have_is_refused(project: Path) -> None:
    infra(project, REFUSES)
    with pytest.raises(Refused, match=r"^The cloud cannot have this service: Its paths need more than 5 rules"):
        priced_stage(project)


def test_contract_of_somebody_else_that_the_cloud_cannot_have_is_noted(project: Path) -> None:
    infra(project, REFUSES)
    stage, _ = priced_stage(project, foreign=True)
    assert stage.written == set()
    assert stage.notes == ["The cloud cannot have this service: Its paths need more than 5 rules; share prefixes."]


def test_nothing_is_priced_where_infra_has_no_environment(project: Path) -> None:
    stage, _ = priced_stage(project)
    assert (stage.written, stage.notes) == (set(), [])


def test_program_is_ended_with_what_is_done_beside_it(project: Path) -> None:
    infra(project, "exec sleep 600")
    with pytest.raises(KeyboardInterrupt), staged(project) as stage, priced(stage, foreign=False):
        raise KeyboardInterrupt


def test_machine_without_git_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refused, match="There is no git here: install it"):
        git(tmp_path, "status")
