"""A result with everything in it that a report has to show."""

from __future__ import annotations

from datetime import UTC, datetime

from tandem.gate.figures import Bar, Bars, Line, Lines, Number
from tandem.gate.verdict import Check, Finding, GateResult, StageResult, Verdict

HOSTILE = "<script>alert('no')</script> & \x00\x1b[31m \ud800"
FINDING = Finding(
    "0123456789ab",
    "GET /v1/cards answers 500: the server broke.",
    "GET /v1/cards",
    f"It said {HOSTILE}",
    "Find the reason in the log.",
    "tandem gate replay 0123456789ab",
)
FIGURES = (
    Number("requests", 1234),
    Bars("Statuses seen", (Bar("GET /v1/cards", 2, 4, "not seen: 401, 403"), Bar("GET /v1/none", 0, 0))),
    Lines("Answer times", "ms", (Line("median", ((0.0, 4.0), (1.0, 7.5))), Line("95th percentile", ()))),
)
STAGES = (
    StageResult(
        "contract",
        Verdict.PASSED,
        checks=(
            Check("lint", Verdict.PASSED, "every rule is kept"),
            Check("compatible", Verdict.DID_NOT_LOOK, "nothing was released yet"),
        ),
        seconds=1.5,
        stopping_rule="Every check once.",
    ),
    StageResult(
        "schemathesis",
        Verdict.FAILED,
        (FINDING,),
        (Check("as staff", Verdict.FAILED, "1 kind of failure"), Check("reach", Verdict.CANNOT_TELL, "not all")),
        FIGURES,
        20.25,
    ),
    StageResult("migrations", Verdict.TROUBLE, reason="Squawk is gone."),
    StageResult("load", Verdict.DID_NOT_LOOK, reason="The run was interrupted."),
)


def result(*stages: StageResult) -> GateResult:
    began = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    return GateResult("card", "full", "http://127.0.0.1:9", "c" * 40, began, 21.75, stages or STAGES)
