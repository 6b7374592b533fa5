"""Whatever happens to PostgreSQL, a caller hears a 503 it can act on, and a bug stays a bug."""

import asyncio
from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest

from tandem.kit.database import Database, DatabaseUnavailable, ReadOnly, translated_errors
from tandem.kit.writing import writing

BUSY = "The database is too busy. Nothing was changed; try again shortly."
LOST = "The database is not answering. Nothing was changed; try again shortly."


@pytest.fixture
async def opened(database: str) -> AsyncIterator[Database]:
    one = Database(database, "loan 1.0.0", max_connections=2, acquire_seconds=0.1)
    await one.open()
    await one.pool.execute("CREATE TABLE loans (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
    yield one
    await one.close()


async def cut_all_but_mine(database: Database) -> None:
    """What a restart of PostgreSQL does to open connections."""
    async with database.pool.acquire() as mine:
        await mine.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


async def count(database: Database) -> int:
    found: int = await database.reader.fetchval("SELECT count(*) FROM loans")
    return found


async def test_connections_say_whose_they_are_and_have_brakes(opened: Database) -> None:
    settings = "SELECT current_setting($1)"
    names = ("application_name", "statement_timeout", "lock_timeout")
    assert [await opened.reader.fetchval(settings, name) for name in names] == ["loan 1.0.0", "5s", "4s"]


async def test_transaction_keeps_what_it_did(opened: Database) -> None:
    async with writing(opened) as connection:
        await connection.execute("INSERT INTO loans VALUES (1)")
    assert [row["id"] for row in await opened.reader.fetch("SELECT id FROM loans")] == [1]


async def test_transaction_that_fails_keeps_nothing(opened: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with writing(opened) as connection:
            await connection.execute("INSERT INTO loans VALUES (1)")
            raise ZeroDivisionError
    assert await count(opened) == 0


async def test_what_only_fails_at_commit_is_seen(opened: Database) -> None:
    with pytest.raises(asyncpg.UniqueViolationError):
        async with writing(opened) as connection:
            await connection.execute("INSERT INTO loans VALUES (1), (1)")
    assert await count(opened) == 0


async def test_snapshot_shows_one_moment_and_cannot_write(opened: Database) -> None:
    async with opened.snapshot() as connection:
        before = await connection.fetchval("SELECT count(*) FROM loans")
        await opened.pool.execute("INSERT INTO loans VALUES (1)")
        assert await connection.fetchval("SELECT count(*) FROM loans") == before
    with pytest.raises(DatabaseUnavailable):
        async with opened.snapshot() as connection:
            await connection.execute("INSERT INTO loans VALUES (2)")


async def test_reader_reads_and_refuses_to_write(opened: Database) -> None:
    row = await opened.reader.fetchrow("SELECT $1::int AS n", 5)
    assert row is not None
    assert row["n"] == 5
    with pytest.raises(ReadOnly, match=r"a GET must not write; make it a POST.*: DELETE FROM loans"):
        await opened.reader.execute("DELETE FROM loans")
    with pytest.raises(ReadOnly):
        await opened.reader.executemany("DELETE FROM loans", [])


async def test_read_on_a_connection_that_died_is_repeated(opened: Database) -> None:
    async with opened.pool.acquire(), opened.pool.acquire():
        pass
    await cut_all_but_mine(opened)
    assert [await count(opened) for _ in range(3)] == [0, 0, 0]


async def test_connection_lost_in_the_middle_of_a_write_is_a_503(opened: Database) -> None:
    with pytest.raises(DatabaseUnavailable) as failed:
        async with writing(opened) as connection:
            await connection.execute("SELECT 1")
            await cut_all_but_mine(opened)
            await connection.execute("INSERT INTO loans VALUES (1)")
    assert (failed.value.status, failed.value.type, failed.value.detail) == (503, "/problems/unavailable", LOST)


async def test_connection_lost_at_commit_does_not_claim_to_know(opened: Database) -> None:
    with pytest.raises(DatabaseUnavailable, match="whether it did is not known"):
        async with writing(opened) as connection:
            await connection.execute("INSERT INTO loans VALUES (1)")
            await cut_all_but_mine(opened)


async def test_pool_that_is_used_up_is_a_503_and_asked_once(opened: Database) -> None:
    async with opened.pool.acquire(), opened.pool.acquire():
        async with asyncio.timeout(0.19):
            with pytest.raises(DatabaseUnavailable, match=BUSY):
                await count(opened)
        with pytest.raises(DatabaseUnavailable, match=BUSY):
            async with writing(opened) as connection:
                await connection.execute("SELECT 1")


async def test_write_that_has_said_nothing_yet_holds_no_connection(opened: Database) -> None:
    async with opened.pool.acquire(), opened.pool.acquire():
        async with writing(opened) as connection:
            assert not connection.begun


async def test_statement_beyond_its_time_is_a_503(opened: Database) -> None:
    with pytest.raises(DatabaseUnavailable, match=BUSY):
        async with writing(opened) as connection:
            await connection.execute("SET LOCAL statement_timeout = '10ms'")
            await connection.execute("SELECT pg_sleep(5)")


async def test_absent_server_is_a_503(unused_tcp_port: int) -> None:
    database = Database(f"postgresql://tandem:secret@127.0.0.1:{unused_tcp_port}/loan", "loan")
    await database.open()
    with pytest.raises(DatabaseUnavailable, match=LOST):
        await count(database)
    with pytest.raises(DatabaseUnavailable, match=LOST):
        async with writing(database) as connection:
            await connection.execute("SELECT 1")
    await database.close()


async def test_missing_database_and_wrong_password_are_a_503(database: str) -> None:
    for dsn in (f"{database}_gone", database.replace("test-password", "guess")):
        one = Database(dsn, "loan")
        await one.open()
        with pytest.raises(DatabaseUnavailable, match=LOST):
            await count(one)
        await one.close()


async def test_wrong_statement_is_a_bug_and_not_an_outage(opened: Database) -> None:
    with pytest.raises(asyncpg.InterfaceError, match="expects 1 argument"):
        await opened.reader.fetchval("SELECT $1::int")
    with pytest.raises(asyncpg.DataError, match="invalid input for query argument"):
        await opened.reader.fetchval("SELECT $1::int", "closed")
    with pytest.raises(asyncpg.UndefinedTableError):
        await opened.reader.fetch("SELECT * FROM lones")


async def test_missing_file_of_a_handler_is_not_the_database(opened: Database) -> None:
    with pytest.raises(FileNotFoundError):
        async with writing(opened):
            raise FileNotFoundError("letterhead.png")


async def test_use_before_open_and_after_close_is_a_bug(opened: Database) -> None:
    await opened.close()
    await opened.close()
    with pytest.raises(RuntimeError, match="before open"):
        await count(opened)
    with pytest.raises(RuntimeError, match="before open"):
        _ = opened.background


def refuse() -> Exception:
    return ConnectionRefusedError("[Errno 111]")


@pytest.mark.parametrize(
    ("error", "detail"),
    [
        (refuse, LOST),
        (lambda: OSError("Multiple exceptions: [Errno 111], [Errno 111]"), LOST),
        (lambda: asyncpg.InterfaceError("connection is closed"), LOST),
        (lambda: asyncpg.InterfaceError("pool is closing"), LOST),
        (lambda: asyncpg.CannotConnectNowError("the database system is starting up"), LOST),
        (TimeoutError, BUSY),
        (lambda: asyncpg.DeadlockDetectedError("deadlock detected"), BUSY),
        (lambda: asyncpg.DiskFullError("could not extend file"), BUSY),
    ],
)
def test_trouble_with_the_database_is_translated(error: Callable[[], Exception], detail: str) -> None:
    with pytest.raises(DatabaseUnavailable) as failed, translated_errors():
        raise error()
    assert failed.value.detail == detail
