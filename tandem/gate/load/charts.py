"""What was measured under load, to be looked at."""

from __future__ import annotations

from tandem.gate.figures import Bar, Bars, Line, Lines, Number
from tandem.gate.load.judging import Judge
from tandem.gate.load.plan import YARDSTICK


def figures(judge: Judge) -> list[Number | Bars | Lines]:
    measured, seconds = judge.measured, judge.measured.over_time()
    bare = measured.median_of_rounds(YARDSTICK, 0.5, judge.enough)
    bars = tuple(
        Bar(operation.id, min(p95, slo.p95_ms), slo.p95_ms, f"{p95:.1f} of {slo.p95_ms:g} ms")
        for operation, slo in judge.promised
        if (p95 := judge.p95(operation)) is not None
    )
    lines = tuple(
        Line(label, tuple((second[0], second[nth]) for second in seconds))
        for nth, label in ((1, "median"), (2, "95th percentile"), (3, "99th percentile"))
    )
    return [
        Number("requests that count", judge.asked),
        *([Number("a bare answer", round(bare, 2), "ms")] if bare is not None else []),
        Bars("95th percentile of what is promised", bars),
        Lines("Answer times under load", "ms", lines),
    ]
