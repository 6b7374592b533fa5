"""What a service does besides answering: its events leave, those of others arrive once, and it stops in order."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tandem.kit.background import NotHeardHere
from tandem.kit.context import RequestContext, current
from tandem.kit.events.catalogue import InvalidEvent
from tandem.kit.events.envelope import Event
from tandem.kit.events.memory import MemoryTransport
from tandem.kit.runtime import UnknownEvent
from tests.kit.conftest import StartLoan
from tests.kit.loan.models import LoanOpened, LoanPaid
from tests.kit.loan.service import LoanService

ROUTES = {"loan.opened": ("loan",)}
TRACE = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"


def opened(**data: Any) -> Event:
    chosen = {"loan_id": "lon_1", "amount": 5, **data}
    return Event("evt_1", "loan.opened", "bank", "lon_1", datetime.now(UTC), chosen, TRACE, "req-1")


async def greeted(loan: LoanService, many: int = 1) -> list[dict[str, str]]:
    """What the handler of the event wrote, as soon as there is so much of it."""
    async with asyncio.timeout(20):
        while len(rows := await loan.pool.fetch("SELECT * FROM greetings ORDER BY loan_id")) < many:
            await asyncio.sleep(0.01)
    return [dict(row) for row in rows]


@pytest.fixture
async def transport() -> AsyncIterator[MemoryTransport]:
    transport = MemoryTransport(ROUTES)
    yield transport
    assert transport.dead_letters == []


async def test_event_of_one_request_reaches_the_handler_of_another_service(
    start_loan: StartLoan, transport: MemoryTransport
) -> None:
    loan = await start_loan(with_loops=True, transport=transport)
    headers = {"x-request-id": "from-the-app"}
    answer = await loan.send("POST", "/v1/loans", {"name": "Anna", "amount": 5}, key="key-00000001", headers=headers)
    assert await greeted(loan) == [{"loan_id": answer.json()["id"], "request_id": "from-the-app", "source": "loan"}]
    assert await loan.background.depth() is not None


async def test_event_that_arrives_twice_is_applied_once(start_loan: StartLoan, transport: MemoryTransport) -> None:
    loan = await start_loan(with_loops=True, transport=transport)
    await transport.publish([opened()])
    await greeted(loan)
    await transport.publish([opened(), Event(**{**vars_of(opened()), "id": "evt_2"})])
    assert len(await greeted(loan, many=2)) == 2


def vars_of(event: Event) -> dict[str, Any]:
    return {name: getattr(event, name) for name in Event.__annotations__}


async def test_stopping_service_publishes_what_it_said(start_loan: StartLoan) -> None:
    transport = MemoryTransport({"loan.opened": ("bank",)})
    loan = await start_loan(with_loops=True, transport=transport)
    await loan.send("POST", "/v1/loans", {"name": "Anna", "amount": 5}, key="key-00000001")
    await loan.background.stop()
    assert (await transport.depth("bank")).waiting == 1


async def test_handler_is_given_a_context_where_there_is_none(loan: LoanService) -> None:
    assert current.get() is None
    async with loan.pool.acquire() as connection, connection.transaction():
        await loan.background.apply(connection, opened())
    assert (await greeted(loan))[0]["request_id"] == "req-1"


async def test_event_of_a_newer_version_waits_for_it(loan: LoanService) -> None:
    event = Event(**{**vars_of(opened()), "type": "loan.sold"})
    async with loan.pool.acquire() as connection:
        with pytest.raises(NotHeardHere, match=r"loan.sold is not known to this version of loan"):
            await loan.background.apply(connection, event)


async def test_event_with_a_new_field_is_heard(loan: LoanService) -> None:
    async with loan.pool.acquire() as connection, connection.transaction():
        await loan.background.apply(connection, opened(colour="red"))
    assert len(await greeted(loan)) == 1


async def test_event_that_is_not_as_listed_is_refused(loan: LoanService) -> None:
    async with loan.pool.acquire() as connection:
        with pytest.raises(InvalidEvent, match="/amount"):
            await loan.background.apply(connection, opened(amount="much"))


async def test_service_says_only_what_is_listed_and_as_it_is_listed(loan: LoanService) -> None:
    context, now = RequestContext("req-1", TRACE, 0.0), datetime.now(UTC)
    async with loan.pool.acquire() as connection:
        with pytest.raises(UnknownEvent, match=r"loan says LoanPaid, which contracts/events.yaml does not"):
            await loan.runtime.emit(connection, LoanPaid(loan_id="lon_1"), context, now)
        with pytest.raises(InvalidEvent, match="/amount"):
            await loan.runtime.emit(connection, LoanOpened(loan_id="lon_1", amount=0), context, now)
        await loan.runtime.emit(connection, LoanOpened(loan_id="lon_1", amount=5), context, now)
        said = Event.from_json((await connection.fetchval("SELECT body FROM outbox")).encode())
    assert re.fullmatch(r"evt_\w{26}", said.id)
    assert (said.type, said.source, said.subject, said.request_id) == ("loan.opened", "loan", "lon_1", "req-1")
    assert (said.traceparent, said.data) == (TRACE, {"loan_id": "lon_1", "amount": 5})
