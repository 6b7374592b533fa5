"""Squawk over the SQL of a revision: what locks a table that is in use, or breaks who still reads it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tandem.gate.migrations.statements import Statement
from tandem.kit.migrations.revisions import Revision
from tandem.local.trouble import Trouble

_SECONDS = 30.0
_OURS = {
    # The runner sets both around every revision.
    "require-lock-timeout",
    "require-statement-timeout",
    # A version counts the changes of one row, and a status is one of five.
    "prefer-bigint-over-int",
    "prefer-bigint-over-smallint",
}
# What a contract revision is for. That nobody reads it any more is what its phase says.
_OF_CONTRACT = {"ban-drop-column", "ban-drop-table", "ban-drop-not-null"}


@dataclass(frozen=True)
class Complaint:
    rule: str
    said: str
    advice: str
    line: int | None


def complaints(revision: Revision, said: Sequence[Statement]) -> list[Complaint]:
    """Raises Trouble where there is no Squawk."""
    excluded = _OURS | (_OF_CONTRACT if revision.phase == "contract" else set())
    text = "".join(f"{statement.text};\n" for statement in said)
    command = [_program(), "--assume-in-transaction", "--pg-version", "18", "--reporter", "json"]
    try:
        done = subprocess.run(
            [*command, "--exclude", ",".join(sorted(excluded)), "--stdin-filepath", revision.path.name],
            input=text,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        found: list[dict[str, Any]] = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise Trouble(f"Squawk could not look at {revision.path.name}: {error}") from error
    starts = _starts(said)
    return [
        Complaint(one["rule_name"], one["message"], one["help"] or "", _line(one["line"], starts, said))
        for one in found
    ]


def _program() -> str:
    return str(Path(sys.executable).with_name("squawk"))


def _starts(said: Sequence[Statement]) -> list[int]:
    starts, at = [], 0
    for statement in said:
        starts.append(at)
        at += statement.text.count("\n") + 1
    return starts


def _line(line: int, starts: Sequence[int], said: Sequence[Statement]) -> int | None:
    """Of the revision's file, from a line of what Squawk was given."""
    nth = max(index for index, start in enumerate(starts) if start <= line)
    first = said[nth].line
    return first + line - starts[nth] if first is not None else None
