"""What a service's database forgets: idempotency keys after a day, applied event ids after a week."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import asyncpg

from tandem.kit.loop import Loop

IDEMPOTENCY_KEYS_KEPT = timedelta(hours=24)
# Longer than an event may be on its way, dead letters taken up again included.
APPLIED_EVENTS_KEPT = timedelta(days=7)
_BATCH_ROWS = 1000

# SKIP LOCKED, so that several replicas may sweep at once.
_SWEEPS = {
    "idempotency_keys": (
        IDEMPOTENCY_KEYS_KEPT,
        """
        DELETE FROM idempotency_keys WHERE ctid = ANY(ARRAY(
            SELECT ctid FROM idempotency_keys WHERE created_at < now() - $1::interval
            ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED))
        """,
    ),
    "inbox": (
        APPLIED_EVENTS_KEPT,
        """
        DELETE FROM inbox WHERE ctid = ANY(ARRAY(
            SELECT ctid FROM inbox WHERE applied_at < now() - $1::interval
            ORDER BY applied_at LIMIT $2 FOR UPDATE SKIP LOCKED))
        """,
    ),
}


async def sweep(pool: asyncpg.Pool[asyncpg.Record], batch_rows: int = _BATCH_ROWS) -> Mapping[str, int]:
    """Delete what is past its time, in small transactions; returns the rows deleted per table."""
    return {table: await _sweep(pool, statement, kept, batch_rows) for table, (kept, statement) in _SWEEPS.items()}


async def _sweep(pool: asyncpg.Pool[asyncpg.Record], statement: str, kept: timedelta, batch_rows: int) -> int:
    deleted = 0
    while True:
        status = await pool.execute(statement, kept, batch_rows)
        deleted += (batch := int(status.removeprefix("DELETE ")))
        if batch < batch_rows:
            return deleted


class Housekeeping(Loop):
    """Sweeps for as long as the service runs."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], every_seconds: float = 600.0) -> None:
        super().__init__("housekeeping")
        self._pool = pool
        self._every_seconds = every_seconds

    async def work(self) -> None:
        while True:
            await sweep(self._pool)
            await asyncio.sleep(self._every_seconds)
