"""One pool per process; one transaction per write; nothing held between the statements of a read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Protocol, TypeAlias

import asyncpg

from tandem.kit.problems import Unavailable

Record: TypeAlias = asyncpg.Record
# The type that asyncpg's pool hands out; it forwards to the real connection.
Session: TypeAlias = "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"

_LOST = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    # What asyncpg raises on a connection whose server has said goodbye but not hung up yet (seen after kill -9).
    asyncpg.InternalClientError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
)
_BUSY = (
    TimeoutError,
    asyncpg.TooManyConnectionsError,
    asyncpg.QueryCanceledError,
    asyncpg.LockNotAvailableError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.DiskFullError,
    asyncpg.ReadOnlySQLTransactionError,
)


class Connection(Protocol):
    """What a repository needs of a connection; `execute` and `executemany` only work in a write."""

    async def fetch(self, query: str, *args: Any) -> list[Record]: ...
    async def fetchrow(self, query: str, *args: Any) -> Record | None: ...
    async def fetchval(self, query: str, *args: Any) -> Any: ...
    async def execute(self, query: str, *args: Any) -> str: ...
    async def executemany(self, query: str, args: Any) -> None: ...


class DatabaseUnavailable(Unavailable):
    @property
    def type(self) -> str:
        return "/problems/unavailable"


@contextmanager
def translated_errors() -> Iterator[None]:
    """Trouble with the database is the caller's to repeat, not a bug: a 503 instead of a 500."""
    try:
        yield
    except _LOST as error:
        raise DatabaseUnavailable("The database is not answering. Nothing was changed; try again shortly.") from error
    except _BUSY as error:
        raise DatabaseUnavailable("The database is too busy. Nothing was changed; try again shortly.") from error


class Database:
    """Connects on first use, so that a service starts, and says it is not ready, while PostgreSQL is down."""

    def __init__(self, dsn: str, application: str, max_connections: int = 16, acquire_seconds: float = 2.0) -> None:
        self._dsn = dsn
        self._application = application
        self._max_connections = max_connections
        self._acquire_seconds = acquire_seconds
        self._pool: asyncpg.Pool[Record] | None = None
        self.reader = Reader(self)

    @property
    def pool(self) -> asyncpg.Pool[Record]:
        if self._pool is None:
            raise RuntimeError("the database is used before open() or after close()")
        return self._pool

    async def open(self) -> None:
        self._pool = await asyncpg.create_pool(
            self._dsn,
            min_size=0,
            max_size=self._max_connections,
            command_timeout=10,
            timeout=3,
            # Transactions are the only session state we leave, and they end by themselves: the reset round trip that
            # asyncpg makes on each release costs more than a primary-key lookup.
            reset=_keep_session,
            server_settings={"application_name": self._application, "statement_timeout": "5s", "lock_timeout": "4s"},
        )

    async def close(self) -> None:
        if self._pool is not None:
            await self._pool.close()
            self._pool = None

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Session]:
        with translated_errors():
            async with self.pool.acquire(timeout=self._acquire_seconds) as session:
                yield session

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Session]:
        async with self.session() as session, session.transaction():
            yield session

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Session]:
        """A read-only view of one moment, for several statements that must agree."""
        async with self.session() as session, session.transaction(isolation="repeatable_read", readonly=True):
            yield session


async def _keep_session(_: object) -> None:
    return None


class Reader:
    """A connection for reads. Each statement borrows one from the pool: peers are never awaited while holding one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def fetch(self, query: str, *args: Any) -> list[Record]:
        rows: list[Record] = await self._read(lambda session: session.fetch(query, *args))
        return rows

    async def fetchrow(self, query: str, *args: Any) -> Record | None:
        row: Record | None = await self._read(lambda session: session.fetchrow(query, *args))
        return row

    async def fetchval(self, query: str, *args: Any) -> Any:
        return await self._read(lambda session: session.fetchval(query, *args))

    async def execute(self, query: str, *_: Any) -> str:
        raise ReadOnly(query)

    async def executemany(self, query: str, _: Any) -> None:
        raise ReadOnly(query)

    async def _read(self, statement: Callable[[Session], Coroutine[Any, Any, Any]]) -> Any:
        with translated_errors():
            try:
                async with self._database.pool.acquire(timeout=2.0) as session:
                    return await statement(session)
            except _LOST:
                # A pooled connection may have died with the old server; a read is safe to repeat on a fresh one.
                async with self._database.pool.acquire(timeout=2.0) as session:
                    return await statement(session)


class ReadOnly(RuntimeError):
    """A handler of a safe operation tried to write."""

    def __init__(self, query: str) -> None:
        super().__init__(
            f"a GET must not write; make it a POST, PUT, PATCH or DELETE in the contract: {query.strip()[:80]}"
        )
