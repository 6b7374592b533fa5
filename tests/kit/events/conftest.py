"""A service's database, a bus beside it, and events to send over it."""

import asyncio
import itertools
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import asyncpg
import pytest

from tandem.kit.events import bus
from tandem.kit.events.envelope import Event
from tandem.kit.events.postgres import PostgresTransport
from tandem.kit.migrations import migrate
from tandem.local.postgres import Server
from tests.service_under_test import Databases

Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Say: TypeAlias = Callable[..., Event]
Until: TypeAlias = Callable[[Callable[[], Awaitable[bool]]], Awaitable[None]]

_NO_REVISIONS = Path(__file__).parent / "none"
ROUTES = {"card.frozen": ("ledger",), "card.issued": ("ledger", "mailer")}


@pytest.fixture
def say() -> Say:
    """An event that was never seen before; `n` tells the order in which it was said."""
    numbers = itertools.count(1)

    def say(subject: str = "crd_1", type_: str = "card.frozen") -> Event:
        n = next(numbers)
        data = {"card_id": subject, "n": n}
        time = datetime(2026, 11, 15, 9, 30, tzinfo=UTC)
        return Event(f"evt_{n}", type_, "card", subject, time, data, f"00-{'a' * 32}-{'b' * 16}-01", f"request-{n}")

    return say


@pytest.fixture
def until() -> Until:
    """Looks until the condition holds; the test's own timeout is its end."""

    async def until(condition: Callable[[], Awaitable[bool]]) -> None:
        async with asyncio.timeout(30):
            while not await condition():
                await asyncio.sleep(0.01)

    return until


async def prepare(url: str) -> Pool:
    await asyncio.to_thread(migrate, url, _NO_REVISIONS)
    pool: Pool = await asyncpg.create_pool(url, min_size=0, max_size=10)
    await pool.execute("CREATE TABLE applied (nth bigint GENERATED ALWAYS AS IDENTITY, subject text, n integer)")
    return pool


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    """Of a service's database, with a table that shows what was applied."""
    pool = await prepare(database)
    yield pool
    # Whoever still holds a connection after a failed test would keep this one waiting for ever.
    async with asyncio.timeout(20):
        await pool.close()


@pytest.fixture
async def bus_url(databases: Databases) -> AsyncIterator[str]:
    url = await databases.create()
    connection = await asyncpg.connect(url)
    await bus.install(connection, {})
    await connection.close()
    yield url
    await databases.drop(url)


@pytest.fixture
async def transport(bus_url: str) -> AsyncIterator[PostgresTransport]:
    transport = PostgresTransport(bus_url, ROUTES)
    await transport.open()
    yield transport
    await transport.close()


@pytest.fixture
async def role(postgres: Server, admin: Connection) -> AsyncIterator[Callable[[], Awaitable[str]]]:
    """Makes roles that can log in and nothing else."""
    made = []

    async def make() -> str:
        name = f"role_{secrets.token_hex(4)}"
        await admin.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'secret'")
        made.append(name)
        return name

    yield make
    databases = [row[0] for row in await admin.fetch("SELECT datname FROM pg_database WHERE NOT datistemplate")]
    for name in made:
        for database in databases:
            connection = await asyncpg.connect(postgres.url(database))
            await connection.execute(f"DROP OWNED BY {name} CASCADE")
            await connection.close()
        await admin.execute(f"DROP ROLE {name}")
