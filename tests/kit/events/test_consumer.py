import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

import pytest
from asyncpg import PostgresError
from structlog.testing import capture_logs

from tandem.kit.context import current
from tandem.kit.database import Session
from tandem.kit.events.consumer import Consumer
from tandem.kit.events.envelope import Event, UnusableEvent
from tandem.kit.events.memory import MemoryTransport
from tandem.kit.events.transport import Delivery
from tandem.kit.problems import Unavailable
from tests.kit.events.conftest import ROUTES, Pool, Say, Until


async def write_down(connection: Session, event: Event) -> None:
    await connection.execute("INSERT INTO applied (subject, n) VALUES ($1, $2)", event.subject, event.data["n"])


async def written(pool: Pool) -> list[int]:
    return [row["n"] for row in await pool.fetch("SELECT n FROM applied ORDER BY nth")]


class Losing(MemoryTransport):
    """Loses the acknowledgements it is told to lose."""

    lost: Sequence[Exception] = ()

    async def acknowledge(self, delivery: Delivery) -> None:
        if self.lost:
            (error, *self.lost) = self.lost
            raise error
        await super().acknowledge(delivery)


@pytest.fixture
def memory() -> Losing:
    return Losing(ROUTES, lease_seconds=0.5)


Consume = Callable[..., Consumer]


@pytest.fixture
async def consume(pool: Pool, memory: Losing) -> AsyncIterator[Consume]:
    consumers: list[Consumer] = []

    def consume(apply: Callable[[Session, Event], Awaitable[None]] = write_down, **options: Any) -> Consumer:
        consumer = Consumer(pool, memory, "ledger", apply, **options)
        consumers.append(consumer)
        consumer.start()
        return consumer

    yield consume
    for consumer in consumers:
        await consumer.stop()


@pytest.fixture
def empty(memory: Losing, until: Until) -> Callable[[], Awaitable[None]]:
    async def nothing_waits() -> bool:
        return (await memory.depth("ledger")).waiting == 0

    return lambda: until(nothing_waits)


Empty = Callable[[], Awaitable[None]]


async def test_event_is_applied_and_acknowledged(
    pool: Pool, memory: Losing, consume: Consume, empty: Empty, say: Say
) -> None:
    told = asyncio.Event()
    consume(committed=told.set)
    await memory.publish([say(), say(), say()])
    await empty()
    assert await written(pool) == [1, 2, 3]
    assert told.is_set()


async def test_event_published_twice_is_applied_once(
    pool: Pool, memory: Losing, consume: Consume, empty: Empty, say: Say
) -> None:
    consume()
    event = say()
    await memory.publish([event])
    await empty()
    await memory.publish([event])
    await empty()
    assert await written(pool) == [1]


async def test_lost_acknowledgement_does_not_apply_it_again(
    pool: Pool, memory: Losing, consume: Consume, empty: Empty, say: Say
) -> None:
    memory.lost = [ConnectionResetError("the bus went away")]
    consume()
    await memory.publish([say()])
    await empty()
    assert await written(pool) == [1]


async def test_applied_event_leaves_a_line_in_the_log(memory: Losing, consume: Consume, empty: Empty, say: Say) -> None:
    consume()
    with capture_logs() as said:
        await memory.publish([say("crd_7")])
        await empty()
    assert {
        "event": "event",
        "log_level": "info",
        "type": "card.frozen",
        "subject": "crd_7",
        "outcome": "applied",
    } in said


async def test_failed_event_is_repeated_before_the_next_of_its_subject(
    pool: Pool, memory: Losing, consume: Consume, empty: Empty, say: Say
) -> None:
    failures = [ValueError("not yet"), ValueError("not yet")]

    async def apply(connection: Session, event: Event) -> None:
        await write_down(connection, event)
        if event.subject == "crd_1" and failures:
            raise failures.pop()

    consume(apply)
    await memory.publish([say("crd_1"), say("crd_1"), say("crd_2")])
    await empty()
    assert await written(pool) == [3, 1, 2]


async def test_statement_whose_failure_the_handler_swallows_does_not_lose_the_event(
    pool: Pool, memory: Losing, consume: Consume, empty: Empty, say: Say
) -> None:
    wrong = ["INSERT INTO applied (subject) VALUES (1, 2)"]

    async def apply(connection: Session, event: Event) -> None:
        await write_down(connection, event)
        with suppress(PostgresError):
            await connection.execute(wrong.pop() if wrong else "SELECT 1")

    consume(apply)
    await memory.publish([say()])
    await empty()
    assert await written(pool) == [1]


async def test_poison_is_buried_and_blocks_nobody(
    pool: Pool, memory: Losing, consume: Consume, empty: Empty, say: Say
) -> None:
    async def apply(connection: Session, event: Event) -> None:
        if event.data["n"] == 1:
            raise ValueError("never")
        await write_down(connection, event)

    consume(apply, most_attempts=3)
    await memory.publish([say("crd_1"), say("crd_1"), say("crd_2")])
    await empty()
    assert await written(pool) == [3, 2]
    ((event, reason),) = memory.dead_letters
    assert (event.id, reason) == ("evt_1", "ValueError: never")


async def test_unusable_event_is_buried_at_once(
    pool: Pool, memory: Losing, consume: Consume, empty: Empty, say: Say
) -> None:
    attempts = []

    async def apply(_: Session, event: Event) -> None:
        attempts.append(event.id)
        raise UnusableEvent("nobody knows this card")

    consume(apply)
    await memory.publish([say()])
    await empty()
    assert attempts == ["evt_1"]
    assert memory.dead_letters[0][1] == "UnusableEvent: nobody knows this card"


async def test_event_that_keeps_killing_its_consumer_is_buried(
    memory: Losing, consume: Consume, empty: Empty, say: Say
) -> None:
    await memory.publish([say()])
    for _ in range(2):
        assert await memory.receive("ledger", 1, 5)
    consume(most_attempts=2)
    await empty()
    assert memory.dead_letters[0][1] == "was handed out 2 times and never finished"


async def test_outage_is_waited_out_however_long(
    pool: Pool, memory: Losing, consume: Consume, empty: Empty, say: Say
) -> None:
    outages = [Unavailable("the peer is away") for _ in range(10)]

    async def apply(connection: Session, event: Event) -> None:
        if outages:
            raise outages.pop()
        await write_down(connection, event)

    consume(apply, most_attempts=2, outage_pause_seconds=0.01)
    await memory.publish([say()])
    await empty()
    assert await written(pool) == [1]


async def test_handler_that_hangs_is_stopped_and_repeated(
    pool: Pool, memory: Losing, consume: Consume, empty: Empty, say: Say
) -> None:
    hanging = [True]

    async def apply(connection: Session, event: Event) -> None:
        if hanging:
            hanging.clear()
            await asyncio.Event().wait()
        await write_down(connection, event)

    consume(apply, seconds_per_event=0.1)
    await memory.publish([say()])
    await empty()
    assert await written(pool) == [1]


async def test_stopping_finishes_the_event_in_hand(pool: Pool, memory: Losing, consume: Consume, say: Say) -> None:
    begun, finish = asyncio.Event(), asyncio.Event()

    async def apply(connection: Session, event: Event) -> None:
        begun.set()
        await finish.wait()
        await write_down(connection, event)

    consumer = consume(apply)
    await memory.publish([say(), say()])
    await begun.wait()
    stopping = asyncio.create_task(consumer.stop())
    await asyncio.sleep(0)
    finish.set()
    await stopping
    assert await written(pool) == [1]
    assert (await memory.depth("ledger")).waiting == 1


async def test_event_that_does_not_finish_in_time_goes_back(
    pool: Pool, memory: Losing, consume: Consume, say: Say
) -> None:
    begun = asyncio.Event()

    async def apply(connection: Session, event: Event) -> None:
        await write_down(connection, event)
        begun.set()
        await asyncio.Event().wait()

    consumer = consume(apply)
    await memory.publish([say()])
    await begun.wait()
    await consumer.stop(timeout_seconds=0.01)
    assert await written(pool) == []
    (again,) = await memory.receive("ledger", 1, 5)
    assert again.attempt == 1


async def test_subjects_are_applied_side_by_side_up_to_the_limit(
    memory: Losing, consume: Consume, empty: Empty, say: Say
) -> None:
    most, now = 0, 0
    three_at_once = asyncio.Event()

    async def apply(_: Session, __: Event) -> None:
        nonlocal most, now
        now += 1
        most = max(most, now)
        if now == 3:
            three_at_once.set()
        await three_at_once.wait()
        now -= 1

    consume(apply, parallel=3)
    await memory.publish([say(f"crd_{n}") for n in range(12)])
    await empty()
    assert most == 3


async def test_handler_works_in_the_context_of_what_caused_the_event(
    memory: Losing, consume: Consume, empty: Empty, say: Say
) -> None:
    seen = []

    async def apply(_: Session, __: Event) -> None:
        seen.append(current.get())

    consume(apply)
    event = say()
    await memory.publish([event])
    await empty()
    (context,) = seen
    assert context is not None
    assert (context.request_id, context.traceparent) == (event.request_id, event.traceparent)
    assert 0 < context.seconds_left <= 20
