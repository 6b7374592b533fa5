"""The outermost layer: ids, time, the log line, and the house shape of every error, the framework's own included."""

import re
from typing import Any

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from tandem.kit.context import current
from tandem.kit.edge import on_http_exception, on_problem, request_context
from tandem.kit.problems import NotFound
from tests.kit.conftest import StartLoan
from tests.kit.loan.requests import problem
from tests.kit.loan.service import LoanService

TRACE = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"


async def context(loan: LoanService, **headers: str) -> dict[str, Any]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    seen: dict[str, Any] = (await loan.send("GET", "/v1/trouble?how=context", headers=named)).json()["seen"]
    return seen


@pytest.mark.parametrize(
    "path", ["/", "/v1", "/v1/loans/", "/v1/loans/lon_1/x", "/docs", "/redoc", "/v1//loans", "/%00", "/å"]
)
async def test_unknown_path_is_a_problem(loan: LoanService, path: str) -> None:
    assert problem(await loan.send("GET", path), 404, "not-found")["detail"].startswith("There is nothing at /")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", "/v1/loans", "GET, HEAD, POST"),
        ("DELETE", "/v1/loans/lon_1/../export", "GET, HEAD"),
        ("OPTIONS", "/v1/loans/lon_1", "DELETE, GET, HEAD, PATCH"),
        ("BREW", "/v1/terms", "GET, HEAD"),
        ("POST", "/openapi.json", "GET, HEAD"),
    ],
)
async def test_other_method_is_a_405_that_says_which_are_possible(
    loan: LoanService, method: str, path: str, allow: str
) -> None:
    answer = await loan.send(method, path)
    problem(answer, 405, "method-not-allowed")
    assert set(answer.headers["allow"].split(", ")) == set(allow.split(", "))


async def test_literal_path_is_never_read_as_an_id(loan: LoanService) -> None:
    assert (await loan.send("GET", "/v1/loans/export")).headers["content-type"] == "text/csv"


async def test_contract_is_published_as_it_is(loan: LoanService) -> None:
    document = (await loan.send("GET", "/openapi.json", as_=None)).json()
    assert document == loan.runtime.contract.document


async def test_any_other_answer_of_the_framework_gets_the_house_shape() -> None:
    from starlette.exceptions import HTTPException
    from starlette.requests import Request

    request = Request({"type": "http", "method": "GET", "path": "/v1/loans", "headers": []})
    answer = await on_http_exception(request, HTTPException(400, "bad", headers={"x-reason": "bad"}))
    assert (answer.status_code, answer.headers["x-reason"]) == (400, "bad")
    assert b'"type":"/problems/malformed-request"' in bytes(answer.body)


async def test_problem_outside_a_request_has_no_request_id() -> None:
    from starlette.requests import Request

    answer = await on_problem(Request({"type": "http"}), NotFound("There is no loan lon_1."))
    assert (answer.status_code, answer.media_type or answer.headers["content-type"]) == (
        404,
        "application/problem+json",
    )
    assert b'"request_id":""' in bytes(answer.body)


async def test_ids_of_the_caller_are_taken_over(loan: LoanService) -> None:
    answer = await loan.send("GET", "/v1/trouble?how=context", headers={"x-request-id": "app:42", "traceparent": TRACE})
    assert answer.headers["x-request-id"] == "app:42"
    assert (answer.json()["seen"]["request_id"], answer.json()["seen"]["traceparent"]) == ("app:42", TRACE)


@pytest.mark.parametrize("request_id", ["", "a b", "x" * 101, "id\t", '{"a":1}', "å"])
async def test_request_id_that_could_break_a_line_is_replaced(loan: LoanService, request_id: str) -> None:
    start, *_ = await loan.raw("GET", "/v1/terms", headers={"x-request-id": request_id})
    given = dict(start["headers"])[b"x-request-id"].decode()
    assert re.fullmatch(r"[0-9a-f]{16}", given)


@pytest.mark.parametrize(
    "traceparent",
    ["", "nonsense", TRACE.upper(), TRACE + "-x", "ff" + TRACE[2:], TRACE.replace("a", "0"), TRACE.replace("b", "0")],
)
async def test_malformed_traceparent_is_replaced(loan: LoanService, traceparent: str) -> None:
    given = (await context(loan, traceparent=traceparent))["traceparent"]
    assert given != traceparent
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", given)


@pytest.mark.parametrize(
    ("timeout", "seconds"),
    [("2500", 2.5), ("99999", 10), ("", 10), ("soon", 10), ("²", 10), ("-1", 10), ("1" * 5000, 10)],
)
def test_time_allowed_is_the_callers_but_never_more_than_ours(timeout: str, seconds: float) -> None:
    scope = {"headers": [(b"x-envoy-expected-rq-timeout-ms", timeout.encode("latin-1"))]}
    assert request_context(scope, 10).seconds_left == pytest.approx(seconds, abs=0.2)


async def test_context_ends_with_its_request(loan: LoanService) -> None:
    await loan.raw("GET", "/v1/terms")
    assert current.get() is None


async def test_each_request_is_one_line_in_the_log(loan: LoanService) -> None:
    with capture_logs() as logs:
        await loan.send("GET", "/v1/loans/lon_1")
        await loan.send("GET", "/nowhere?name=Anna", as_=None)
    known, unknown = (line for line in logs if line["event"] == "request")
    assert known.pop("duration_ms") > 0
    assert known == {
        "event": "request",
        "log_level": "info",
        "operation": "getLoan",
        "method": "GET",
        "path": "/v1/loans/lon_1",
        "status": 404,
        "caller": "support:agent-1",
    }
    assert (unknown["operation"], unknown["status"], unknown["caller"], unknown["path"]) == (
        "unmatched",
        404,
        None,
        "/nowhere",
    )


async def test_each_request_is_counted_by_operation_and_status(loan: LoanService) -> None:
    def counted(operation: str, status: str) -> float:
        return REGISTRY.get_sample_value("http_requests_total", {"operation": operation, "status": status}) or 0.0

    before = [counted("getTerms", "200"), counted("unmatched", "404")]
    await loan.send("GET", "/v1/terms")
    await loan.send("GET", "/nowhere")
    assert [counted("getTerms", "200"), counted("unmatched", "404")] == [before[0] + 1, before[1] + 1]
    assert REGISTRY.get_sample_value("http_request_seconds_count", {"operation": "getTerms"})


async def test_bug_is_a_500_that_tells_nothing_and_a_line_that_tells_all(start_loan: StartLoan) -> None:
    loan = await start_loan(strict_responses=False)
    with capture_logs() as logs:
        answer = await loan.send("POST", "/v1/trouble?how=bug", headers={"x-request-id": "app:43"})
    assert problem(answer, 500, "internal-error")["request_id"] == "app:43"
    assert "Anna" not in answer.text
    error = next(line for line in logs if line["event"] == "unhandled error")
    assert (error["operation"], type(error["exc_info"])) == ("makeTrouble", ZeroDivisionError)
    assert next(line for line in logs if line["event"] == "request")["status"] == 500


async def test_what_is_not_http_passes_through(loan: LoanService) -> None:
    sent: list[str] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message["type"])

    await loan.app({"type": "websocket", "path": "/v1/loans", "headers": []}, receive, send)
    assert sent == ["websocket.close"]
