"""A transport inside one process, for tests that need events to arrive and no second database."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tandem.kit.events.envelope import Event
from tandem.kit.events.transport import Bell, Delivery, Depth, Routes, Transport


@dataclass
class _Message:
    queue: str
    event: Event
    attempts: int
    visible_at: float
    published_at: float


class MemoryTransport(Transport):
    """Forgets everything with its process."""

    def __init__(self, routes: Routes, lease_seconds: float = 30.0) -> None:
        self._routes = routes
        self._lease_seconds = lease_seconds
        self._receipts = itertools.count()
        self._messages: dict[int, _Message] = {}
        self._bell = Bell()
        self.dead_letters: list[tuple[Event, str]] = []

    async def open(self) -> None:
        """There is nothing to connect to."""

    async def close(self) -> None:
        """What was published stays, to be looked at."""

    async def publish(self, events: Sequence[Event]) -> None:
        now = time.monotonic()
        known = {(message.queue, message.event.id) for message in self._messages.values()}
        for event in events:
            for queue in self._routes.get(event.type, ()):
                if (queue, event.id) not in known:
                    self._messages[next(self._receipts)] = _Message(queue, event, 0, now, now)
        self._bell.ring()

    async def receive(self, queue: str, limit: int, wait_seconds: float) -> list[Delivery]:
        give_up = time.monotonic() + wait_seconds
        while True:
            rings = self._bell.rings
            due = list(itertools.islice(self._due(queue), limit))
            left = give_up - time.monotonic()
            if due or left <= 0:
                return [self._hand_out(receipt) for receipt in due]
            await self._bell.wait(rings, left)

    async def acknowledge(self, delivery: Delivery) -> None:
        self._messages.pop(int(delivery.receipt), None)
        self._bell.ring()

    async def give_back(self, delivery: Delivery, after_seconds: float, counted: bool = True) -> None:
        if (message := self._held(delivery)) is not None:
            message.attempts -= not counted
            self._hide(message, after_seconds)

    async def bury(self, delivery: Delivery, reason: str) -> None:
        if (message := self._held(delivery)) is not None:
            self.dead_letters.append((message.event, reason))
            await self.acknowledge(delivery)

    async def depth(self, queue: str) -> Depth:
        published = [message.published_at for message in self._messages.values() if message.queue == queue]
        seconds = time.monotonic() - min(published) if published else 0.0
        return Depth(len(published), seconds, len(self.dead_letters))

    def _due(self, queue: str) -> Iterator[int]:
        seen = set()
        for receipt, message in self._messages.items():
            if message.queue == queue and message.event.subject not in seen:
                seen.add(message.event.subject)
                if message.visible_at <= time.monotonic():
                    yield receipt

    def _hand_out(self, receipt: int) -> Delivery:
        message = self._messages[receipt]
        message.attempts += 1
        self._hide(message, self._lease_seconds)
        return Delivery(message.queue, message.event.to_json(), message.attempts, receipt)

    def _held(self, delivery: Delivery) -> _Message | None:
        """The message, unless its lease went to somebody else."""
        message = self._messages.get(int(delivery.receipt))
        return message if message and message.attempts == delivery.attempt else None

    def _hide(self, message: _Message, seconds: float) -> None:
        message.visible_at = time.monotonic() + seconds
        asyncio.get_running_loop().call_later(seconds, self._bell.ring)


class NullTransport(MemoryTransport):
    """Accepts every event and brings none."""

    def __init__(self) -> None:
        super().__init__({})
