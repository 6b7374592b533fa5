"""Carries events from the outbox to the transport, deletes them only then: a crash may repeat one, never lose one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from tandem.kit.database import DatabaseUnavailable, Session, translated_errors
from tandem.kit.events import metrics, outbox
from tandem.kit.events.outbox import Waiting
from tandem.kit.events.transport import Bell, Transport
from tandem.kit.loop import Loop

_LOCK = "84726, 3"
_POLL_SECONDS = 1.0
_BATCH_ROWS = 200


class Relay(Loop):
    """One is active per database; the others stand by and take over within a second or so."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], transport: Transport) -> None:
        super().__init__("relay")
        self._pool = pool
        self._transport = transport
        self._bell = Bell()
        self._emptied = Bell()
        self.active = False

    def wake(self) -> None:
        """Say that something was committed to the outbox."""
        self._bell.ring()

    async def lag(self) -> Waiting:
        with translated_errors():
            async with self._pool.acquire() as connection:
                return await outbox.waiting(connection)

    async def flush(self, timeout_seconds: float) -> bool:
        """Wait until the outbox is empty, whichever replica empties it; False when time is over."""
        try:
            async with asyncio.timeout(timeout_seconds):
                await self._until_empty()
        # A database that is missing, or lacks the outbox, keeps nothing that could be published.
        except (TimeoutError, DatabaseUnavailable, asyncpg.PostgresError):
            return False
        return True

    async def _until_empty(self) -> None:
        while True:
            seen = self._emptied.rings
            if not (await self.lag()).rows:
                return
            self.wake()
            await self._emptied.wait(seen, 0.1)

    async def work(self) -> None:
        while True:
            async with self._pool.acquire() as connection, _alone(connection) as alone:
                self.active = alone
                try:
                    while alone:
                        await self._publish_waiting(connection)
                finally:
                    self.active = False
            await asyncio.sleep(_POLL_SECONDS)

    async def _publish_waiting(self, connection: Session) -> None:
        rings = self._bell.rings
        while rows := await outbox.oldest(connection, _BATCH_ROWS):
            events = [event for _, event in rows]
            await self._transport.publish(events)
            await outbox.remove(connection, [position for position, _ in rows])
            for event in events:
                metrics.PUBLISHED.labels(event.type).inc()
        self._emptied.ring()
        await self._bell.wait(rings, _POLL_SECONDS)


@asynccontextmanager
async def _alone(connection: Session) -> AsyncIterator[bool]:
    """Whether this connection is the only one here. The lock ends with the connection: a dead relay holds nothing."""
    alone = await connection.fetchval(f"SELECT pg_try_advisory_lock({_LOCK})")
    try:
        yield alone
    finally:
        if alone:
            await connection.fetchval(f"SELECT pg_advisory_unlock({_LOCK})")
