"""One write is one transaction: it begins late, ends before the answer, and keeps everything or nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import asyncpg
import pytest

from tandem.kit.context import RequestContext, current
from tandem.kit.database import Database, FailureIgnored
from tandem.kit.writing import writing

INSERT = "INSERT INTO loans VALUES ($1)"


@pytest.fixture
async def opened(database: str) -> AsyncIterator[Database]:
    one = Database(database, "loan", max_connections=1, acquire_seconds=0.1)
    await one.open()
    await one.pool.execute("CREATE TABLE loans (id int PRIMARY KEY)")
    yield one
    await one.close()


async def ids(database: Database) -> list[int]:
    return [row["id"] for row in await database.reader.fetch("SELECT id FROM loans ORDER BY id")]


async def test_all_that_was_done_is_kept_at_the_end(opened: Database) -> None:
    async with writing(opened) as connection:
        assert await connection.execute(INSERT, 1) == "INSERT 0 1"
        await connection.executemany(INSERT, [(2,), (3,)])
        assert [row["id"] for row in await connection.fetch("SELECT id FROM loans ORDER BY id")] == [1, 2, 3]
        assert await connection.fetchval("SELECT count(*) FROM loans") == 3
        row = await connection.fetchrow("SELECT max(id) AS id FROM loans")
        assert row is not None
        assert row["id"] == 3
    assert await ids(opened) == [1, 2, 3]


@pytest.mark.parametrize("error", [ZeroDivisionError, asyncio.CancelledError, KeyboardInterrupt])
async def test_any_way_out_but_the_end_keeps_nothing(opened: Database, error: type[BaseException]) -> None:
    """asyncpg would roll back when the connection is given back, and complain to the loop about who left it open."""
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    with pytest.raises(error):
        async with writing(opened) as connection:
            await connection.execute(INSERT, 1)
            raise error
    asyncio.get_running_loop().set_exception_handler(None)
    assert (await ids(opened), complaints) == ([], [])


async def test_nothing_is_held_before_the_first_statement(opened: Database) -> None:
    async with writing(opened) as connection:
        before = (connection.begun, await ids(opened))
        await connection.execute(INSERT, 1)
        assert (before, connection.begun) == ((False, []), True)
    assert await ids(opened) == [1]


async def test_write_that_does_nothing_takes_no_connection(opened: Database) -> None:
    async with opened.pool.acquire(), writing(opened) as connection:
        assert not connection.begun


async def test_write_that_goes_on_after_a_failure_is_not_called_done(opened: Database) -> None:
    with pytest.raises(FailureIgnored):
        async with writing(opened) as connection:
            await connection.execute(INSERT, 1)
            with suppress(asyncpg.UniqueViolationError):
                await connection.execute(INSERT, 1)
    assert await ids(opened) == []


async def test_connection_of_a_failed_write_serves_the_next(opened: Database) -> None:
    for _ in range(3):
        with pytest.raises(asyncpg.UndefinedTableError):
            async with writing(opened) as connection:
                await connection.execute("DELETE FROM lones")
    async with writing(opened) as connection:
        await connection.execute(INSERT, 1)
    assert await ids(opened) == [1]


async def test_connection_that_died_is_no_trouble_to_the_way_out(opened: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with writing(opened) as connection:
            with suppress(Exception):
                await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
            raise ZeroDivisionError
    assert await ids(opened) == []


async def test_context_tells_that_a_transaction_is_open(opened: Database) -> None:
    context = RequestContext("req-1", "", 0.0)
    token = current.set(context)
    async with writing(opened) as connection:
        told = [context.in_transaction]
        await connection.execute(INSERT, 1)
        told.append(context.in_transaction)
    assert [*told, context.in_transaction] == [False, True, False]
    current.reset(token)
