"""The schema of a service's database: the kit's revisions and the service's own, applied with their brakes on.

A database may be newer than the code: the previous release runs on the new schema, so a rollback needs no downgrade.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import asyncpg

from tandem.kit.database import Connection
from tandem.kit.database_tls import Tls
from tandem.kit.migrations.revisions import MigrationError, heads, load

__all__ = ["MigrationError", "applied_heads", "expected_heads", "is_current", "migrate"]


def migrate(
    database_url: str, folder: Path, report: Callable[[str], None] | None = None, *, tls: Tls = False
) -> list[str]:
    """Apply what is missing and return its revision ids. Blocks: call it from a thread where an event loop runs."""
    # Alembic and SQLAlchemy cost 0.3 s and 30 MB, and a service that only asks for its heads needs neither.
    from tandem.kit.migrations.runner import Runner

    return Runner(database_url, folder, report or (lambda _: None), tls).run()


def expected_heads(folder: Path) -> frozenset[str]:
    """The newest revisions this code knows: the kit's and, if it has any, the service's."""
    return heads(load(folder).values())


async def applied_heads(connection: Connection) -> frozenset[str]:
    """Every revision that was a head once: ready is `expected_heads(folder) <= await applied_heads(connection)`."""
    try:
        rows = await connection.fetch("SELECT revision FROM schema_revisions")
    except asyncpg.UndefinedTableError:
        return frozenset()
    return frozenset(row["revision"] for row in rows)


async def is_current(connection: Connection, folder: Path) -> bool:
    """Whether `migrate` would find nothing to apply and nothing to refuse."""
    try:
        rows = await connection.fetch("SELECT revision, checksum FROM schema_revisions")
    except asyncpg.UndefinedTableError:
        return False
    applied = {row["revision"]: row["checksum"] for row in rows}
    return all(applied.get(revision.id) == revision.checksum for revision in load(folder).values())
