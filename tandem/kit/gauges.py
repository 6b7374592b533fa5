"""What a service counts of itself when it is asked: connections, events that wait to leave and to be heard."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from math import nan

import structlog

from tandem.kit.background import Background
from tandem.kit.events.transport import Depth
from tandem.kit.loop import Loop
from tandem.kit.problems import Problem
from tandem.kit.runtime import Runtime
from tandem.kit.telemetry import metrics

_ASK_SECONDS = 2.0

log = structlog.get_logger("tandem.gauges")


@dataclass
class Gauges:
    """What cannot be asked is not a number, rather than the number of an hour ago."""

    pool_open: float
    pool_idle: float
    outbox_rows: float = field(default=nan)
    outbox_lag_seconds: float = field(default=nan)
    events_waiting: float = field(default=nan)
    events_waiting_seconds: float = field(default=nan)
    events_dead_letters: float = field(default=nan)


async def measure(runtime: Runtime, background: Background) -> Gauges:
    """Also sets the gauges that `/metrics` shows."""
    pool = runtime.database.pool
    gauges = Gauges(pool.get_size(), pool.get_idle_size())
    with suppress(Problem, TimeoutError):
        async with asyncio.timeout(_ASK_SECONDS):
            await _ask(gauges, background)
    metrics.POOL_CONNECTIONS.labels("open").set(gauges.pool_open)
    metrics.POOL_CONNECTIONS.labels("idle").set(gauges.pool_idle)
    metrics.OUTBOX_ROWS.set(gauges.outbox_rows)
    metrics.OUTBOX_SECONDS.set(gauges.outbox_lag_seconds)
    metrics.EVENTS_WAITING.set(gauges.events_waiting)
    metrics.EVENTS_SECONDS.set(gauges.events_waiting_seconds)
    metrics.EVENTS_DEAD.set(gauges.events_dead_letters)
    return gauges


async def _ask(gauges: Gauges, background: Background) -> None:
    if background.relay is not None:
        lag = await background.relay.lag()
        gauges.outbox_rows, gauges.outbox_lag_seconds = lag.rows, lag.seconds
    depth = await background.depth() or Depth(0, 0.0, 0)
    gauges.events_waiting, gauges.events_waiting_seconds = depth.waiting, depth.seconds
    gauges.events_dead_letters = depth.dead


class GaugeLines(Loop):
    """Writes them as a line of the log, from which CloudWatch takes them."""

    def __init__(self, runtime: Runtime, background: Background, every_seconds: float = 60.0) -> None:
        super().__init__("gauges")
        self._runtime = runtime
        self._background = background
        self._every_seconds = every_seconds

    async def work(self) -> None:
        while True:
            log.info("gauges", **asdict(await measure(self._runtime, self._background)))
            await asyncio.sleep(self._every_seconds)
