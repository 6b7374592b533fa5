"""The admin port says how things are, and why when they are not well."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import httpx
import pytest

from tandem.kit.admin import Readiness, admin_app
from tandem.kit.events.envelope import Event
from tandem.kit.events.memory import MemoryTransport
from tandem.kit.migrations import migrate
from tests.kit.conftest import StartLoan
from tests.kit.loan.service import LoanService

# Whatever services there are: one of them may be called as the one of these tests.
NO_SERVICES = Path(__file__).with_name("no-services")
Ask: TypeAlias = Callable[[LoanService], tuple[httpx.AsyncClient, Readiness]]


class StuckTransport(MemoryTransport):
    """Takes no event, as a bus that is away."""

    async def publish(self, events: Any) -> None:
        raise ConnectionError("the bus is away")


@pytest.fixture
async def ask() -> AsyncIterator[Ask]:
    clients: list[httpx.AsyncClient] = []

    def ask(loan: LoanService) -> tuple[httpx.AsyncClient, Readiness]:
        readiness = Readiness(loan.runtime, loan.background, NO_SERVICES)
        transport = httpx.ASGITransport(admin_app(loan.runtime, readiness))
        clients.append(httpx.AsyncClient(transport=transport, base_url="http://admin.test"))
        return clients[-1], readiness

    yield ask
    for client in clients:
        await client.aclose()


async def ready(client: httpx.AsyncClient) -> tuple[int, dict[str, str]]:
    answer = await client.get("/readyz")
    assert answer.json()["status"] == ("ready" if answer.status_code == 200 else "not ready")
    reasons: dict[str, str] = answer.json()["reasons"]
    return answer.status_code, reasons


def gauge(text: str, name: str) -> str:
    match = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    assert match is not None, name
    return match[1]


async def test_well_service_is_alive_and_ready(start_loan: StartLoan, ask: Ask) -> None:
    client, _ = ask(await start_loan(with_loops=True))
    assert await ready(client) == (200, {})
    assert (await client.get("/livez")).json() == {"status": "alive"}


async def test_info_says_what_runs(start_loan: StartLoan, ask: Ask) -> None:
    client, _ = ask(await start_loan())
    assert (await client.get("/info")).json() == {
        "service": "loan",
        "version": "7",
        "stage": "test",
        "contract": {"title": "Loans", "version": "1.2.0"},
    }


async def test_drift_is_told_and_can_be_forgotten(start_loan: StartLoan, ask: Ask) -> None:
    loan = await start_loan()
    client, _ = ask(loan)
    loan.runtime.drift.note("loan.getLoan", ["wrong"])
    assert [one["sentence"] for one in (await client.get("/drift")).json()["drift"]] == ["wrong"]
    assert (await client.delete("/drift")).json() == {"checked": {}, "drift": []}
    assert (await client.get("/drift")).json()["drift"] == []


async def test_draining_service_is_alive_and_not_ready(start_loan: StartLoan, ask: Ask) -> None:
    client, readiness = ask(await start_loan(with_loops=True))
    readiness.draining = True
    assert await ready(client) == (503, {"process": "it is stopping and takes no new requests"})
    assert (await client.get("/livez")).status_code == 200


async def test_absent_database_is_the_reason_of_every_check(
    start_loan: StartLoan, ask: Ask, unused_tcp_port: int
) -> None:
    client, _ = ask(await start_loan(f"postgresql://tandem:x@127.0.0.1:{unused_tcp_port}/loan", with_loops=True))
    status, reasons = await ready(client)
    assert (status, sorted(reasons)) == (503, ["database", "migrations", "outbox"])
    assert all(reason.startswith("The database is not answering") for reason in reasons.values())
    assert (await client.get("/livez")).status_code == 200


async def test_missing_database_is_said_in_the_words_of_postgresql(
    start_loan: StartLoan, ask: Ask, database: str
) -> None:
    client, _ = ask(await start_loan(f"{database}_gone", with_loops=True))
    status, reasons = await ready(client)
    assert status == 503
    assert re.fullmatch(r'PostgreSQL says: database "test_\w+_gone" does not exist', reasons["database"])


async def test_missing_migrations_are_named(start_loan: StartLoan, ask: Ask, database: str) -> None:
    client, _ = ask(await start_loan(database, with_loops=True))
    status, reasons = await ready(client)
    assert status == 503
    assert reasons["migrations"] == "the schema lacks kit_0001: run the migrations"
    assert reasons["outbox"] == 'PostgreSQL says: relation "outbox" does not exist'


async def test_relay_that_has_not_started_is_a_reason(start_loan: StartLoan, ask: Ask) -> None:
    client, _ = ask(await start_loan(with_loops=False))
    assert await ready(client) == (503, {"outbox": "the relay has not started"})


async def say(loan: LoanService, seconds_ago: int) -> None:
    event = Event("evt_1", "loan.opened", "loan", "lon_1", datetime.now(UTC), {}, "", "req-1")
    insert = "INSERT INTO outbox (event_id, subject, body, created_at) VALUES ($1, $2, $3, now() - $4::interval)"
    body = event.to_json().decode()
    await loan.pool.execute(insert, event.id, event.subject, body, timedelta(seconds=seconds_ago))


async def test_events_that_nobody_takes_are_a_reason_after_a_minute(
    start_loan: StartLoan, ask: Ask, database: str, tmp_path: Path
) -> None:
    await asyncio.to_thread(migrate, database, tmp_path)
    loan = await start_loan(database, with_loops=True, transport=StuckTransport({}))
    client, _ = ask(loan)
    await say(loan, seconds_ago=50)
    assert await ready(client) == (200, {})
    await say(loan, seconds_ago=90)
    status, reasons = await ready(client)
    assert status == 503
    assert re.fullmatch(r"2 events wait to be published, the oldest for 9\d s", reasons["outbox"])
    text = (await client.get("/metrics")).text
    assert gauge(text, "outbox_rows") == "2.0"
    assert float(gauge(text, "outbox_lag_seconds")) >= 90


async def test_database_that_does_not_answer_in_time_is_a_reason(start_loan: StartLoan, ask: Ask) -> None:
    loan = await start_loan(with_loops=True)
    client, _ = ask(loan)
    async with loan.pool.acquire() as connection, connection.transaction():
        await connection.execute("LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE")
        assert await ready(client) == (503, {"outbox": "no answer within 2 s"})


async def test_requests_that_use_up_their_pool_leave_it_ready(start_loan: StartLoan, ask: Ask) -> None:
    loan = await start_loan(with_loops=True)
    client, _ = ask(loan)
    busy = [await loan.pool.acquire() for _ in range(loan.pool.get_max_size())]
    assert await ready(client) == (200, {})
    for connection in busy:
        await loan.pool.release(connection)


async def test_metrics_tell_of_requests_pool_and_events(start_loan: StartLoan, ask: Ask) -> None:
    loan = await start_loan(with_loops=True)
    client, _ = ask(loan)
    await loan.send("GET", "/v1/loans/lon_0")
    answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert float(gauge(answer.text, 'http_requests_total{operation="getLoan",status="404"}')) >= 1
    assert float(gauge(answer.text, 'db_pool_connections{state="open"}')) >= 1
    assert float(gauge(answer.text, 'db_pool_connections{state="idle"}')) >= 1
    assert (gauge(answer.text, "outbox_rows"), gauge(answer.text, "events_waiting")) == ("0.0", "0.0")


async def test_what_cannot_be_asked_is_not_a_number(start_loan: StartLoan, ask: Ask, unused_tcp_port: int) -> None:
    client, _ = ask(await start_loan(f"postgresql://tandem:x@127.0.0.1:{unused_tcp_port}/loan", with_loops=True))
    text = (await client.get("/metrics")).text
    assert (gauge(text, "outbox_rows"), gauge(text, "events_waiting")) == ("NaN", "NaN")
