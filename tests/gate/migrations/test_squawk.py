from __future__ import annotations

from pathlib import Path

import pytest

from tandem.gate.migrations.squawk import complaints
from tandem.gate.migrations.statements import Statement
from tandem.kit.migrations.revisions import Revision
from tandem.local.trouble import Trouble


def _revision(phase: str = "expand") -> Revision:
    return Revision("notice_0002", (), phase, Path("notice_0002.py"), "")


def test_line_is_that_of_the_revision_s_file() -> None:
    safe = Statement("ALTER TABLE notices\n    ADD COLUMN a text", 10)
    unsafe = Statement("SELECT 1;\nALTER TABLE notices DROP COLUMN b", 20)
    assert [(one.rule, one.line) for one in complaints(_revision(), [safe, unsafe])] == [("ban-drop-column", 21)]


def test_line_is_unknown_where_the_statement_is_put_together() -> None:
    found = complaints(_revision(), [Statement("ALTER TABLE notices DROP COLUMN b", None)])
    assert [one.line for one in found] == [None]


def test_removing_is_what_the_phase_contract_is_for() -> None:
    assert complaints(_revision("contract"), [Statement("ALTER TABLE notices DROP COLUMN b", 1)]) == []


def test_squawk_that_is_not_there_is_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with pytest.raises(Trouble, match=r"Squawk could not look at notice_0002\.py"):
        complaints(_revision(), [Statement("SELECT 1", 1)])
