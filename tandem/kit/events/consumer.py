"""Takes events from a queue and applies each once, in the transaction that remembers having applied it."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import asyncpg
import structlog

from tandem.kit.context import RequestContext, current
from tandem.kit.database import Session, transaction, translated_errors
from tandem.kit.events import inbox, metrics
from tandem.kit.events.envelope import Event, UnusableEvent
from tandem.kit.events.transport import Delivery, Transport
from tandem.kit.loop import Loop
from tandem.kit.problems import DeadlineExceeded, Unavailable
from tandem.kit.telemetry.logs import explained

Apply: TypeAlias = Callable[[Session, Event], Awaitable[None]]

_WAIT_SECONDS = 5.0
_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 30.0

log = structlog.get_logger("tandem.events")


class Consumer(Loop):
    """Up to `parallel` subjects at once, each in order. An event that keeps failing goes to the dead letters.

    `apply` may raise UnusableEvent to give an event up at once, and Unavailable to have it repeated without end.
    `committed` is called after each event, so that what a handler said in turn leaves at once.
    `outage_pause_seconds` is for trouble that is not the event's: a database or a peer that is away.
    """

    def __init__(
        self,
        pool: asyncpg.Pool[asyncpg.Record],
        transport: Transport,
        queue: str,
        apply: Apply,
        *,
        committed: Callable[[], None] = lambda: None,
        parallel: int = 4,
        most_attempts: int = 8,
        seconds_per_event: float = 20.0,
        outage_pause_seconds: float = 1.0,
    ) -> None:
        super().__init__(f"consume {queue}")
        self._pool = pool
        self._transport = transport
        self._queue = queue
        self._apply = apply
        self._committed = committed
        self._parallel = parallel
        self._most_attempts = most_attempts
        self._seconds_per_event = seconds_per_event
        self._outage_pause_seconds = outage_pause_seconds
        self._in_hand: set[asyncio.Task[None]] = set()

    async def stop(self, timeout_seconds: float = 20.0) -> None:
        """Take no more, finish what is in hand; what does not finish in time goes back to the queue."""
        await super().stop()
        if self._in_hand:
            _, late = await asyncio.wait(self._in_hand, timeout=timeout_seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def work(self) -> None:
        while True:
            if len(self._in_hand) >= self._parallel:
                await asyncio.wait(self._in_hand, return_when=asyncio.FIRST_COMPLETED)
            free = self._parallel - len(self._in_hand)
            for delivery in await self._transport.receive(self._queue, free, _WAIT_SECONDS):
                task = asyncio.create_task(self._handle(delivery))
                self._in_hand.add(task)
                task.add_done_callback(self._in_hand.discard)

    async def _handle(self, delivery: Delivery) -> None:
        try:
            await self._deal_with(delivery)
        except asyncio.CancelledError:
            await self._transport.give_back(delivery, 0.0, counted=False)
            raise
        except Exception as error:  # noqa: BLE001 - the edge of the process: the lease ends and the event comes again
            log.warning("event left to its lease", queue=self._queue, error=explained(error))

    async def _deal_with(self, delivery: Delivery) -> None:
        if delivery.attempt > self._most_attempts:
            await self._bury(delivery, f"was handed out {delivery.attempt - 1} times and never finished")
            return
        try:
            await self._apply_once(Event.from_json(delivery.body))
        except UnusableEvent as error:
            await self._bury(delivery, explained(error))
        except (Unavailable, DeadlineExceeded) as error:
            log.warning("event put off", queue=self._queue, error=explained(error))
            await self._transport.give_back(delivery, _jittered(self._outage_pause_seconds), counted=False)
        except Exception as error:  # noqa: BLE001 - a handler may fail in any way, and the next event must not suffer
            await self._failed(delivery, error)
        else:
            await self._transport.acknowledge(delivery)

    async def _apply_once(self, event: Event) -> None:
        current.set(RequestContext(event.request_id, event.traceparent, time.monotonic() + self._seconds_per_event))
        async with asyncio.timeout(self._seconds_per_event):
            with translated_errors():
                async with self._pool.acquire() as connection, transaction(connection):
                    first = await inbox.first_time(connection, event.id)
                    if first:
                        await self._apply(connection, event)
        self._committed()
        outcome = "applied" if first else "repeated"
        metrics.APPLIED.labels(event.type, outcome).inc()
        # With the id of the request that began it: so the story of a request goes on where its answer ended.
        log.info("event", type=event.type, subject=event.subject, outcome=outcome)

    async def _failed(self, delivery: Delivery, error: Exception) -> None:
        metrics.FAILED.labels(self._queue).inc()
        if delivery.attempt >= self._most_attempts:
            await self._bury(delivery, explained(error))
            return
        pause = min(_FIRST_PAUSE_SECONDS * 2.0 ** (delivery.attempt - 1), _LONGEST_PAUSE_SECONDS)
        log.warning("event failed", queue=self._queue, attempt=delivery.attempt, pause_seconds=pause, exc_info=error)
        await self._transport.give_back(delivery, _jittered(pause))

    async def _bury(self, delivery: Delivery, reason: str) -> None:
        await self._transport.bury(delivery, reason)
        metrics.DEAD.labels(self._queue).inc()
        log.error(
            "event given up", queue=self._queue, receipt=delivery.receipt, attempts=delivery.attempt, reason=reason
        )


def _jittered(seconds: float) -> float:
    return seconds * random.uniform(0.75, 1.25)  # noqa: S311 - spreads load, keeps no secret
