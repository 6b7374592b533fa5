"""Failures kept as cases: what was sent, what came back, and which check it broke."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tandem.gate.fuzzing.observed import Failure
from tandem.local.state import write_atomically
from tandem.local.suggestions import one_of
from tandem.local.trouble import Refused


@dataclass(frozen=True)
class Case:
    """`crash` is Schemathesis' own record: the whole sequence of requests, without tokens."""

    id: str
    service: str
    title: str
    check: str
    crash: dict[str, Any]


def keep(folder: Path, case: Case) -> None:
    write_atomically(folder / f"{case.id}.json", json.dumps(asdict(case), indent=2) + "\n")


def load(folder: Path, id_: str) -> Case:
    """Raises Refused for one that is not there, or is no case."""
    name = one_of(id_, (path.stem for path in folder.glob("*.json")), "case")
    try:
        return Case(**json.loads((folder / f"{name}.json").read_text("utf-8")))
    except (ValueError, TypeError) as error:
        raise Refused(f"{folder / name}.json is not a case that the gate wrote. Run the gate again.") from error


def crash_of(failure: Failure, crashes: Iterable[Path]) -> dict[str, Any] | None:
    """The record of this very failure, or of the same check on the same operation."""
    same = None
    for path in crashes:
        crash: dict[str, Any] = json.loads(path.read_text("utf-8"))
        broken = {check["name"] for check in crash["sequence"][-1]["checks"]}
        if failure.check not in broken:
            continue
        # Of a sequence, Schemathesis blames one operation and names the record by another.
        if crash["case_id"] == failure.case_id:
            return crash
        if crash["operation"] == failure.operation:
            same = same or crash
    return same


def request_line(crash: dict[str, Any]) -> str:
    """The last request as a line for people."""
    last = crash["sequence"][-1]
    path = "/" + last["url"].split("/", 3)[-1]
    return f"{last['method']} {path[:200]}"
