"""The transaction of one write. It begins with its first statement, so that a handler may ask peers beforehand without
keeping a connection from everybody else while a slow peer thinks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tandem.kit.answers import Answer
from tandem.kit.context import current
from tandem.kit.database import Database, DatabaseUnavailable, Record, Session, commit, roll_back, translated_errors
from tandem.kit.idempotency import Attempt

_UNCERTAIN_DETAIL = (
    "The database stopped answering while it kept the change; whether it did is not known. "
    "Repeat the request with the same Idempotency-Key, or look before you do it again."
)


class Replayed(Exception):
    """The same request was answered before; this unwinds the handler."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("answered before")
        self.answer = answer


class Write:
    """A Connection. `attempt` is claimed as the first thing of the transaction; raises Replayed."""

    def __init__(self, database: Database, attempt: Attempt | None = None) -> None:
        self._database = database
        self._attempt = attempt
        self._session: Session | None = None
        self._in_transaction = False

    async def fetch(self, query: str, *args: Any) -> list[Record]:
        session = self._session or await self._begin()
        with translated_errors():
            return await session.fetch(query, *args)

    async def fetchrow(self, query: str, *args: Any) -> Record | None:
        session = self._session or await self._begin()
        with translated_errors():
            return await session.fetchrow(query, *args)

    async def fetchval(self, query: str, *args: Any) -> Any:
        session = self._session or await self._begin()
        with translated_errors():
            return await session.fetchval(query, *args)

    async def execute(self, query: str, *args: Any) -> str:
        session = self._session or await self._begin()
        with translated_errors():
            return await session.execute(query, *args)

    async def executemany(self, query: str, args: Any) -> None:
        session = self._session or await self._begin()
        with translated_errors():
            await session.executemany(query, args)

    @property
    def begun(self) -> bool:
        return self._session is not None

    async def _begin(self) -> Session:
        self._session = session = await self._database.acquire()
        self._tell(in_transaction=True)
        with translated_errors():
            await session.execute("BEGIN")
            self._in_transaction = True
            stored = await self._attempt.claim(session) if self._attempt else None
        if stored is not None:
            raise Replayed(stored)
        return session

    async def keep(self, answer: Answer) -> None:
        """Store the answer under the key of this attempt, if it has one."""
        if self._attempt is not None:
            session = self._session or await self._begin()
            with translated_errors():
                await self._attempt.keep(session, answer)

    async def commit(self) -> None:
        if self._session is None:
            return
        try:
            with translated_errors():
                await commit(self._session)
        except DatabaseUnavailable as problem:
            raise DatabaseUnavailable(_UNCERTAIN_DETAIL) from problem

    async def roll_back(self) -> None:
        if self._session is not None and self._in_transaction:
            await roll_back(self._session)

    async def release(self) -> None:
        if self._session is not None:
            self._tell(in_transaction=False)
            await self._database.pool.release(self._session)

    def _tell(self, *, in_transaction: bool) -> None:
        context = current.get()
        if context is not None:
            context.in_transaction = in_transaction


@asynccontextmanager
async def writing(database: Database, attempt: Attempt | None = None) -> AsyncIterator[Write]:
    """Commits at the end, rolls back on any exception."""
    write = Write(database, attempt)
    try:
        try:
            yield write
        except BaseException:
            await write.roll_back()
            raise
        await write.commit()
    finally:
        await write.release()
