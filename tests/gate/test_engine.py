"""One verdict whatever a stage does: it breaks off, it breaks, it is interrupted, it did not look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from tandem.gate.engine import Engine
from tandem.gate.events import FindingFound, GateFinished, Progress, StageFinished, StageStarted
from tandem.gate.stage import Notes
from tandem.gate.subject import Subject
from tandem.gate.verdict import Finding, Verdict
from tandem.kit.contract import ContractError
from tandem.local.trouble import Trouble
from tests.gate.world import Heard, Project, judged

FAULT = Finding("0123456789ab", "It is wrong.", "GET /v1/notices")


@dataclass
class Scripted:
    """A stage that does as it is told."""

    does: Callable[[Notes], object]
    name: str = "scripted"
    asks: str = "Is it well?"

    def run(self, subject: Subject, notes: Notes) -> None:
        self.does(notes)


@dataclass
class Service:
    """A service that knows whether it was stopped."""

    stopped: bool = False
    url: str = "http://service.invalid"

    @property
    def callers(self) -> dict[str, str]:
        return {}

    def trouble(self) -> str | None:
        return None

    def stop(self) -> None:
        self.stopped = True


def passes(notes: Notes) -> None:
    notes.check("asked", Verdict.PASSED, "well")


def fails(notes: Notes) -> None:
    notes.judge("asked", [FAULT], "well")


def raises(error: BaseException) -> Callable[[Notes], None]:
    def does(notes: Notes) -> None:
        notes.find(FAULT)
        raise error

    return does


def test_verdict_is_that_of_the_worst_stage(notices: Project) -> None:
    assert judged(notices.subject(), Scripted(passes)).verdict is Verdict.PASSED
    result = judged(notices.subject(), Scripted(passes), Scripted(fails), Scripted(passes))
    assert result.verdict is Verdict.FAILED
    assert [stage.verdict for stage in result.stages] == [Verdict.PASSED, Verdict.FAILED, Verdict.PASSED]
    assert result.stages[1].checks[0].said == FAULT.title


def test_several_findings_of_a_check_are_counted_and_the_same_is_told_once(notices: Project) -> None:
    another = Finding("ba9876543210", "It is wrong as well.", "here")
    result = judged(notices.subject(), Scripted(lambda notes: notes.judge("asked", [FAULT, another, FAULT], "")))
    assert result.stages[0].findings == (FAULT, another)
    assert result.stages[0].checks[0].said == "3 findings"


def test_finding_without_a_check_fails_too(notices: Project) -> None:
    assert judged(notices.subject(), Scripted(lambda notes: notes.find(FAULT))).verdict is Verdict.FAILED


def test_stage_that_looked_at_nothing_did_not_look(notices: Project) -> None:
    assert judged(notices.subject(), Scripted(lambda _: None)).verdict is Verdict.DID_NOT_LOOK


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Trouble("The database is gone."), "The database is gone."),
        (ZeroDivisionError("division by zero"), "The stage itself broke: ZeroDivisionError: division by zero"),
        (ContractError(Path("a.yaml"), 3, "says nothing"), "a.yaml:3: says nothing"),
    ],
)
def test_stage_that_breaks_off_is_trouble_and_the_others_still_run(
    notices: Project, error: Exception, reason: str
) -> None:
    result = judged(notices.subject(), Scripted(raises(error)), Scripted(passes))
    first, second = result.stages
    assert (first.verdict, first.reason) == (Verdict.TROUBLE, reason)
    assert first.findings == (FAULT,), "what was seen before is kept"
    assert second.verdict is Verdict.PASSED
    assert (result.verdict, result.verdict.exit_code) == (Verdict.TROUBLE, 2)


def test_places_in_a_reason_are_told_from_the_project(notices: Project) -> None:
    result = judged(notices.subject(), Scripted(raises(ContractError(notices.contract, 3, "says nothing"))))
    assert result.stages[0].reason == "contracts/notice/openapi.yaml:3: says nothing"


def test_ctrl_c_ends_with_a_verdict_and_the_rest_did_not_look(notices: Project) -> None:
    result = judged(notices.subject(), Scripted(passes), Scripted(raises(KeyboardInterrupt())), Scripted(passes))
    assert [stage.verdict for stage in result.stages] == [Verdict.PASSED, Verdict.TROUBLE, Verdict.DID_NOT_LOOK]
    assert {stage.reason for stage in result.stages[1:]} == {"The run was interrupted."}
    assert result.verdict is Verdict.TROUBLE


@pytest.mark.parametrize("does", [passes, raises(Trouble("Gone.")), raises(KeyboardInterrupt())])
def test_service_is_stopped_however_a_stage_ends(notices: Project, does: Callable[[Notes], object]) -> None:
    subject, service = notices.subject(), Service()
    subject._running = service
    judged(subject, Scripted(does))
    assert service.stopped


def test_listeners_hear_each_step_in_order(notices: Project) -> None:
    def does(notes: Notes) -> None:
        notes.progress("half way")
        notes.find(FAULT, FAULT)

    heard, ticks = Heard(), count()
    result = Engine([Scripted(does)], [heard], clock=lambda: float(next(ticks))).run(notices.subject())
    assert heard.events == [
        StageStarted("scripted", "Is it well?"),
        Progress("scripted", "half way"),
        FindingFound("scripted", FAULT),
        StageFinished(result.stages[0]),
        GateFinished(result),
    ]
    assert (result.stages[0].seconds, result.seconds) == (1.0, 3.0)


def test_commit_is_told_where_there_is_one(notices: Project, no_git: None) -> None:
    assert judged(notices.subject()).commit == ""


def test_commit_is_that_of_the_checkout(notices: Project) -> None:
    notices.tag("v1")
    assert len(judged(notices.subject()).commit) == 40


@pytest.fixture
def no_git(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
