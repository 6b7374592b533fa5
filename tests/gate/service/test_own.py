"""The service as the gate runs it: complete, alone, and gone without a trace."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import psutil
import pytest

from tandem.gate.fuzzing.stage import SchemathesisStage
from tandem.gate.service import own
from tandem.gate.service.own import DoesNotStart, OwnService
from tandem.gate.subject import Subject
from tandem.gate.verdict import Verdict
from tandem.local.postgres import free_port
from tandem.local.services import Placed
from tandem.local.state import Home
from tandem.local.trouble import Trouble
from tandem.spec.manifest import load_manifest
from tests.architecture.project import ROOT
from tests.gate.world import Project, judged_by, told
from tests.local.programs import STUBBORN


def _started(project: Path, folder: Path) -> OwnService:
    folder.mkdir(parents=True)
    return own.start(load_manifest(project / "contracts"), "card", project, folder)


@pytest.fixture(scope="module")
def subject(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Subject]:
    """Our own card service, which runs from the first time it is asked for."""
    made = Subject("card", Home(tmp_path_factory.mktemp("own") / "state", ROOT))
    made.home.create()
    yield made
    made.close()


@pytest.fixture(scope="module")
def running(subject: Subject) -> OwnService:
    service = subject.running()
    assert isinstance(service, OwnService)
    return service


@pytest.fixture
def copy(tmp_path: Path) -> Project:
    """The card service and all contracts, to break."""
    for name in ("contracts", "services"):
        shutil.copytree(ROOT / name, tmp_path / "copy" / name, ignore=shutil.ignore_patterns("__pycache__"))
    return Project(tmp_path / "copy", "card")


def _asked(running: OwnService, caller: str) -> httpx.Response:
    return httpx.get(f"{running.url}/v1/cards", headers={"authorization": f"Bearer {running.callers[caller]}"})


def test_service_holds_the_stories_and_knows_its_callers(running: OwnService) -> None:
    assert running.trouble() is None
    assert _asked(running, "support").json()["total"] > _asked(running, "customer").json()["total"] > 0
    ids = {
        caller: {one["id"] for one in _asked(running, caller).json()["items"]} for caller in ("customer", "neighbour")
    }
    assert not ids["customer"] & ids["neighbour"]


def test_service_that_ended_is_told_by_how_and_its_last_word(running: OwnService) -> None:
    with subprocess.Popen(["false"]) as ended:
        ended.wait()
    said = replace(running, _process=ended).trouble()
    assert said is not None
    assert said.startswith("The service ended while it was looked at (code 1): ")


def test_service_whose_database_is_gone_is_trouble_and_nothing_is_left(subject: Subject, running: OwnService) -> None:
    running.postgres.kill()
    result = judged_by(subject, SchemathesisStage())
    assert (result.verdict, result.reason) == (Verdict.TROUBLE, "The database of the service is gone."), told(result)
    assert list((subject.folder / "work").iterdir()) == []
    assert running._process.poll() is not None
    words = [" ".join(one.info["cmdline"] or []) for one in psutil.process_iter(["cmdline"])]
    assert [one for one in words if str(subject.folder / "work") in one] == []


def _stubborn(folder: Path) -> subprocess.Popen[bytes]:
    """Runs, says `ready` on its output, never listens, and does not end when it is asked to."""
    command = [sys.executable, "-S", "-c", STUBBORN]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=folder)
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    return process


def test_service_that_never_gets_ready_and_does_not_end_is_killed(tmp_path: Path) -> None:
    process = _stubborn(tmp_path)
    placed = Placed("card", "gate", free_port(), free_port(), tmp_path)
    try:
        with pytest.raises(DoesNotStart, match=r"card is not ready after 0\.2 s: "):
            own._wait_until_ready(process, placed, tmp_path / "log", patience_seconds=0.2)
    finally:
        own._end(process, patience_seconds=0.1)
    assert process.returncode == -signal.SIGKILL
    assert own._ending(-signal.SIGKILL) == "SIGKILL"
    assert own._ending(3) == "code 3"


def test_service_that_says_nothing_has_no_last_word(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("\n \n")
    assert own._last_word(tmp_path / "log") == "it said nothing"


def test_service_that_lacks_a_handler_does_not_start_and_says_which(copy: Project, tmp_path: Path) -> None:
    copy.edit("services/card/handlers.py", "async def freeze_card(", "async def freeze_it(")
    with pytest.raises(DoesNotStart, match=r"card does not start: .*freezeCard"):
        _started(copy.folder, tmp_path / "work")
    assert not (tmp_path / "work").exists()


def test_service_whose_revision_does_not_apply_does_not_start(copy: Project, tmp_path: Path) -> None:
    copy.edit("services/card/migrations/card_0001_cards.py", "CREATE TABLE cards (", "CREATE TABLE accounts (")
    with pytest.raises(DoesNotStart, match=r"Its migrations do not apply: .*card_0001"):
        _started(copy.folder, tmp_path / "work")


def test_port_or_disk_that_fails_the_database_is_trouble(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "postgres").write_text("in the way")
    with pytest.raises(Trouble, match="PostgreSQL could not make its data directory"):
        own.start(load_manifest(ROOT / "contracts"), "card", ROOT, folder)
