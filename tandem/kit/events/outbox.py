"""Where an event waits between the change it tells of and its publication: in the same transaction as the change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tandem.kit.database import Connection
from tandem.kit.events.envelope import Event


class Waiting(NamedTuple):
    """`seconds` is the age of the oldest row, 0 when there is none."""

    rows: int
    seconds: float


async def append(connection: Connection, event: Event) -> None:
    """The events of one subject are numbered in the order in which their transactions commit."""
    # Without the lock a later number could be committed, and published, before an earlier one.
    await connection.execute(
        """
        WITH turn AS MATERIALIZED (SELECT pg_advisory_xact_lock(hashtextextended($2, 0)))
        INSERT INTO outbox (event_id, subject, body)
        SELECT $1, $2, $3 FROM turn
        """,
        event.id,
        event.subject,
        event.to_json().decode(),
    )


async def oldest(connection: Connection, limit: int) -> list[tuple[int, Event]]:
    rows = await connection.fetch("SELECT position, body FROM outbox ORDER BY position LIMIT $1", limit)
    return [(row["position"], Event.from_json(row["body"].encode())) for row in rows]


async def remove(connection: Connection, positions: Sequence[int]) -> None:
    await connection.execute("DELETE FROM outbox WHERE position = ANY($1::bigint[])", positions)


async def waiting(connection: Connection) -> Waiting:
    row = await connection.fetchrow(
        """
        SELECT count(*) AS rows, coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 AS seconds
        FROM outbox
        """
    )
    return Waiting(row["rows"], max(row["seconds"], 0.0)) if row else Waiting(0, 0.0)
