"""A scanner that cannot look says why; it is never taken for one that saw nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tandem.gate.safety.scanner import CouldNotLook, Place, Program, Sighting
from tandem.gate.safety.stage import SafetyStage
from tandem.gate.verdict import Verdict
from tests.gate.safety.places import place
from tests.gate.world import Project, judged_by, told
from tests.local.programs import has_ended, wait_until


def sightings(_: Place, document: list[dict[str, Any]]) -> Iterator[Sighting]:
    for one in document:
        yield Sighting(one["rule"], "file.py", one.get("line"), "It is dangerous.", "Stop it.", one["rule"])


def program(folder: Path, script: str, seconds: float = 20.0) -> Program:
    path = folder / "scan"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    return Program("scan", "the files", lambda _: [], sightings, seconds=seconds, folder=folder)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo no database >&2; exit 3", "it ended with code 3: no database"),
        ("echo 'half an' answer", "it gave no answer: half an answer"),
        ("true", "it gave no answer: it said nothing"),
        ("""echo '[{"name": 1}]'""", "its answer has another form than expected (KeyError('rule'))"),
        ("echo 5", "its answer has another form than expected"),
    ],
)
def test_scanner_that_breaks_did_not_look(script: str, reason: str, notices: Project, tmp_path: Path) -> None:
    result = judged_by(notices.subject(), SafetyStage([program(tmp_path, script)]))
    assert result.verdict is Verdict.DID_NOT_LOOK
    assert f"scan: did not look, {reason}" in told(result)


def test_scanner_that_is_not_installed_did_not_look(notices: Project, tmp_path: Path) -> None:
    missing = Program("scan", "the files", lambda _: [], sightings, folder=tmp_path)
    assert "scan is not installed here" in told(judged_by(notices.subject(), SafetyStage([missing])))


def test_scanner_without_an_end_is_ended_with_all_it_started(notices: Project, tmp_path: Path) -> None:
    endless = program(tmp_path, "sleep 600 & echo $! > started; wait", seconds=0.5)
    result = judged_by(notices.subject(), SafetyStage([endless]))
    assert "scan: did not look, it had not answered after 0.5 s" in told(result)
    started = int((notices.folder / "started").read_text())
    wait_until(lambda: has_ended(started))


def test_one_that_did_not_look_spoils_no_other(notices: Project, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    looks, does_not = program(tmp_path, "echo []"), program(tmp_path / "other", "exit 9")
    result = judged_by(notices.subject(), SafetyStage([looks, does_not]))
    assert result.verdict is Verdict.PASSED
    assert [check.verdict for check in result.checks] == [Verdict.PASSED, Verdict.DID_NOT_LOOK]


def test_same_fault_keeps_its_fingerprint_when_lines_move(notices: Project, tmp_path: Path) -> None:
    def seen(line: str) -> str:
        scan = program(tmp_path, f"""echo '[{{"rule": "R1"{line}}}]'; exit 1""")
        (finding,) = judged_by(notices.subject(), SafetyStage([scan])).findings
        assert finding.title == "scan (R1): It is dangerous."
        assert finding.replay == "tandem gate notice --stage safety"
        return f"{finding.fingerprint} {finding.where}"

    before, after = seen(', "line": 3'), seen("")
    assert before.split()[0] == after.split()[0]
    assert (before.split()[1], after.split()[1]) == ("file.py:3", "file.py")


def test_nobody_who_asks_for_the_answer_leaves_it_running(notices: Project, tmp_path: Path) -> None:
    with ExitStack() as opened:
        answer = program(tmp_path, "exec sleep 600").begin(place(notices), opened)
    with pytest.raises((CouldNotLook, ValueError)):
        answer()
