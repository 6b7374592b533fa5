"""Events that were given up on one machine's bus: to look at, and to be tried again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import asyncpg
import orjson

from tandem.kit.events.bus import CHANNEL_PREFIX

_LIST = """
SELECT queue, event_id, subject, body, reason, attempts, died_at
FROM dead_letters
WHERE $1::text IS NULL OR queue = $1
ORDER BY queue, position
"""

# The old position puts an event before those of its subject that still wait. While one of these is handed out or put
# off, visible_at keeps the returning one back as well: two of one subject must never be in hand at once.
_HAND_BACK = """
WITH dead AS (
    DELETE FROM dead_letters WHERE queue = $1 AND ($2::text IS NULL OR event_id = $2)
    RETURNING position, queue, subject, event_id, body, published_at
), busy AS (
    SELECT subject, max(visible_at) AS until FROM messages
    WHERE queue = $1 AND visible_at > now()
    GROUP BY subject
), returned AS (
    INSERT INTO messages (position, queue, subject, event_id, body, published_at, visible_at)
    OVERRIDING SYSTEM VALUE
    SELECT position, queue, subject, event_id, body, published_at, coalesce(until, now())
    FROM dead LEFT JOIN busy USING (subject)
    ORDER BY position
    ON CONFLICT DO NOTHING
)
SELECT event_id FROM dead ORDER BY position
"""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An event without its data, which may be sensitive. `type` is None when the body cannot be read."""

    queue: str
    event_id: str
    type: str | None
    subject: str
    reason: str
    attempts: int
    buried_at: datetime


async def list_dead(connection: asyncpg.Connection[asyncpg.Record], queue: str | None = None) -> list[DeadLetter]:
    """Of one queue or of all, in the order in which they were said. The connection must be the bus owner's."""
    return [_dead_letter(row) for row in await connection.fetch(_LIST, queue)]


async def hand_back(
    connection: asyncpg.Connection[asyncpg.Record], queue: str, event_id: str | None = None
) -> list[str]:
    """Let the queue's dead letters, or the one named, be tried afresh; returns their event ids.

    They come before those of their subject that still wait; those applied since stay applied. Safe to repeat: one that
    was handed back is no longer dead, and one that waits already is not added twice. The connection must be the bus
    owner's.
    """
    async with connection.transaction():
        await connection.execute("SET LOCAL lock_timeout = '5s'")
        # A claim between our look at what is handed out and our commit would go unseen.
        await connection.execute("LOCK TABLE messages IN SHARE ROW EXCLUSIVE MODE")
        rows = await connection.fetch(_HAND_BACK, queue, event_id)
        await connection.execute("SELECT pg_notify($1, '')", CHANNEL_PREFIX + queue)
    return list(dict.fromkeys(row["event_id"] for row in rows))


def _dead_letter(row: asyncpg.Record) -> DeadLetter:
    type_, reason = _type(row["body"]), " ".join(row["reason"].split())
    return DeadLetter(row["queue"], row["event_id"], type_, row["subject"], reason, row["attempts"], row["died_at"])


def _type(body: str) -> str | None:
    try:
        return str(orjson.loads(body)["type"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None
