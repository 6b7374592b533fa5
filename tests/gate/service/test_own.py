"""The service as the gate runs it: complete, alone, and gone without a trace."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from tandem.gate.fuzzing.stage import SchemathesisStage
from tandem.gate.service import own
from tandem.gate.service.own import DoesNotStart, OwnService
from tandem.gate.subject import Subject
from tandem.gate.verdict import Verdict
from tandem.local.state import Home
from tandem.local.trouble import Trouble
from tandem.spec.manifest import load_manifest
from tests.architecture.project import ROOT
from tests.gate.world import Project, judged_by, told


def _started(project: Path, folder: Path) -> OwnService:
    folder.mkdir(parents=True)
    for one in (folder, *folder.parents[:4]):
        one.chmod(0o711)
    return own.start(load_manifest(project / "contracts"), "card", project, folder)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("own") / "work"


@pytest.fixture(scope="module")
def running(folder: Path) -> Iterator[OwnService]:
    service = _started(ROOT, folder)
    yield service
    service.stop()


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


def test_service_that_dies_is_told_by_what_died_and_nothing_is_left(running: OwnService, folder: Path) -> None:
    running.postgres.kill()
    subject = Subject("card", Home(folder.parent / "state", ROOT))
    subject.home.create()
    subject._running = running
    result = judged_by(subject, SchemathesisStage())
    assert (result.verdict, result.reason) == (Verdict.TROUBLE, "The database of the service is gone."), told(result)
    assert not folder.exists()
    assert running._process.poll() is not None
    assert [one for one in psutil.process_iter(["cmdline"]) if str(folder) in " ".join(one.info["cmdline"] or [])] == []


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
