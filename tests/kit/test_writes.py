"""One transaction per write: what fails leaves nothing, what is repeated has one effect."""

import asyncio

import pytest
from structlog.testing import capture_logs

from tests.kit.conftest import StartLoan
from tests.kit.loan.requests import ALL, LOAN, open_loan, problem
from tests.kit.loan.service import LoanService
from tests.service_under_test import Who


async def test_read_cannot_write(loan: LoanService) -> None:
    await open_loan(loan)
    problem(await loan.send("GET", "/v1/trouble?how=write"), 500, "internal-error")
    assert await loan.count("loans") == 1


@pytest.mark.parametrize(
    ("how", "status"), [("bug", 500), ("row", 500), ("commit", 500), ("list", 500), ("event", 500), ("lost", 503)]
)
async def test_handler_that_fails_leaves_nothing(loan: LoanService, how: str, status: int) -> None:
    answer = await loan.send("POST", f"/v1/trouble?how={how}")
    problem(answer, status, "internal-error" if status == 500 else "unavailable")
    assert [await loan.count(table) for table in ALL] == [0, 0, 0, 0]


async def test_change_that_fails_at_commit_is_not_called_done(loan: LoanService) -> None:
    """The transaction is committed before the answer leaves: what is refused that late is still an error."""
    document = problem(await loan.send("POST", "/v1/trouble?how=commit"), 500, "internal-error")
    assert document["detail"] == "The error is recorded under this request id. Nothing was changed."
    assert (await loan.send("POST", "/v1/trouble?how=well")).status_code == 200
    assert await loan.count("loans") == 1


async def test_time_that_runs_out_is_a_504_and_nothing_is_kept(loan: LoanService) -> None:
    answer = await loan.send("POST", "/v1/trouble?how=slow", headers={"x-envoy-expected-rq-timeout-ms": "30"})
    assert "ran out" in problem(answer, 504, "deadline-exceeded")["detail"]
    assert await loan.count("loans") == 0


async def test_service_has_a_limit_of_its_own(start_loan: StartLoan) -> None:
    loan = await start_loan(default_seconds=0.03)
    answer = await loan.send("POST", "/v1/trouble?how=slow", headers={"x-envoy-expected-rq-timeout-ms": "60000"})
    problem(answer, 504, "deadline-exceeded")


async def test_database_that_is_gone_is_a_503(start_loan: StartLoan, unused_tcp_port: int) -> None:
    loan = await start_loan(f"postgresql://tandem:secret@127.0.0.1:{unused_tcp_port}/loan")
    for answer in (await loan.send("GET", "/v1/loans/lon_1"), await open_loan(loan)):
        problem(answer, 503, "unavailable")
        assert answer.headers["retry-after"] == "1"


async def test_unknown_event_is_a_bug_that_is_named(loan: LoanService) -> None:
    with capture_logs() as logs:
        await loan.send("POST", "/v1/trouble?how=event")
    error = next(line for line in logs if line["event"] == "unhandled error")
    assert "loan says LoanPaid, which contracts/events.yaml does not list for it" in str(error["exc_info"])


async def test_event_leaves_with_the_change_it_tells_of(loan: LoanService) -> None:
    answer = await open_loan(loan, headers={"x-request-id": "from-the-app"})
    body = await loan.pool.fetchval("SELECT body FROM outbox")
    assert answer.json()["id"] in body
    assert "from-the-app" in body


async def test_fifty_requests_with_one_key_have_one_effect_and_one_answer(loan: LoanService) -> None:
    answers = await asyncio.gather(*(open_loan(loan) for _ in range(50)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert sorted(answer.headers.get("idempotency-replayed", "") for answer in answers) == [""] + ["true"] * 49
    assert [await loan.count(table) for table in ("loans", "outbox", "idempotency_keys")] == [1, 1, 1]


async def test_peer_is_not_asked_again_for_an_answer_that_is_known(loan: LoanService) -> None:
    loan.peers.answers("getBank", status=204)
    asked = len(loan.peers.asked("getBank"))
    answers = [await loan.send("POST", "/v1/trouble?how=peer", key="key-00000001") for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert [answer.headers.get("idempotency-replayed") for answer in answers] == [None, "true"]
    assert len(loan.peers.asked("getBank")) == asked + 1


async def test_key_with_another_body_is_refused(loan: LoanService) -> None:
    await open_loan(loan)
    answer = await open_loan(loan, json={**LOAN, "amount": 501})
    assert "key-00000001" in problem(answer, 422, "idempotency-key-reused")["detail"]
    assert await loan.count("loans") == 1


async def test_key_of_another_caller_is_another_key(loan: LoanService) -> None:
    first, second = await open_loan(loan), await open_loan(loan, as_=Who("support", "agent-2"))
    assert first.json()["id"] != second.json()["id"]
    assert "idempotency-replayed" not in second.headers


async def test_key_of_a_failed_attempt_is_free_again(loan: LoanService) -> None:
    assert (await open_loan(loan, json={**LOAN, "amount": 0})).status_code == 422
    assert (await open_loan(loan)).status_code == 201


async def test_key_must_be_sent_and_be_well_made(loan: LoanService) -> None:
    without = await loan.send("POST", "/v1/loans", LOAN)
    assert problem(without, 422, "invalid-request")["errors"] == [
        {"in": "header", "pointer": "Idempotency-Key", "message": "Idempotency-Key is required"}
    ]
    assert (await open_loan(loan, key="short")).status_code == 422
