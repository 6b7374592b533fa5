"""A run that cannot go on ends in time, with what it saw, and leaves nothing running."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import psutil
import pytest

from tandem.gate.fuzzing.command import TimeIsUp, Watch
from tandem.gate.fuzzing.observed import Observed
from tandem.gate.fuzzing.stage import SchemathesisStage
from tandem.gate.profiles import Limits, Profile
from tandem.gate.service.given import Given
from tandem.gate.service.serving import served
from tandem.gate.subject import Subject
from tandem.gate.verdict import Verdict
from tests.gate.faults.shop import SOUND, TOKENS, contract, shop
from tests.gate.strange_servers import mortal
from tests.gate.world import Project, judged_by, project, told


@pytest.fixture
def sound(tmp_path: Path) -> Project:
    return project(tmp_path / "project", "shop", contract(SOUND))


def _running_in(folder: Path) -> list[psutil.Process]:
    return [one for one in psutil.process_iter(["cwd"]) if str(one.info["cwd"]).startswith(str(folder))]


def test_service_without_a_fault_passes_and_figures_say_what_was_seen(sound: Project) -> None:
    with served(shop(SOUND)) as url:
        result = judged_by(sound.subject(url, TOKENS), SchemathesisStage())
    assert result.verdict is Verdict.PASSED, told(result)
    assert [(check.name, check.said) for check in result.checks] == [
        ("as staff", "every answer was as the contract says"),
        ("as a customer", "every answer was as the contract says"),
    ]
    assert [figure.name for figure in result.figures][:2] == ["requests", "operations answered"]
    assert "5 examples per operation" in result.stopping_rule


def test_operation_that_is_excused_is_named_and_never_counts_as_passed(sound: Project) -> None:
    (only,) = sound.subject().service.contract.operations
    excuses = sound.folder / "tests" / "architecture" / "untested-operations.yaml"
    excuses.parent.mkdir(parents=True)
    excuses.write_text(f"shop.{only.id}: nobody has built it\nother.thing: not ours\n")
    result = judged_by(sound.subject("http://127.0.0.1:9", TOKENS), SchemathesisStage())
    assert result.verdict is Verdict.DID_NOT_LOOK, told(result)
    (check,) = result.checks
    assert (check.name, check.said) == ("not tested", f"excused in writing: {only.id}: nobody has built it")


def test_service_that_dies_in_the_middle_is_trouble(sound: Project) -> None:
    with mortal(contract(SOUND), 5) as url:
        result = judged_by(sound.subject(url, TOKENS), SchemathesisStage())
    assert result.verdict is Verdict.TROUBLE, told(result)
    assert "takes no connections" in result.reason
    assert _running_in(sound.folder) == []


def test_service_that_hangs_in_the_middle_is_trouble(sound: Project) -> None:
    with mortal(contract(SOUND), 5, "hang") as url:
        result = judged_by(sound.subject(url, TOKENS), SchemathesisStage())
    assert (result.verdict, result.reason) == (Verdict.TROUBLE, f"{url} does not answer within 5 s.")
    assert _running_in(sound.folder) == []


def test_run_is_ended_when_its_time_is_up(sound: Project) -> None:
    with served(shop(SOUND)) as url:
        running = Given(url, TOKENS)
        watch = Watch(running, sound.subject().service.contract, sound.folder / "work", give_up=0.0)
        with pytest.raises(TimeIsUp):
            watch.run((), Observed(), lambda: None)
    assert _running_in(sound.folder) == []
    events = sound.folder / "work" / "events.ndjson"
    assert not events.exists() or b"EngineFinished" not in events.read_bytes(), "it was ended, and not waited for"


@dataclass
class Hurried(Subject):
    """Its time is up before anything was seen."""

    @property
    def limits(self) -> Limits:
        return replace(super().limits, schemathesis_seconds=0.0, seconds_per_operation=0.0)


def test_stage_whose_time_is_up_cannot_tell(sound: Project) -> None:
    with served(shop(SOUND)) as url:
        subject = Hurried("shop", sound.subject().home, Profile.SMOKE, url, TOKENS)
        result = judged_by(subject, SchemathesisStage())
    assert result.verdict is Verdict.CANNOT_TELL, told(result)
    assert result.checks[0].said == "it had not seen everything after 0 s"
