"""A verdict as one HTML file that needs nothing else: no script, no network, no other file."""

from __future__ import annotations

from pathlib import Path

from tandem.gate.figures import Bar
from tandem.gate.reports.charts import HEIGHT, WIDTH, chart
from tandem.gate.verdict import GateResult, Verdict
from tandem.local.state import write_atomically
from tandem.web import Site

_TEMPLATES = Path(__file__).with_name("templates")
_LOOKS = {Verdict.PASSED: "good", Verdict.FAILED: "bad", Verdict.TROUBLE: "bad", Verdict.CANNOT_TELL: "warn"}


def as_html(result: GateResult) -> str:
    counts = [
        Bar(
            one.stage, len(one.findings), max(len(each.findings) for each in result.stages) or 1, str(len(one.findings))
        )
        for one in result.stages
    ]
    return Site(_TEMPLATES).render(
        "gate.html",
        result=result,
        look=lambda verdict: _LOOKS.get(verdict, "calm"),
        chart=chart,
        size=(WIDTH, HEIGHT),
        by_stage=counts,
        findings=sum(len(stage.findings) for stage in result.stages),
    )


def write(result: GateResult, path: Path) -> None:
    # An answer that was quoted may hold half a character, which no file can.
    write_atomically(path, as_html(result).encode("utf-8", "replace").decode(), mode=0o644)
