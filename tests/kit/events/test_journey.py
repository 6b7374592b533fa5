"""From the outbox of one service to the table of another, over the real bus, on bad days too."""

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Self

import asyncpg
import pytest

from tandem.kit.database import Session
from tandem.kit.events import bus, outbox
from tandem.kit.events.consumer import Consumer
from tandem.kit.events.envelope import Event
from tandem.kit.events.postgres import PostgresTransport
from tandem.kit.events.relay import Relay
from tandem.local.postgres import Server, free_port
from tests.kit.events.conftest import ROUTES, Pool, Say, Until, prepare

SUBJECTS = 20


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    """Holds both databases, and may be stopped and killed."""
    server = Server(tmp_path / "data", free_port(), "secret", tmp_path / "log", {"fsync": "off"})
    server.init()
    server.start()
    connection = await asyncpg.connect(server.url())
    for database in ("bus", "ledger"):
        await connection.execute(f"CREATE DATABASE {database}")
    await connection.close()
    connection = await asyncpg.connect(server.url("bus"))
    await bus.install(connection, {})
    await connection.close()
    yield server
    server.stop()


async def write_down(connection: Session, event: Event) -> None:
    await connection.execute("INSERT INTO applied (subject, n) VALUES ($1, $2)", event.subject, event.data["n"])


async def commit(pool: Pool, event: Event) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await outbox.append(connection, event)


async def is_complete(pool: Pool, events: int) -> bool:
    try:
        return bool(await pool.fetchval("SELECT count(*) >= $1 FROM applied", events))
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False


async def check_applied(pool: Pool, events: list[Event]) -> None:
    """Each once, and those of a subject in the order in which they were said."""
    rows = await pool.fetch("SELECT subject, n FROM applied ORDER BY nth")
    assert len(rows) == len(events)
    for subject in {event.subject for event in events}:
        said = [event.data["n"] for event in events if event.subject == subject]
        assert [row["n"] for row in rows if row["subject"] == subject] == said


class Journey:
    """A relay and several consumers at work between a service's database and its own inbox."""

    def __init__(self, pool: Pool, transport: PostgresTransport, consumers: int) -> None:
        self.relay = Relay(pool, transport)
        self.consumers = [Consumer(pool, transport, "ledger", write_down) for _ in range(consumers)]

    async def __aenter__(self) -> Self:
        for loop in (self.relay, *self.consumers):
            loop.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        for consumer in self.consumers:
            await consumer.stop()
        await self.relay.stop()


async def test_thousand_events_said_at_once_arrive_once_and_in_order(
    pool: Pool, transport: PostgresTransport, say: Say, until: Until
) -> None:
    events = [say(f"crd_{n % SUBJECTS}") for n in range(1000)]

    async def speak(subject: str, relay: Relay) -> None:
        for event in events:
            if event.subject == subject:
                await commit(pool, event)
                relay.wake()

    async with Journey(pool, transport, consumers=3) as journey:
        await asyncio.gather(*(speak(f"crd_{n}", journey.relay) for n in range(SUBJECTS)))
        await until(lambda: is_complete(pool, len(events)))
        assert await journey.relay.flush(5)
    await check_applied(pool, events)
    assert (await transport.depth("ledger")).waiting == 0


@pytest.mark.parametrize("end", ["stop", "kill"])
async def test_server_that_goes_away_in_the_middle_costs_nothing_but_time(
    server: Server, say: Say, until: Until, end: str
) -> None:
    events = [say(f"crd_{n % SUBJECTS}") for n in range(200)]
    pool = await prepare(server.url("ledger"))
    transport = PostgresTransport(server.url("bus"), ROUTES, lease_seconds=1)
    await transport.open()
    async with Journey(pool, transport, consumers=3) as journey:
        for event in events:
            await commit(pool, event)
        journey.relay.wake()
        await until(lambda: is_complete(pool, 20))
        await asyncio.to_thread(getattr(server, end))
        await asyncio.to_thread(server.start)
        await until(lambda: is_complete(pool, len(events)))
    await check_applied(pool, events)
    await transport.close()
    await pool.close()


async def test_connections_cut_at_random_cost_nothing_but_time(
    pool: Pool, bus_url: str, say: Say, until: Until
) -> None:
    transport = PostgresTransport(bus_url, ROUTES, lease_seconds=1)
    await transport.open()
    events = [say(f"crd_{n % SUBJECTS}") for n in range(300)]
    dice = random.Random(7)
    for event in events:
        await commit(pool, event)
    surgeon = await asyncpg.connect(bus_url)
    async with Journey(pool, transport, consumers=3):
        for applied in range(30, 300, 30):
            await until(lambda applied=applied: is_complete(pool, applied))  # type: ignore[misc]
            await surgeon.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid % 2 = $1",
                dice.randrange(2),
            )
        await until(lambda: is_complete(pool, len(events)))
    await surgeon.close()
    await transport.close()
    await check_applied(pool, events)
