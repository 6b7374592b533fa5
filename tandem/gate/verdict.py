"""What a gate has to say, as values that every stage makes and every report shows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tandem.gate.figures import Figure


class Verdict(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    # It looked, and what it saw does not decide: too few samples, a time box that ran out.
    CANNOT_TELL = "cannot tell"
    # There was nothing to look at, or nothing to look with. Never the same as passed.
    DID_NOT_LOOK = "did not look"
    # Something around the service is broken, or the service went away.
    TROUBLE = "trouble"

    @property
    def exit_code(self) -> int:
        return {Verdict.PASSED: 0, Verdict.FAILED: 1}.get(self, 2)


# What was not looked at does not spoil what was; where nothing was, that is what is said.
_WORST_FIRST = (Verdict.FAILED, Verdict.TROUBLE, Verdict.CANNOT_TELL, Verdict.PASSED, Verdict.DID_NOT_LOOK)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    return min(verdicts, key=_WORST_FIRST.index, default=Verdict.DID_NOT_LOOK)


@dataclass(frozen=True)
class Finding:
    """One fault. `title` is a sentence that names it, `replay` a line to type that shows it again."""

    fingerprint: str
    title: str
    where: str
    detail: str = ""
    fix: str = ""
    replay: str | None = None


def fingerprint(*identity: str) -> str:
    """The same for the same fault after lines moved: made of what it is and what it is about, never of where."""
    return hashlib.sha256("\0".join(identity).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Check:
    """One question of a stage. `said` is what was seen, or why nobody looked."""

    name: str
    verdict: Verdict
    said: str


@dataclass(frozen=True)
class StageResult:
    """`reason` says why a stage could not decide; `stopping_rule` when it would have stopped by itself."""

    stage: str
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    checks: tuple[Check, ...] = ()
    figures: tuple[Figure, ...] = ()
    seconds: float = 0.0
    stopping_rule: str = ""
    reason: str = ""


@dataclass(frozen=True)
class GateResult:
    """`url` is that of the service when somebody else runs it, `commit` "" outside of git."""

    service: str
    profile: str
    url: str | None
    commit: str
    began_at: datetime
    seconds: float
    stages: tuple[StageResult, ...]

    @property
    def verdict(self) -> Verdict:
        return worst(stage.verdict for stage in self.stages)
