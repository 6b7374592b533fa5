"""A new service is priced by the program of infra, before infra has an environment of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tandem.local.trouble import Refused
from tandem.scaffold.cost import PAGE, priced
from tandem.scaffold.git import git
from tandem.scaffold.stage import Stage, staged
from tests.architecture.project import ROOT
from tests.scaffold.checkout import checkout_in

PRICES = """
from pathlib import Path

assert Path("services/card/app.py").exists() and Path("contracts/manifest.yaml").exists()
Path("docs/cost.md").write_text("six")
"""
REFUSES = 'raise SystemExit("Its paths need more than 5 rules; share prefixes.")'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    checkout_in(tmp_path)
    for name, text in (("docs/cost.md", "five"), ("services/card/app.py", "")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def infra(project: Path, program: str) -> None:
    (project / "infra").mkdir()
    (project / "infra/__init__.py").touch()
    (project / "infra/cost.py").write_text(program)


def priced_stage(project: Path, *, foreign: bool = False) -> tuple[Stage, str]:
    with staged(project) as stage:
        with priced(stage, foreign=foreign):
            pass
        page = stage.folder / PAGE
        return stage, page.read_text() if page.exists() else ""


def test_page_of_costs_is_written_with_the_service(project: Path) -> None:
    infra(project, PRICES)
    stage, page = priced_stage(project)
    assert (stage.written, page) == ({PAGE}, "six")
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


def test_nothing_is_priced_where_there_is_no_infra(project: Path) -> None:
    stage, _ = priced_stage(project)
    assert (stage.written, stage.notes) == (set(), [])


def test_program_itself_needs_nothing_that_only_the_environment_of_infra_has() -> None:
    program = "import infra.cost, sys; sys.stdout.write(infra.cost.page())"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stderr, done.stdout) == ("", (ROOT / PAGE).read_text("utf-8"))


def test_program_is_ended_with_what_is_done_beside_it(project: Path) -> None:
    infra(project, "import time\ntime.sleep(600)")
    with pytest.raises(KeyboardInterrupt), staged(project) as stage, priced(stage, foreign=False):
        raise KeyboardInterrupt


def test_machine_without_git_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refused, match="There is no git here: install it"):
        git(tmp_path, "status")
