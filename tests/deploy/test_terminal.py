"""What a person sees: a line for each thing that happens, on any terminal."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from tandem.deploy.outcome import Ending
from tandem.deploy.terminal import Terminal
from tests.deploy.bad import Bad
from tests.deploy.bad_days import FAILURES
from tests.deploy.conftest import Stage
from tests.deploy.fake_ecs import IMAGES, FakeEcs


def _shown(stage: Stage, console: Console) -> str:
    releases = stage.releases()
    with Terminal(console, lambda: stage.seconds) as terminal:
        releases.tell = terminal
        terminal.ended(releases.deploy(IMAGES[2]))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_release_is_a_line_for_each_step(stage: Stage) -> None:
    lines = _shown(stage, Console(file=io.StringIO())).splitlines()
    assert lines[0].startswith("  0:00  Deploying card in uat: ")
    assert "  0:20  starting tasks, 1 of 2 tasks run, 0 % of the traffic" in lines
    assert "  1:30  moving production traffic, 2 of 2 tasks run, 25 % of the traffic" in lines
    assert lines[-2:] == ["  5:20  the release runs", "  5:20  card in uat runs the release."]


def test_failure_is_shown_with_tasks_log_and_way_back(stage: Stage, fake: FakeEcs) -> None:
    fake.bad, _ = FAILURES["exit"]
    shown = _shown(stage, Console(file=io.StringIO()))
    assert "task stopped  d2task0: Essential container in task exited" in shown
    assert "    CARD_DATABASE_URL is not set\n" in shown
    assert "The container does not stay up: card ended by itself with exit code 3." in shown
    assert "going back to what ran before\n" in shown
    assert "what ran before runs again\n" in shown


@pytest.mark.parametrize(
    ("bad", "said"), [(Bad(cut_off_after=50), "stopped\n"), (Bad(pause="approve"), "waits for approve to be continued")]
)
def test_what_is_out_of_the_ordinary_is_said_in_words(stage: Stage, fake: FakeEcs, bad: Bad, said: str) -> None:
    fake.bad = bad
    stage.interrupts = [200]
    assert said in _shown(stage, Console(file=io.StringIO()))


@pytest.mark.parametrize(("term", "moves"), [("xterm-256color", True), ("dumb", False)])
def test_only_a_terminal_that_can_moves(stage: Stage, monkeypatch: pytest.MonkeyPatch, term: str, moves: bool) -> None:
    monkeypatch.setenv("TERM", term)
    shown = _shown(stage, Console(file=io.StringIO(), force_terminal=True, width=200))
    assert ("\x1b[?25l" in shown) is moves
    assert "the release runs" in shown


def test_endings_have_their_exit_codes() -> None:
    assert {one: one.exit_code for one in Ending} == {
        Ending.DONE: 0,
        Ending.NOTHING_TO_DO: 0,
        Ending.FAILED: 1,
        Ending.TAKEN_BACK: 1,
        Ending.LEFT: 2,
    }
