"""What a service process does besides answering: tell its events, hear those of others, and tidy up."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from tandem.kit.auth.caller import Caller
from tandem.kit.binding import Function
from tandem.kit.call import Call
from tandem.kit.context import RequestContext, current
from tandem.kit.database import Database, Session
from tandem.kit.events.consumer import Consumer
from tandem.kit.events.envelope import Event
from tandem.kit.events.relay import Relay
from tandem.kit.events.transport import Depth
from tandem.kit.housekeeping import Housekeeping
from tandem.kit.outside import Outside
from tandem.kit.problems import Unavailable
from tandem.kit.runtime import Runtime

_EVENT_SECONDS = 10.0
_FLUSH_SECONDS = 5.0


class NotHeardHere(Unavailable):
    """Two versions may run side by side; the event waits for the one that knows it."""


class Background:
    def __init__(
        self, runtime: Runtime, outside: Outside, events: Mapping[str, tuple[Function, type[BaseModel]]]
    ) -> None:
        self._runtime = runtime
        self._outside = outside
        self._events = events
        self.relay: Relay | None = None
        self._consumer: Consumer | None = None
        self._housekeeping: Housekeeping | None = None

    async def start(self, with_loops: bool = True) -> None:
        """Without its loops a service answers but neither tells nor hears: for tests that look at the outbox."""
        database = self._runtime.database
        await database.open()
        await self._outside.network.open()
        if self._runtime.keeps_files:
            await self._runtime.objects.open()
        if with_loops:
            await self._start_loops(database)

    async def _start_loops(self, database: Database) -> None:
        await self._outside.transport.open()
        self.relay = Relay(database.background, self._outside.transport)
        self._runtime.wake_relay = self.relay.wake
        self.relay.start()
        if self._events:
            self._consumer = Consumer(
                database.background,
                self._outside.transport,
                self._runtime.service,
                self.apply,
                committed=self.relay.wake,
            )
            self._consumer.start()
        self._housekeeping = Housekeeping(database.background)
        self._housekeeping.start()

    async def stop(self) -> None:
        """Finish the event in hand, publish what was said, let go of everything."""
        if self._consumer is not None:
            await self._consumer.stop()
        if self._housekeeping is not None:
            await self._housekeeping.stop()
        if self.relay is not None:
            await self.relay.flush(_FLUSH_SECONDS)
            await self.relay.stop()
        await self._outside.transport.close()
        await self._outside.network.close()
        self._outside.flags.close()
        await asyncio.to_thread(self._outside.tracing.close)
        await self._runtime.database.close()

    async def depth(self) -> Depth | None:
        """How many events wait to be heard here; None for a service that hears none."""
        return await self._outside.transport.depth(self._runtime.service) if self._consumer else None

    async def apply(self, connection: Session, event: Event) -> None:
        """Hand one event to its handler, in the transaction that also notes it as applied."""
        if event.type not in self._events:
            raise NotHeardHere(
                f"{event.type} is not known to this version of {self._runtime.service}; a newer one hears it."
            )
        handler, model = self._events[event.type]
        self._runtime.catalogue.events[event.type].validate(event.data, tolerant=True)
        context = current.get() or RequestContext(
            event.request_id, event.traceparent, time.monotonic() + _EVENT_SECONDS
        )
        caller = Caller("service", event.source, None, frozenset())
        call = Call[Any](self._runtime, event.type, caller, context, connection, {}, {})
        await handler(call, event=model.model_validate(event.data))
        self._runtime.wake_relay()
