"""What a stage is, and what it writes into while it looks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from tandem.gate.events import FindingFound, Listener, Progress
from tandem.gate.figures import Figure
from tandem.gate.subject import Subject
from tandem.gate.verdict import Check, Finding, Verdict


@dataclass
class Notes:
    """What one stage has seen so far. It is kept when the stage breaks off, however it does."""

    stage: str
    listener: Listener
    stopping_rule: str = ""
    findings: list[Finding] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)

    def progress(self, said: str) -> None:
        self.listener(Progress(self.stage, said))

    def find(self, *findings: Finding) -> None:
        """Each fault once, however often it is met."""
        known = {one.fingerprint for one in self.findings}
        for finding in findings:
            if finding.fingerprint not in known:
                known.add(finding.fingerprint)
                self.findings.append(finding)
                self.listener(FindingFound(self.stage, finding))

    def check(self, name: str, verdict: Verdict, said: str) -> None:
        self.checks.append(Check(name, verdict, said))

    def judge(self, name: str, findings: list[Finding], said: str) -> None:
        """A check that fails by its findings; `said` is what holds when there are none."""
        self.find(*findings)
        if findings:
            self.check(name, Verdict.FAILED, findings[0].title if len(findings) == 1 else f"{len(findings)} findings")
        else:
            self.check(name, Verdict.PASSED, said)

    def measure(self, *figures: Figure) -> None:
        self.figures += figures


class Stage(Protocol):
    """One question about a service.

    `run` writes what it sees into the notes; the engine makes the verdict of them. It raises Trouble, with a sentence
    for people, when it cannot go on, and leaves nothing running.
    """

    @property
    def name(self) -> str: ...

    @property
    def asks(self) -> str: ...

    def run(self, subject: Subject, notes: Notes) -> None: ...
