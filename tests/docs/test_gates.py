"""The page about gates says what the gate does: its stages, verdicts, limits, scanners, commands."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tandem.cli.main import run
from tandem.gate.load.limits import LOAD_LIMITS
from tandem.gate.safety.scanners import SCANNERS
from tandem.gate.stages import stages
from tandem.gate.verdict import Verdict
from tests.architecture.project import ROOT
from tests.docs.boxes import boxes, paste_all

PAGE = ROOT / "docs" / "gates.md"
TEXT = PAGE.read_text("utf-8")


def table(*head: str) -> list[list[str]]:
    """The cells below a head, row by row."""
    _, _, below = TEXT.partition(f"| {' | '.join(head)} |\n")
    rows = below.partition("\n\n")[0].splitlines()[1:]
    assert rows, f"there is no table {head}"
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def test_every_box_says_what_the_page_says(tmp_path: Path) -> None:
    for name in ("contracts", "services", "pyproject.toml"):
        (tmp_path / name).symlink_to(ROOT / name)
    paste_all(PAGE, tmp_path)
    assert [language for language, _ in boxes(PAGE)] == ["sh", "text"] * (len(boxes(PAGE)) // 2)


def test_every_command_exists_with_its_options_and_stages(capsys: pytest.CaptureFixture[str]) -> None:
    commands = [shlex.split(one) for one in re.findall(r"`(tandem [^`\n]+)`", TEXT)]
    assert run(["gate", "--help"]) == 0
    options = re.findall(r"`(--[a-z]+)", TEXT) + [word for words in commands for word in words if word[:2] == "--"]
    shown = capsys.readouterr().out
    assert {words[1] for words in commands} == {"gate"}
    assert [option for option in options if option not in shown] == []
    named = {words[at + 1] for words in commands for at, word in enumerate(words) if word == "--stage"}
    assert named <= {stage.name for stage in stages()}


def test_stages_stand_in_the_order_in_which_they_run() -> None:
    assert table("stage", "asks") == [[stage.name, stage.asks] for stage in stages()]


def test_verdicts_have_their_exit_codes() -> None:
    rows = {row[0]: int(row[1]) for row in table("verdict", "exit code", "means")}
    assert rows == {verdict.value: verdict.exit_code for verdict in Verdict}


def test_limits_of_the_load_are_those_it_has() -> None:
    rows = table("profile", "rounds", "each operation that reads", "each journey", "ends after")
    assert rows == [
        [name, str(one.rounds), f"{one.reads} a round", f"{one.walks} a round", f"{one.seconds:g} s"]
        for name, one in LOAD_LIMITS.items()
    ]
    (common,) = {(one.per_second, one.callers, one.enough) for one in LOAD_LIMITS.values()}
    assert "{:g} requests a second, as {} callers".format(*common) in TEXT
    assert f"fewer than {common[2]} answers" in TEXT


def test_every_scanner_is_named_in_its_order() -> None:
    assert [row[0] for row in table("check", "looks at", "did not look when")] == [one.name for one in SCANNERS]


def test_files_that_the_page_names_are_there() -> None:
    named = re.findall(r"`((?:tandem|loadtests|tests|contracts|requirements)/[a-z/_.-]+)`", TEXT)
    assert [name for name in named if not (ROOT / name).exists()] == []
    assert len(TEXT.splitlines()) <= 150
