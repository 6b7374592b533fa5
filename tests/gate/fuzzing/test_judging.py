"""What a finished run comes to."""

from __future__ import annotations

from collections import Counter

import pytest

from tandem.gate.fuzzing.command import Ran
from tandem.gate.fuzzing.observed import Failure, Observed
from tandem.gate.fuzzing.stage import _judge, _judge_reach
from tandem.gate.verdict import Verdict
from tests.gate.world import notes
from tests.schemathesis_run.world import contract

_FAILURE = Failure("GET /v1/cards", "check", "ST101", "Server error", "It broke.", "abc", 500, "")


@pytest.mark.parametrize(
    ("failures", "errors", "ran", "verdict", "said"),
    [
        ([_FAILURE, _FAILURE], ["x"], Ran(False, ""), Verdict.FAILED, "1 kind of failure"),
        ([], ["no schema"], Ran(False, ""), Verdict.TROUBLE, "Schemathesis itself met an error: no schema"),
        ([], [], Ran(False, "Missing auth\n"), Verdict.TROUBLE, "Schemathesis did not pass it: Missing auth"),
        ([], [], Ran(True, ""), Verdict.PASSED, "every answer was as the contract says"),
    ],
)
def test_run_passes_only_without_failures_errors_and_complaints(
    failures: list[Failure], errors: list[str], ran: Ran, verdict: Verdict, said: str
) -> None:
    seen = notes()
    _judge("as staff", seen, failures, errors, ran)
    assert [(check.verdict, check.said) for check in seen.checks] == [(verdict, said)]


def test_operation_that_never_succeeded_cannot_be_told() -> None:
    card, observed, seen = contract("card"), Observed(), notes()
    for operation in card.operations:
        observed.statuses[f"{operation.method} {operation.path}"] = Counter({200: 1, 404: 7})
    _judge_reach(seen, card, observed, {})
    observed.statuses["POST /v1/cards"] = Counter({404: 7})
    _judge_reach(seen, card, observed, {})
    _judge_reach(seen, card, observed, {"issueCard": "nobody has built it"})
    assert [(check.verdict, check.said) for check in seen.checks] == [
        (Verdict.PASSED, f"all {len(card.operations)} operations succeeded at least once"),
        (Verdict.CANNOT_TELL, "never succeeded, so hardly looked at: issueCard"),
        (Verdict.PASSED, f"all {len(card.operations) - 1} operations succeeded at least once"),
    ]
