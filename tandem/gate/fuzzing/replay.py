"""A saved case sent again: the same requests, to a service in the state it had."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tandem.gate.fuzzing.cases import Case, load
from tandem.gate.fuzzing.command import command, prepare
from tandem.gate.fuzzing.configuration import configuration
from tandem.gate.service.stories import Stories
from tandem.gate.subject import Subject
from tandem.gate.verdict import Verdict
from tandem.local.state import Home

_SECONDS = 60.0
_FIXED = re.compile(r"^\s*\+ FIXED\b", re.MULTILINE)


@dataclass(frozen=True)
class Outcome:
    case: Case
    verdict: Verdict
    said: str

    def as_document(self) -> dict[str, Any]:
        return {"id": self.case.id, "service": self.case.service, "verdict": self.verdict.value, "said": self.said}


def again(
    home: Home, id_: str, url: str | None, tokens: Mapping[str, str], patience_seconds: float = _SECONDS
) -> Outcome:
    """Raises Refused for a case that is not there, Trouble when the service cannot be had."""
    folder = home.folder / "gate"
    case = load(folder / "cases", id_)
    subject = Subject(case.service, home, url=url, tokens=tokens)
    try:
        return _sent(case, subject, folder / "schemathesis" / f"replay-{case.id}", patience_seconds)
    finally:
        subject.close()


def _sent(case: Case, subject: Subject, folder: Path, patience_seconds: float) -> Outcome:
    running = subject.running()
    contract = Stories(subject.home.contracts).contract(case.service)
    environment = prepare(folder, configuration(contract), running.callers, replaying=True)
    (folder / "case.json").write_text(json.dumps(case.crash))
    where = ("--keep", "--url", running.url, "--schema-location", f"{running.url}/openapi.json")
    try:
        done = subprocess.run(
            command("replay", "case.json", *where),
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=patience_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Outcome(case, Verdict.TROUBLE, f"{case.title} No answer within {patience_seconds:g} s.")
    if said := running.trouble():
        return Outcome(case, Verdict.TROUBLE, said)
    return _outcome(case, done.returncode, done.stdout + done.stderr)


def _outcome(case: Case, code: int, said: str) -> Outcome:
    # A record that it cannot read, or sends without what it was sent with, ends well too.
    if code == 0 and _FIXED.search(said):
        return Outcome(case, Verdict.PASSED, f"It no longer fails. It was: {case.title}")
    if code == 1:
        return Outcome(case, Verdict.FAILED, f"It still fails: {case.title}\n{_details(said)}")
    return Outcome(case, Verdict.CANNOT_TELL, f"It cannot be told any more: {case.title}\n{_details(said)}")


def _details(said: str) -> str:
    """Without the banner and the summary of the tool, and without its own line to say this again."""
    _, _, rest = said.partition("Base URL:")
    lines = [line.rstrip() for line in rest.splitlines()[1:] if not line.strip().startswith(("===", "st replay "))]
    return "\n".join(lines).strip()
