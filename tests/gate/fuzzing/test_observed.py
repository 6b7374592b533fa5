"""What Schemathesis writes while it runs, read as it grows."""

from __future__ import annotations

import json
from typing import Any

from tandem.gate.fuzzing.observed import Observed

_FAILURE = {
    "operation": "GET /v1/cards",
    "code": "ST101",
    "title": "Server error",
    "message": "It broke.",
    "case_id": None,
}


def _line(kind: str, **event: Any) -> bytes:
    return json.dumps({kind: event}).encode() + b"\n"


def _scenario(case_id: str = "abc", at: float = 10.0, status: int | None = 500, failure: Any = None) -> bytes:
    answer = {"status_code": status, "elapsed": 0.02} if status else None
    check: dict[str, Any] = {"name": "ignored_auth", "status": "success"}
    if failure:
        check = {"name": "not_a_server_error", "status": "failure", "failure_info": {"failure": failure}}
    recorder = {
        "cases": {case_id: {"value": {"method": "GET", "path": "/v1/cards", "auth_identity": "customer"}}},
        "interactions": {case_id: {"response": answer, "timestamp": at}},
        "checks": {case_id: [check]},
    }
    return _line("ScenarioFinished", recorder=recorder)


def test_half_a_line_waits_for_its_other_half() -> None:
    observed, line = Observed(), _line("PhaseStarted", phase={"name": "fuzzing"})
    observed.read(line[:12])
    assert observed.phase == ""
    observed.read(line[12:])
    assert observed.phase == "fuzzing"


def test_answers_are_counted_by_operation_and_status() -> None:
    observed = Observed()
    observed.read(_scenario(status=500) + _scenario(status=200) + _scenario(status=200) + _scenario(status=None))
    assert observed.requests == 4
    assert observed.statuses["GET /v1/cards"] == {500: 1, 200: 2, 401: 2}, "each 200 was tried without a token too"


def test_failure_keeps_who_called_and_what_was_answered() -> None:
    observed = Observed()
    observed.read(_scenario(failure=_FAILURE) + _scenario(status=None, failure={**_FAILURE, "case_id": "own"}))
    first, second = observed.failures
    assert (first.check, first.code, first.status, first.caller) == ("not_a_server_error", "ST101", 500, "customer")
    assert (first.case_id, second.case_id, second.status) == ("abc", "own", None)


def test_errors_of_schemathesis_itself_are_kept() -> None:
    observed = Observed()
    observed.read(_line("NonFatalError", label="GET /v1/cards", value={"message": "Cannot connect"}))
    observed.read(_line("FatalError", exception={"message": "No schema"}))
    observed.read(_line("SomethingNew", anything=1))
    assert observed.errors == ["GET /v1/cards: Cannot connect", "No schema"]


def test_second_run_adds_to_the_first() -> None:
    observed = Observed()
    observed.read(_scenario() + b"half a line of a run that was ended")
    observed.begin()
    observed.read(_scenario())
    assert observed.requests == 2


def test_percentiles_stand_for_seconds_with_enough_answers() -> None:
    observed = Observed()
    assert observed.percentiles() == []
    observed.read(b"".join(_scenario(at=100.0 + number / 10) for number in range(10)) + _scenario(at=103.0))
    assert observed.percentiles() == [(0, 20.0, 20.0)]
