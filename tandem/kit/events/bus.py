"""The database that carries events on one machine: its tables, and who may read which queue."""

from __future__ import annotations

from collections.abc import Mapping

import asyncpg

from tandem.kit.database import Connection
from tandem.kit.events.transport import Depth

# A notification says only "look"; messages are read under row-level security.
CHANNEL_PREFIX = "queue_"

BUS_SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    queue text NOT NULL,
    subject text NOT NULL,
    event_id text NOT NULL,
    body text NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    visible_at timestamptz NOT NULL DEFAULT now(),
    published_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (queue, event_id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
CREATE INDEX IF NOT EXISTS messages_in_order ON messages (queue, subject, position);

CREATE TABLE IF NOT EXISTS dead_letters (
    position bigint PRIMARY KEY,
    queue text NOT NULL,
    subject text NOT NULL,
    event_id text NOT NULL,
    body text NOT NULL,
    attempts integer NOT NULL,
    reason text NOT NULL,
    published_at timestamptz NOT NULL,
    died_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS dead_letters_by_queue ON dead_letters (queue, died_at);

CREATE TABLE IF NOT EXISTS queue_readers (
    role name PRIMARY KEY,
    queue text NOT NULL
);

ALTER TABLE messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE dead_letters ENABLE ROW LEVEL SECURITY;

DROP POLICY IF EXISTS anyone_publishes ON messages;
DROP POLICY IF EXISTS own_queue_is_read ON messages;
DROP POLICY IF EXISTS own_queue_is_changed ON messages;
DROP POLICY IF EXISTS own_queue_is_emptied ON messages;
DROP POLICY IF EXISTS own_dead_letters ON dead_letters;

CREATE POLICY anyone_publishes ON messages FOR INSERT WITH CHECK (attempts = 0);
CREATE POLICY own_queue_is_read ON messages FOR SELECT
    USING (queue = (SELECT queue_readers.queue FROM queue_readers WHERE role = current_user));
CREATE POLICY own_queue_is_changed ON messages FOR UPDATE
    USING (queue = (SELECT queue_readers.queue FROM queue_readers WHERE role = current_user));
CREATE POLICY own_queue_is_emptied ON messages FOR DELETE
    USING (queue = (SELECT queue_readers.queue FROM queue_readers WHERE role = current_user));
CREATE POLICY own_dead_letters ON dead_letters
    USING (queue = (SELECT queue_readers.queue FROM queue_readers WHERE role = current_user));
"""

# A bare ON CONFLICT: naming the columns would need the right to read the queue that is written to.
# One publisher's statements never overlap, so positions follow the order in which a service spoke.
PUBLISH = """
WITH new AS (
    INSERT INTO messages (queue, subject, event_id, body)
    SELECT queue, subject, event_id, body
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY
        AS event(queue, subject, event_id, body, nth)
    ORDER BY nth
    ON CONFLICT DO NOTHING
)
SELECT set_config('synchronous_commit', 'on', true), pg_notify($5 || queue, '')
FROM (SELECT DISTINCT queue FROM unnest($1::text[]) AS queue) AS queues
"""

# Only the first message of a subject may be handed out, so the others wait while it is leased or put off. Walking the
# index from subject to subject costs the same however many messages wait behind each; $4 is where the walk begins.
CLAIM = """
WITH RECURSIVE heads AS (
    (SELECT subject, position, visible_at FROM messages
    WHERE queue = $1 AND subject > $4
    ORDER BY subject, position LIMIT 1)
    UNION ALL
    SELECT following.subject, following.position, following.visible_at
    FROM heads CROSS JOIN LATERAL (
        SELECT subject, position, visible_at FROM messages
        WHERE queue = $1 AND subject > heads.subject
        ORDER BY subject, position LIMIT 1) AS following
), due AS MATERIALIZED (
    SELECT position FROM messages
    WHERE position = ANY(ARRAY(SELECT position FROM heads WHERE visible_at <= now() LIMIT $2 + 16))
        AND visible_at <= now()
    LIMIT $2
    FOR UPDATE SKIP LOCKED
)
UPDATE messages SET attempts = attempts + 1, visible_at = now() + $3::interval
FROM due
WHERE messages.position = due.position
RETURNING messages.position, subject, body, attempts
"""

ACKNOWLEDGE = "DELETE FROM messages WHERE position = $1"

# `attempts` tells whether the lease is still ours.
GIVE_BACK = """
UPDATE messages SET visible_at = now() + $3::interval, attempts = attempts - $4
WHERE position = $1 AND attempts = $2
"""

BURY = """
WITH dead AS (
    DELETE FROM messages WHERE position = $1 AND attempts = $2
    RETURNING position, queue, subject, event_id, body, attempts, published_at
)
INSERT INTO dead_letters (position, queue, subject, event_id, body, attempts, reason, published_at)
SELECT position, queue, subject, event_id, body, attempts, $3, published_at FROM dead
"""

_DEPTH = """
SELECT count(*) AS waiting,
    coalesce(extract(epoch FROM now() - min(published_at)), 0)::float8 AS seconds,
    (SELECT count(*) FROM dead_letters WHERE queue = $1) AS dead
FROM messages
WHERE queue = $1
"""


async def depth(connection: Connection, queue: str) -> Depth:
    row = await connection.fetchrow(_DEPTH, queue)
    return Depth(row["waiting"], max(row["seconds"], 0.0), row["dead"]) if row else Depth(0, 0.0, 0)


async def install(connection: asyncpg.Connection[asyncpg.Record], roles: Mapping[str, str]) -> None:
    """Make the tables and let each role read the queue it is mapped to, and no other. Safe to repeat.

    The connection must be the owner's; `roles` is the whole truth: a role left out loses its queue.
    """
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(84726, 2)")
        await connection.execute(BUS_SCHEMA)
        await connection.execute("DELETE FROM queue_readers WHERE role <> ALL($1::name[])", list(roles))
        for role, queue in roles.items():
            await connection.execute(
                "INSERT INTO queue_readers VALUES ($1, $2) ON CONFLICT (role) DO UPDATE SET queue = $2", role, queue
            )
            await _grant(connection, role)


async def _grant(connection: asyncpg.Connection[asyncpg.Record], role: str) -> None:
    quoted = await connection.fetchval("SELECT quote_ident($1)", role)
    await connection.execute(
        f"""
        GRANT INSERT (queue, subject, event_id, body) ON messages TO {quoted};
        GRANT SELECT, UPDATE (attempts, visible_at), DELETE ON messages TO {quoted};
        GRANT SELECT, INSERT, DELETE ON dead_letters TO {quoted};
        GRANT SELECT ON queue_readers TO {quoted};
        """
    )
