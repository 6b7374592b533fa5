import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from tandem.kit.database import DatabaseUnavailable
from tandem.kit.events import outbox
from tandem.kit.events.envelope import Event
from tandem.kit.events.memory import MemoryTransport
from tandem.kit.events.relay import Relay
from tests.kit.events.conftest import ROUTES, Pool, Say, Until


class Watched(MemoryTransport):
    """Notes what is published; fails, hangs or dies when told to."""

    def __init__(self) -> None:
        super().__init__(ROUTES)
        self.published: list[str] = []
        self.failures: list[BaseException] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def publish(self, events: Sequence[Event]) -> None:
        await self.gate.wait()
        self.published += [event.id for event in events]
        await super().publish(events)
        if self.failures:
            raise self.failures.pop()


@pytest.fixture
def watched() -> Watched:
    return Watched()


@pytest.fixture
async def relay(pool: Pool, watched: Watched) -> AsyncIterator[Relay]:
    relay = Relay(pool, watched)
    yield relay
    await relay.stop()


@pytest.fixture
async def standby(pool: Pool, watched: Watched) -> AsyncIterator[Relay]:
    """Of the same database."""
    standby = Relay(pool, watched)
    yield standby
    await standby.stop()


async def commit(pool: Pool, *events: Event) -> None:
    async with pool.acquire() as connection, connection.transaction():
        for event in events:
            await outbox.append(connection, event)


async def rows(pool: Pool) -> int:
    return int(await pool.fetchval("SELECT count(*) FROM outbox"))


async def test_committed_events_are_published_in_order_and_removed(
    pool: Pool, relay: Relay, watched: Watched, say: Say
) -> None:
    await commit(pool, *(say() for _ in range(450)))
    relay.start()
    assert await relay.flush(20)
    assert watched.published == [f"evt_{n}" for n in range(1, 451)]
    assert await rows(pool) == 0


async def test_wake_publishes_long_before_the_next_look(pool: Pool, relay: Relay, watched: Watched, say: Say) -> None:
    relay.start()
    await relay.flush(20)
    begun = asyncio.get_running_loop().time()
    for n in range(10):
        await commit(pool, say(f"crd_{n}"))
        relay.wake()
        assert await watched.receive("ledger", 1, 5)
    assert asyncio.get_running_loop().time() - begun < 3


async def test_event_nobody_woke_for_is_found(
    pool: Pool, relay: Relay, watched: Watched, say: Say, until: Until
) -> None:
    relay.start()
    await relay.flush(20)
    await commit(pool, say())

    async def published() -> bool:
        return watched.published == ["evt_1"]

    await until(published)


async def test_crash_between_publishing_and_removing_only_repeats(
    pool: Pool, relay: Relay, watched: Watched, say: Say
) -> None:
    await commit(pool, say("crd_1"), say("crd_2"))
    watched.failures = [ConnectionResetError("the answer of the bus was lost")]
    relay.start()
    assert await relay.flush(20)
    assert watched.published == ["evt_1", "evt_2", "evt_1", "evt_2"]
    assert (await watched.depth("ledger")).waiting == 2


async def test_relay_killed_between_publishing_and_removing_loses_nothing(
    pool: Pool, relay: Relay, watched: Watched, say: Say, until: Until
) -> None:
    await commit(pool, say())
    watched.gate.clear()
    relay.start()

    async def active() -> bool:
        return relay.active

    await until(active)
    await relay.stop()
    assert (relay.active, await rows(pool)) == (False, 1)
    watched.gate.set()
    successor = Relay(pool, watched)
    successor.start()
    assert await successor.flush(20)
    await successor.stop()
    assert watched.published == ["evt_1"]


async def test_one_relay_is_active_and_another_takes_over(
    pool: Pool, relay: Relay, standby: Relay, watched: Watched, say: Say
) -> None:
    relay.start()
    await commit(pool, say())
    assert await relay.flush(20)
    standby.start()
    await commit(pool, say())
    assert await standby.flush(20)
    assert (relay.active, standby.active) == (True, False)

    await relay.stop()
    await commit(pool, say())
    assert await standby.flush(20)
    assert standby.active
    assert watched.published == ["evt_1", "evt_2", "evt_3"]


async def test_relay_goes_on_after_its_connection_was_cut(pool: Pool, relay: Relay, watched: Watched, say: Say) -> None:
    relay.start()
    await relay.flush(20)
    await pool.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await commit(pool, say())
    assert await relay.flush(20)
    assert watched.published == ["evt_1"]


async def test_flush_gives_up_when_the_transport_is_away(pool: Pool, relay: Relay, watched: Watched, say: Say) -> None:
    await commit(pool, say())
    watched.gate.clear()
    relay.start()
    assert not await relay.flush(0.2)
    lag = await relay.lag()
    assert lag.rows == 1
    assert lag.seconds > 0


async def test_flush_without_a_database_gives_up(pool: Pool, watched: Watched) -> None:
    relay = Relay(pool, watched)
    await pool.close()
    assert not await relay.flush(5)
    with pytest.raises(DatabaseUnavailable):
        await relay.lag()
