"""One pool per process; one transaction per write; nothing held between the statements of a read."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, Protocol, TypeAlias

import asyncpg
import structlog

from tandem.kit.database_tls import Tls, distrust
from tandem.kit.problems import Unavailable

Record: TypeAlias = asyncpg.Record
# The type that asyncpg's pool hands out; it forwards to the real connection.
Session: TypeAlias = "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"

_LOST = (
    ConnectionError,
    asyncpg.PostgresConnectionError,
    # What asyncpg raises on a connection whose server has said goodbye but not hung up yet (seen after kill -9).
    asyncpg.InternalClientError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    # In the moment of a rotation; the next connection asks for the new one.
    asyncpg.InvalidPasswordError,
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


# The relay holds one, the consumer up to four, housekeeping one; the rest is for readiness.
_BACKGROUND_CONNECTIONS = 8
log = structlog.get_logger("tandem.database")


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
def translated_errors(trouble: tuple[type[Exception], ...] = (OSError, *_LOST, *_BUSY)) -> Iterator[None]:
    """Trouble with the database is the caller's to repeat, not a bug: a 503 instead of a 500."""
    try:
        yield
    except asyncpg.InterfaceError as error:
        if not _is_closed(error):
            raise
        raise _unavailable(error) from error
    except trouble as error:
        raise _unavailable(error) from error


def _is_closed(error: asyncpg.InterfaceError) -> bool:
    """asyncpg says with one class that a connection is gone and that it was called wrongly."""
    return re.search(r"clos(ed|ing)|released back to the pool", str(error)) is not None


def _unavailable(error: Exception) -> DatabaseUnavailable:
    reason = distrust(error) or str(error).partition("\n")[0]
    log.warning("database trouble", error=type(error).__name__, reason=reason)
    what = "is too busy" if isinstance(error, _BUSY) else "is not answering"
    return DatabaseUnavailable(f"The database {what}. Nothing was changed; try again shortly.")


class Database:
    """Connects on first use, so that a service starts, and says it is not ready, while PostgreSQL is down.

    `password` is asked at each connection, where it is not part of the DSN.
    """

    def __init__(
        self,
        dsn: str,
        application: str,
        max_connections: int = 16,
        acquire_seconds: float = 2.0,
        password: Callable[[], Awaitable[str]] | None = None,
        tls: Tls = False,
    ) -> None:
        self._dsn = dsn
        self._application = application
        self._max_connections = max_connections
        self._acquire_seconds = acquire_seconds
        self._password = password
        self._tls = tls
        self._pool: asyncpg.Pool[Record] | None = None
        self._background: asyncpg.Pool[Record] | None = None
        self.reader = Reader(self)

    @property
    def pool(self) -> asyncpg.Pool[Record]:
        if self._pool is None:
            raise RuntimeError("the database is used before open() or after close()")
        return self._pool

    @property
    def background(self) -> asyncpg.Pool[Record]:
        """For relay, consumer and health: requests that use up their pool must not stop the events they wait for."""
        if self._background is None:
            raise RuntimeError("the database is used before open() or after close()")
        return self._background

    async def open(self) -> None:
        self._pool = await self._make_pool(self._max_connections)
        self._background = await self._make_pool(_BACKGROUND_CONNECTIONS)

    async def _make_pool(self, connections: int) -> asyncpg.Pool[Record]:
        return await asyncpg.create_pool(
            self._dsn,
            password=self._password,
            ssl=self._tls,
            min_size=0,
            max_size=connections,
            command_timeout=10,
            timeout=3,
            # Transactions are the only session state we leave, and they end by themselves: the reset round trip that
            # asyncpg makes on each release costs more than a primary-key lookup.
            reset=_keep_session,
            server_settings={"application_name": self._application, "statement_timeout": "5s", "lock_timeout": "4s"},
        )

    async def close(self) -> None:
        for pool in (self._pool, self._background):
            if pool is not None:
                await pool.close()
        self._pool = self._background = None

    async def acquire(self) -> Session:
        """To be given back to the pool."""
        try:
            session: Session = await self.pool.acquire(timeout=self._acquire_seconds)
        # Whatever keeps PostgreSQL from taking us in may pass; also a wrong password, a database that is being made.
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
            raise _unavailable(error) from error
        return session

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Session]:
        session = await self.acquire()
        try:
            # Not every OSError of a handler is the database's.
            with translated_errors((*_LOST, *_BUSY)):
                yield session
        finally:
            await self.pool.release(session)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[Session]:
        """A read-only view of one moment, for several statements that must agree."""
        async with self.session() as session, session.transaction(isolation="repeatable_read", readonly=True):
            yield session


class FailureIgnored(RuntimeError):
    """A statement failed and the handler went on: PostgreSQL undoes it all, and COMMIT says so with a word."""

    def __init__(self) -> None:
        super().__init__("a statement of this transaction failed and the handler went on as if nothing had happened")


async def commit(session: Session) -> None:
    """Raises FailureIgnored when nothing was kept."""
    if await session.execute("COMMIT") != "COMMIT":
        raise FailureIgnored


async def roll_back(session: Session) -> None:
    # A connection that is gone has rolled back by itself.
    with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        await session.execute("ROLLBACK")


@asynccontextmanager
async def transaction(session: Session) -> AsyncIterator[None]:
    """Unlike asyncpg's, which does not look whether COMMIT kept anything."""
    await session.execute("BEGIN")
    try:
        yield
    except BaseException:
        await roll_back(session)
        raise
    await commit(session)


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
        try:
            return await self._once(statement)
        except DatabaseUnavailable as problem:
            if isinstance(problem.__cause__, _BUSY):
                raise
        # A pooled connection may have died with the old server; a read is safe to repeat on a fresh one.
        return await self._once(statement)

    async def _once(self, statement: Callable[[Session], Coroutine[Any, Any, Any]]) -> Any:
        session = await self._database.acquire()
        try:
            with translated_errors():
                return await statement(session)
        finally:
            await self._database.pool.release(session)


class ReadOnly(RuntimeError):
    """A handler of a safe operation tried to write."""

    def __init__(self, query: str) -> None:
        super().__init__(
            f"a GET must not write; make it a POST, PUT, PATCH or DELETE in the contract: {query.strip()[:80]}"
        )
