"""Runs stages one after the other and says what happens. It knows no listener, and no stage by name."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tandem.gate.events import Event, GateFinished, Listener, StageFinished, StageStarted
from tandem.gate.stage import Notes, Stage
from tandem.gate.subject import Subject
from tandem.gate.verdict import GateResult, StageResult, Verdict, worst
from tandem.kit.contract import ContractError
from tandem.local.trouble import Trouble

_INTERRUPTED = "The run was interrupted."


@dataclass(frozen=True)
class Engine:
    stages: Sequence[Stage]
    listeners: Sequence[Listener]
    clock: Callable[[], float] = time.monotonic

    def run(self, subject: Subject) -> GateResult:
        """Always a result, also when a stage breaks off or somebody presses Ctrl-C. Nothing is left running."""
        began, began_at = self.clock(), datetime.now(UTC)
        results: list[StageResult] = []
        try:
            for stage in self.stages:
                results.append(self._skipped(stage) if _was_interrupted(results) else self._run(stage, subject))
        finally:
            subject.close()
        seconds = self.clock() - began
        result = GateResult(
            subject.name,
            subject.profile.value,
            subject.url,
            _commit(subject.project),
            began_at,
            seconds,
            tuple(results),
        )
        self._say(GateFinished(result))
        return result

    def _run(self, stage: Stage, subject: Subject) -> StageResult:
        notes, began = Notes(stage.name, self._say), self.clock()
        reason = ""
        try:
            self._say(StageStarted(stage.name, stage.asks))
            stage.run(subject, notes)
        except (Trouble, ContractError) as error:
            reason = str(error).replace(f"{subject.project}/", "")
        except KeyboardInterrupt:
            reason = _INTERRUPTED
        except Exception as error:  # noqa: BLE001 - a stage that breaks must not take the others' verdicts along
            reason = f"The stage itself broke: {type(error).__name__}: {error}"
        result = _result(notes, reason, self.clock() - began)
        self._say(StageFinished(result))
        return result

    def _skipped(self, stage: Stage) -> StageResult:
        result = StageResult(stage.name, Verdict.DID_NOT_LOOK, reason=_INTERRUPTED)
        self._say(StageFinished(result))
        return result

    def _say(self, event: Event) -> None:
        for listener in self.listeners:
            listener(event)


def _result(notes: Notes, reason: str, seconds: float) -> StageResult:
    verdict = Verdict.TROUBLE if reason else worst(check.verdict for check in notes.checks)
    if notes.findings and not reason:
        verdict = Verdict.FAILED
    return StageResult(
        notes.stage,
        verdict,
        tuple(notes.findings),
        tuple(notes.checks),
        tuple(notes.figures),
        seconds,
        notes.stopping_rule,
        reason,
    )


def _was_interrupted(results: Sequence[StageResult]) -> bool:
    return any(result.reason == _INTERRUPTED for result in results)


def _commit(project: Path) -> str:
    try:
        asked = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=project, capture_output=True, text=True, timeout=5, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return asked.stdout.strip()
