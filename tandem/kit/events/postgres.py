"""The transport of one machine: queues in a PostgreSQL database of their own, with LISTEN and NOTIFY for speed."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import asyncpg

from tandem.kit.database import DatabaseUnavailable, translated_errors
from tandem.kit.events import bus
from tandem.kit.events.envelope import Event
from tandem.kit.events.transport import Bell, Delivery, Depth, Routes, Transport
from tandem.kit.loop import Loop

# Notifications are not kept for a listener that is away, so the queue is looked at from time to time as well.
_POLL_SECONDS = 1.0
_CONNECT_SECONDS = 3.0


class PostgresTransport(Transport):
    """Connects on first use and again after every loss. A lease must outlast the longest handler."""

    def __init__(self, url: str, routes: Routes, lease_seconds: float = 30.0, max_connections: int = 4) -> None:
        self._url = url
        self._routes = routes
        self._lease = timedelta(seconds=lease_seconds)
        self._max_connections = max_connections
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None
        self._turns: dict[str, str] = {}
        self._bells: dict[str, Bell] = {}
        self._listeners: list[_Listener] = []

    async def open(self) -> None:
        self._pool = await asyncpg.create_pool(
            self._url,
            min_size=0,
            max_size=self._max_connections,
            command_timeout=5,
            timeout=_CONNECT_SECONDS,
            # Every statement here is its own transaction and leaves nothing to reset.
            reset=_nothing_to_reset,
            # A lost claim or acknowledgement only repeats an event, so nobody waits for the disk but the publisher.
            server_settings={"application_name": "tandem-bus", "synchronous_commit": "off"},
        )

    async def close(self) -> None:
        await asyncio.gather(*(listener.stop() for listener in self._listeners))
        if self._pool is not None:
            await self._pool.close()
            self._pool = None

    async def publish(self, events: Sequence[Event]) -> None:
        copies = [(queue, event) for event in events for queue in self._routes.get(event.type, ())]
        if copies:
            queues = [queue for queue, _ in copies]
            subjects = [event.subject for _, event in copies]
            ids = [event.id for _, event in copies]
            bodies = [event.to_json().decode() for _, event in copies]
            await self._fetch(bus.PUBLISH, queues, subjects, ids, bodies, bus.CHANNEL_PREFIX)

    async def receive(self, queue: str, limit: int, wait_seconds: float) -> list[Delivery]:
        bell = self._bell(queue)
        give_up = time.monotonic() + wait_seconds
        while True:
            rings = bell.rings
            claim = asyncio.ensure_future(self._claim(queue, limit))
            try:
                deliveries = await asyncio.shield(claim)
            except asyncio.CancelledError:
                await self._give_back_all(claim)
                raise
            left = give_up - time.monotonic()
            if deliveries or left <= 0:
                return deliveries
            await bell.wait(rings, min(left, _POLL_SECONDS))

    async def acknowledge(self, delivery: Delivery) -> None:
        await self._fetch(bus.ACKNOWLEDGE, delivery.receipt)
        self._bell(delivery.queue).ring()

    async def give_back(self, delivery: Delivery, after_seconds: float, counted: bool = True) -> None:
        wait, uncounted = timedelta(seconds=after_seconds), 0 if counted else 1
        await self._fetch(bus.GIVE_BACK, delivery.receipt, delivery.attempt, wait, uncounted)
        asyncio.get_running_loop().call_later(after_seconds, self._bell(delivery.queue).ring)

    async def bury(self, delivery: Delivery, reason: str) -> None:
        await self._fetch(bus.BURY, delivery.receipt, delivery.attempt, reason)
        self._bell(delivery.queue).ring()

    async def depth(self, queue: str) -> Depth:
        with translated_errors():
            async with self._connections.acquire(timeout=_CONNECT_SECONDS) as connection:
                return await bus.depth(connection, queue)

    @property
    def _connections(self) -> asyncpg.Pool[asyncpg.Record]:
        if self._pool is None:
            raise RuntimeError("the transport is used before open() or after close()")
        return self._pool

    async def _fetch(self, statement: str, *values: Any) -> list[asyncpg.Record]:
        with translated_errors():
            async with self._connections.acquire(timeout=_CONNECT_SECONDS) as connection:
                return await connection.fetch(statement, *values)

    async def _claim(self, queue: str, limit: int) -> list[Delivery]:
        """In turns: the walk over the subjects goes on where the last one ended."""
        begin = self._turns.get(queue, "")
        rows = await self._fetch(bus.CLAIM, queue, limit, self._lease, begin)
        self._turns[queue] = max(row["subject"] for row in rows) if len(rows) == limit else ""
        if begin and len(rows) < limit:
            rows += await self._fetch(bus.CLAIM, queue, limit - len(rows), self._lease, "")
        rows.sort(key=lambda row: row["position"])
        return [Delivery(queue, row["body"].encode(), row["attempts"], row["position"]) for row in rows]

    async def _give_back_all(self, claim: asyncio.Future[list[Delivery]]) -> None:
        # When the bus is away the leases end by themselves.
        with contextlib.suppress(DatabaseUnavailable):
            for delivery in await claim:
                await self.give_back(delivery, 0.0, counted=False)

    def _bell(self, queue: str) -> Bell:
        """The queue's, and somebody who rings it when a publisher notifies."""
        if queue not in self._bells:
            self._bells[queue] = Bell()
            listener = _Listener(self._url, queue, self._bells[queue])
            listener.start()
            self._listeners.append(listener)
        return self._bells[queue]


async def _nothing_to_reset(_: object) -> None:
    return None


class _Listener(Loop):
    """Rings a bell for each notification, over a connection of its own."""

    def __init__(self, url: str, queue: str, bell: Bell) -> None:
        super().__init__(f"listen to {queue}")
        self._url = url
        self._queue = queue
        self._bell = bell

    async def work(self) -> None:
        lost = asyncio.Event()
        connection = await asyncpg.connect(self._url, timeout=_CONNECT_SECONDS)
        try:
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener(bus.CHANNEL_PREFIX + self._queue, lambda *_: self._bell.ring())
            self._bell.ring()
            await lost.wait()
        finally:
            connection.terminate()
        raise ConnectionError("the connection to the bus was lost")
