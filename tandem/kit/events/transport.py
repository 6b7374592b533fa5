"""How events travel between services. PostgreSQL carries them on one machine, SNS and SQS in the cloud."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tandem.kit.events.envelope import Event

# Which queues a type of event goes to; see Catalogue.routes.
Routes: TypeAlias = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event handed out. `receipt` is the transport's own; `attempt` counts from 1."""

    queue: str
    body: bytes
    attempt: int
    receipt: int | str


@dataclass(frozen=True, slots=True)
class Depth:
    """`seconds` is the age of the oldest event that waits."""

    waiting: int
    seconds: float
    dead: int


class Transport(ABC):
    """At least once, and in order: while one event of a subject is handed out, no other of that subject is.

    What is neither acknowledged, returned nor buried is handed out again when its lease ends.
    """

    @abstractmethod
    async def open(self) -> None:
        """Get ready, without contacting anybody yet."""

    @abstractmethod
    async def close(self) -> None:
        """Let go of all connections."""

    @abstractmethod
    async def publish(self, events: Sequence[Event]) -> None:
        """Returns when every subscriber's queue holds them, each in the order given."""

    @abstractmethod
    async def receive(self, queue: str, limit: int, wait_seconds: float) -> list[Delivery]:
        """At most `limit`; none after `wait_seconds` without any. When cancelled it gives back what it took."""

    @abstractmethod
    async def acknowledge(self, delivery: Delivery) -> None:
        """It is dealt with."""

    @abstractmethod
    async def give_back(self, delivery: Delivery, after_seconds: float, counted: bool = True) -> None:
        """Hand it out again later. `counted` says whether it was the event's fault."""

    @abstractmethod
    async def bury(self, delivery: Delivery, reason: str) -> None:
        """Put it with the dead letters, where people look, and let the next of its subject pass."""

    @abstractmethod
    async def depth(self, queue: str) -> Depth: ...


class Bell:
    """Wakes everyone who waits; a ring between looking and waiting is not missed."""

    def __init__(self) -> None:
        self.rings = 0
        self._ringing = asyncio.Event()

    def ring(self) -> None:
        self.rings += 1
        self._ringing.set()
        self._ringing = asyncio.Event()

    async def wait(self, seen: int, timeout_seconds: float) -> None:
        """Until `rings` is beyond `seen`, or the time is over."""
        if self.rings > seen:
            return
        try:
            async with asyncio.timeout(timeout_seconds):
                await self._ringing.wait()
        except TimeoutError:
            pass
