"""What a person sees while a gate runs: a line per stage, every finding as soon as it is known, the verdict at last."""

from __future__ import annotations

import time

from rich.console import Console
from rich.status import Status
from rich.text import Text

from tandem.gate.events import Event, FindingFound, GateFinished, Progress, StageFinished, StageStarted
from tandem.gate.verdict import Finding, GateResult, StageResult, Verdict

_STYLES = {
    Verdict.PASSED: "green",
    Verdict.FAILED: "bold red",
    Verdict.TROUBLE: "red",
    Verdict.CANNOT_TELL: "yellow",
    Verdict.DID_NOT_LOOK: "dim",
}
_MOST_SHOWN = 20


class Terminal:
    """Moves only where a person watches; in a file it is plain lines."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status: Status | None = None
        self._began = 0.0
        self._shown = 0

    def __call__(self, event: Event) -> None:
        match event:
            case StageStarted():
                self._start(event)
            case Progress():
                self._update(event)
            case FindingFound():
                self._finding(event.finding)
            case StageFinished():
                self._stage(event.result)
            case GateFinished():
                self._verdict(event.result)

    def _start(self, event: StageStarted) -> None:
        self._began, self._shown = time.monotonic(), 0
        if self._console.is_terminal:
            self._status = self._console.status(Text.assemble((event.stage, "bold"), f"  {event.asks}"))
            self._status.start()

    def _update(self, event: Progress) -> None:
        if self._status is not None:
            seconds = f"{time.monotonic() - self._began:.0f} s"
            self._status.update(Text.assemble((event.stage, "bold"), f"  {event.said}  ", (seconds, "dim")))

    def _finding(self, finding: Finding) -> None:
        self._shown += 1
        if self._shown > _MOST_SHOWN:
            return
        self._print(Text.assemble(("  x ", "red"), (finding.title, "bold"), (f"  {finding.fingerprint}", "dim")))
        for line in (finding.where, finding.fix and f"Fix: {finding.fix}", finding.replay):
            if line:
                self._print(Text(f"    {line}", style="cyan" if line == finding.replay else ""))

    def _stage(self, result: StageResult) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None
        if self._shown > _MOST_SHOWN:
            self._print(Text(f"  and {self._shown - _MOST_SHOWN} more; the report has them all"))
        verdict = (f"{result.verdict.value:<13}", _STYLES[result.verdict])
        self._print(
            Text.assemble(
                (f"{result.stage:<14}", "bold"), verdict, (f"{result.seconds:5.1f} s  ", "dim"), _line(result)
            )
        )
        for check in result.checks:
            if check.verdict in (Verdict.DID_NOT_LOOK, Verdict.CANNOT_TELL, Verdict.TROUBLE):
                self._print(Text(f"  {check.name}: {check.verdict.value}, {check.said}", style=_STYLES[check.verdict]))

    def _verdict(self, result: GateResult) -> None:
        count = sum(len(stage.findings) for stage in result.stages)
        verdict = (result.verdict.value, _STYLES[result.verdict])
        said = f" in {result.seconds:.0f} s" + (f", {count} {'finding' if count == 1 else 'findings'}" if count else "")
        self._print(Text.assemble((f"{result.service}: ", "bold"), verdict, f"{said}."))

    def _print(self, text: Text) -> None:
        self._console.print(text, soft_wrap=True)


def _line(result: StageResult) -> str:
    if result.reason:
        return result.reason
    passed = sum(check.verdict is Verdict.PASSED for check in result.checks)
    return f"{passed} of {len(result.checks)} checks passed"
