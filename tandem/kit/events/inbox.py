"""Which events were applied, kept in the transaction that applied them."""

from __future__ import annotations

from tandem.kit.database import Connection


async def first_time(connection: Connection, event_id: str) -> bool:
    """False when the event was applied before. While another transaction is applying it, this waits for its end."""
    inserted = await connection.fetchval(
        "INSERT INTO inbox (event_id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING true", event_id
    )
    return bool(inserted)
