"""Applies revisions with Alembic: one transaction each, under a lock, and never on top of an edited past."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import asyncpg
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from tandem.kit.database_tls import Tls, distrust
from tandem.kit.migrations.revisions import KIT_FOLDER, MigrationError, Revision, load

# The first number says "Tandem", the second which of its locks.
_LOCK = "84726, 1"
_WAIT_FOR_OTHERS = "60s"
# A statement that waits for a lock makes every later query on that table wait behind it.
_LOCK_TIMEOUT = "4s"
_STATEMENT_TIMEOUT = {"expand": "30s", "backfill": "15min", "contract": "30s"}
_EXPLANATIONS = {
    "due to lock timeout": "waited too long for a lock that somebody else holds. It was not applied; run it again.",
    "due to statement timeout": "a statement ran into its timeout. It was not applied; do the work in smaller steps.",
    "cannot insert multiple commands": "op.execute takes one statement at a time; call it once for each.",
}


class Runner:
    """One run over one database."""

    def __init__(self, database_url: str, folder: Path, report: Callable[[str], None], tls: Tls = False) -> None:
        self._database_url = database_url
        self._tls = tls
        self._revisions = load(folder)
        self._report = report
        self._config = Config()
        self._config.set_main_option("script_location", str(Path(__file__).parent))
        self._config.set_main_option("path_separator", "newline")
        self._config.set_main_option("version_locations", f"{KIT_FOLDER}\n{folder}".replace("%", "%%"))

    def run(self) -> list[str]:
        return asyncio.run(self._run())

    async def _run(self) -> list[str]:
        # asyncpg reads the address itself: SQLAlchemy's dialect would refuse `sslmode` in it.
        engine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=lambda: asyncpg.connect(self._database_url, ssl=self._tls),
            poolclass=NullPool,
        )
        try:
            async with engine.connect() as connection:
                return await connection.run_sync(self._apply_missing)
        except (OSError, asyncpg.PostgresError) as error:
            reason = distrust(error) or f"does not answer: {error}"
            raise MigrationError(f"the database {reason}") from error
        finally:
            await engine.dispose()

    def _apply_missing(self, connection: Connection) -> list[str]:
        _take_turn(connection)
        history = _history(connection)
        self._check_past(history)
        missing = [revision for revision in self._revisions.values() if revision.id not in history]
        newer = history.keys() - self._revisions.keys()
        if missing and newer:
            raise MigrationError(
                f"{missing[0].path}: the database has {', '.join(sorted(newer))}, which this code does not know, so "
                f"{missing[0].id} cannot come after it. Bring the two lines of development together first."
            )
        for revision in missing:
            self._apply(connection, revision)
            self._report(f"{revision.id} ({revision.phase})")
        return [revision.id for revision in missing]

    def _check_past(self, history: Mapping[str, str]) -> None:
        for revision in self._revisions.values():
            if history.get(revision.id, revision.checksum) != revision.checksum:
                reason = "was edited after it had been applied. Put it back as it was and write a new revision"
                raise MigrationError(f"{revision.path}: {reason}.")

    def _apply(self, connection: Connection, revision: Revision) -> None:
        _session(connection, f"SET lock_timeout = '{_LOCK_TIMEOUT}'")
        _session(connection, f"SET statement_timeout = '{_STATEMENT_TIMEOUT[revision.phase]}'")
        try:
            self._run_alembic(connection, revision)
        except (DBAPIError, CommandError) as error:
            raise MigrationError(f"{revision.path}: {_explanation(error)}") from error
        finally:
            connection.rollback()
            _session(connection, "RESET statement_timeout")

    def _run_alembic(self, connection: Connection, revision: Revision) -> None:
        script = ScriptDirectory.from_config(self._config)

        def steps(applied: Any, _: Any) -> Any:
            # What `alembic upgrade` itself calls; there is no public name for it.
            return script._upgrade_revs(revision.id, applied)  # noqa: SLF001

        def remember(*_: Any, **__: Any) -> None:
            statement = "INSERT INTO schema_revisions (revision, phase, checksum) VALUES (:revision, :phase, :checksum)"
            values = {"revision": revision.id, "phase": revision.phase, "checksum": revision.checksum}
            connection.execute(text(statement), values)

        with EnvironmentContext(self._config, script, fn=steps) as environment:
            environment.configure(connection=connection, transaction_per_migration=True, on_version_apply=remember)
            with environment.begin_transaction():
                environment.run_migrations()


def _take_turn(connection: Connection) -> None:
    """Others wait until this connection closes."""
    _session(connection, f"SET lock_timeout = '{_WAIT_FOR_OTHERS}'")
    try:
        _session(connection, f"SELECT pg_advisory_lock({_LOCK})")
    except DBAPIError as error:
        raise MigrationError(f"another migration of this database has been running for {_WAIT_FOR_OTHERS}.") from error


def _history(connection: Connection) -> dict[str, str]:
    _session(
        connection,
        """
        CREATE TABLE IF NOT EXISTS schema_revisions (
            revision text PRIMARY KEY,
            phase text NOT NULL,
            checksum text NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT now()
        )
        """,
    )
    rows = connection.execute(text("SELECT revision, checksum FROM schema_revisions")).all()
    connection.commit()
    return {row.revision: row.checksum for row in rows}


def _session(connection: Connection, statement: str) -> None:
    """Run it outside of any migration's transaction."""
    connection.execute(text(statement))
    connection.commit()


def _explanation(error: DBAPIError | CommandError) -> str:
    said = str(error.orig) if isinstance(error, DBAPIError) else str(error)
    for symptom, explanation in _EXPLANATIONS.items():
        if symptom in said:
            return explanation
    return said.splitlines()[0]
