"""What people read while a gate runs."""

from __future__ import annotations

import io
from dataclasses import replace

from rich.console import Console

from tandem.gate.events import FindingFound, GateFinished, Progress, StageFinished, StageStarted
from tandem.gate.reports.terminal import Terminal
from tests.gate.reports.made import FINDING, STAGES, result


def _shown(*, watched: bool = False) -> tuple[Terminal, io.StringIO]:
    file = io.StringIO()
    console = Console(file=file, force_terminal=watched, width=200, color_system=None, _environ={"TERM": "xterm"})
    return Terminal(console), file


def _tell(terminal: Terminal) -> None:
    for stage in STAGES:
        terminal(StageStarted(stage.stage, "Is it well?"))
        terminal(Progress(stage.stage, "half way"))
        for finding in stage.findings:
            terminal(FindingFound(stage.stage, finding))
        terminal(StageFinished(stage))
    terminal(GateFinished(result()))


def test_file_or_pipe_gets_plain_lines_each_once() -> None:
    terminal, file = _shown()
    _tell(terminal)
    assert file.getvalue().splitlines() == [
        "contract      passed         1.5 s  1 of 2 checks passed",
        "  compatible: did not look, nothing was released yet",
        "  x GET /v1/cards answers 500: the server broke.  0123456789ab",
        "    GET /v1/cards",
        "    Fix: Find the reason in the log.",
        "    tandem gate replay 0123456789ab",
        "schemathesis  failed        20.2 s  0 of 2 checks passed",
        "  reach: cannot tell, not all",
        "migrations    trouble        0.0 s  Squawk is gone.",
        "load          did not look   0.0 s  The run was interrupted.",
        "card: failed in 22 s, 1 finding.",
    ]


def test_watched_terminal_shows_what_is_asked_and_how_far_a_stage_is() -> None:
    terminal, file = _shown(watched=True)
    terminal(StageStarted("contract", "Is the contract clean?"))
    terminal(StageFinished(STAGES[0]))
    assert "Is the contract clean?" in file.getvalue()
    terminal(StageStarted("schemathesis", "Does it keep to it?"))
    terminal(Progress("schemathesis", "as staff: fuzzing, 120 requests"))
    terminal(StageFinished(STAGES[1]))
    assert "as staff: fuzzing, 120 requests" in file.getvalue()
    assert "schemathesis  failed" in file.getvalue()


def test_many_findings_of_one_stage_are_counted_and_not_scrolled_away() -> None:
    terminal, file = _shown()
    terminal(StageStarted("schemathesis", ""))
    for number in range(25):
        terminal(FindingFound("schemathesis", replace(FINDING, fingerprint=str(number), fix="", replay=None)))
    terminal(StageFinished(STAGES[1]))
    assert file.getvalue().count("answers 500") == 20
    assert "and 5 more; the report has them all" in file.getvalue()


def test_passed_gate_speaks_of_no_findings() -> None:
    terminal, file = _shown()
    terminal(GateFinished(result(STAGES[0])))
    assert file.getvalue() == "card: passed in 22 s.\n"
