"""The schema runner against a real database: what it applies, what it refuses, and what a service asks it."""

import asyncio
import itertools
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import asyncpg
import pytest

from tandem.kit.migrations import MigrationError, applied_heads, expected_heads, migrate

Write = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A service's migrations with nothing but seed data."""
    (tmp_path / "seed.sql").write_text("SELECT $1::jsonb")
    return tmp_path


@pytest.fixture
def write(folder: Path) -> Write:
    def write(name: str, after: str | None, *statements: str, phase: str = "expand", file: str | None = None) -> Path:
        body = "".join(f"    op.execute({statement!r})\n" for statement in statements) or "    pass\n"
        path = folder / (file or f"{name}.py")
        path.write_text(
            f"from alembic import op\n\nrevision = {name!r}\ndown_revision = {after!r}\nphase = {phase!r}\n\n\n"
            f"def upgrade() -> None:\n{body}"
        )
        return path

    return write


@pytest.fixture
async def connection(database: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(database)
    yield connection
    await connection.close()


async def apply(database: str, folder: Path) -> list[str]:
    return await asyncio.to_thread(migrate, database, folder)


async def refusal(database: str, folder: Path) -> str:
    with pytest.raises(MigrationError) as refused:
        await apply(database, folder)
    return str(refused.value)


async def tables(connection: "asyncpg.Connection[asyncpg.Record]") -> set[str]:
    return {row[0] for row in await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}


async def test_folder_with_seed_only_gets_the_tables_of_the_kit(
    database: str, folder: Path, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    assert await apply(database, folder) == ["kit_0001"]
    assert {"outbox", "inbox", "idempotency_keys"} <= await tables(connection)


async def test_no_folder_at_all_gets_the_tables_of_the_kit(database: str, tmp_path: Path) -> None:
    assert await apply(database, tmp_path / "missing") == ["kit_0001"]


async def test_second_run_does_nothing(database: str, folder: Path, write: Write) -> None:
    write("loan_0001", None, "CREATE TABLE loans (id text PRIMARY KEY)")
    assert await apply(database, folder) == ["kit_0001", "loan_0001"]
    assert await apply(database, folder) == []


async def test_only_what_is_missing_is_applied_and_reported(database: str, folder: Path, write: Write) -> None:
    write("loan_0001", None, "CREATE TABLE loans (id text PRIMARY KEY)")
    await apply(database, folder)
    write("loan_0002", "loan_0001", "UPDATE loans SET id = id", phase="backfill")
    said: list[str] = []
    assert await asyncio.to_thread(migrate, database, folder, said.append) == ["loan_0002"]
    assert said == ["loan_0002 (backfill)"]


async def test_two_runs_at_once_apply_each_revision_once(database: str, folder: Path, write: Write) -> None:
    write("loan_0001", None, "CREATE TABLE loans (id text PRIMARY KEY)")
    runs = await asyncio.gather(*(apply(database, folder) for _ in range(3)))
    assert sorted(itertools.chain(*runs)) == ["kit_0001", "loan_0001"]


async def test_failing_revision_leaves_nothing_of_itself_and_names_the_file(
    database: str, folder: Path, write: Write, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    write("loan_0001", None, "CREATE TABLE loans (id text PRIMARY KEY)")
    bad = write("loan_0002", "loan_0001", "CREATE TABLE rates (id text)", "SELECT 1 / 0")
    message = await refusal(database, folder)
    assert str(bad) in message
    assert "division by zero" in message
    assert "rates" not in await tables(connection)
    assert "loan_0002" not in await applied_heads(connection)
    write("loan_0002", "loan_0001", "CREATE TABLE rates (id text)")
    assert await apply(database, folder) == ["loan_0002"]


async def test_index_can_be_made_without_blocking_writers(
    database: str, folder: Path, write: Write, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    write("loan_0001", None, "CREATE TABLE loans (id text PRIMARY KEY, rate text)")
    (folder / "loan_0002.py").write_text(
        "from alembic import op\n\nrevision = 'loan_0002'\ndown_revision = 'loan_0001'\nphase = 'expand'\n\n\n"
        "def upgrade() -> None:\n    with op.get_context().autocommit_block():\n"
        "        op.execute('CREATE INDEX CONCURRENTLY loans_rate ON loans (rate)')\n"
    )
    assert await apply(database, folder) == ["kit_0001", "loan_0001", "loan_0002"]
    assert await connection.fetchval("SELECT to_regclass('loans_rate') IS NOT NULL")


async def test_locked_table_is_not_waited_for_long(
    database: str, folder: Path, write: Write, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    write("loan_0001", None, "CREATE TABLE loans (id text PRIMARY KEY)")
    await apply(database, folder)
    bad = write("loan_0002", "loan_0001", "SET LOCAL lock_timeout = '50ms'", "ALTER TABLE loans ADD COLUMN rate text")
    async with connection.transaction():
        await connection.execute("LOCK TABLE loans IN ACCESS SHARE MODE")
        message = await refusal(database, folder)
    assert message == f"{bad}: waited too long for a lock that somebody else holds. It was not applied; run it again."
    assert await apply(database, folder) == ["loan_0002"]


async def test_each_revision_runs_with_its_brakes_on(
    database: str, folder: Path, write: Write, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    seen = "SELECT current_setting('lock_timeout') AS locks, current_setting('statement_timeout') AS statements"
    write("loan_0001", None, f"CREATE TABLE expanding AS {seen}")
    write("loan_0002", "loan_0001", f"CREATE TABLE filling AS {seen}", phase="backfill")
    await apply(database, folder)
    assert tuple(await connection.fetchrow("SELECT * FROM expanding") or ()) == ("4s", "30s")
    assert tuple(await connection.fetchrow("SELECT * FROM filling") or ()) == ("4s", "15min")


async def test_long_statement_is_stopped(database: str, folder: Path, write: Write) -> None:
    write("loan_0001", None, "SET LOCAL statement_timeout = '20ms'", "SELECT pg_sleep(5)")
    assert "a statement ran into its timeout" in await refusal(database, folder)


async def test_several_statements_in_one_are_explained(database: str, folder: Path, write: Write) -> None:
    write("loan_0001", None, "CREATE TABLE a (); CREATE TABLE b ()")
    assert "op.execute takes one statement at a time" in await refusal(database, folder)


async def test_edited_applied_revision_is_refused(database: str, folder: Path, write: Write) -> None:
    path = write("loan_0001", None, "CREATE TABLE loans (id text PRIMARY KEY)")
    await apply(database, folder)
    write("loan_0001", None, "CREATE TABLE loans (id text PRIMARY KEY, rate text)")
    assert await refusal(database, folder) == (
        f"{path}: was edited after it had been applied. Put it back as it was and write a new revision."
    )


async def test_newer_database_is_ready_for_the_previous_release(
    database: str, folder: Path, write: Write, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    write("loan_0001", None, "CREATE TABLE loans (id text PRIMARY KEY)")
    newer = write("loan_0002", "loan_0001", "ALTER TABLE loans ADD COLUMN rate text")
    await apply(database, folder)
    newer.unlink()
    assert expected_heads(folder) == {"kit_0001", "loan_0001"}
    assert expected_heads(folder) <= await applied_heads(connection)
    assert await apply(database, folder) == []


async def test_database_of_another_line_of_development_is_refused(database: str, folder: Path, write: Write) -> None:
    write("loan_0001", None, "CREATE TABLE loans (id text PRIMARY KEY)")
    other = write("loan_0002a", "loan_0001", "ALTER TABLE loans ADD COLUMN rate text")
    await apply(database, folder)
    other.unlink()
    write("loan_0002b", "loan_0001", "ALTER TABLE loans ADD COLUMN term text")
    assert "the database has loan_0002a, which this code does not know" in await refusal(database, folder)


async def test_older_database_lacks_what_is_expected(
    database: str, folder: Path, write: Write, connection: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    assert await applied_heads(connection) == frozenset()
    write("loan_0001", None)
    await apply(database, folder)
    write("loan_0002", "loan_0001")
    assert expected_heads(folder) - await applied_heads(connection) == {"loan_0002"}


def test_branches_are_refused(folder: Path, write: Write) -> None:
    write("loan_0001", None)
    write("loan_0002a", "loan_0001")
    write("loan_0002b", "loan_0001")
    with pytest.raises(MigrationError, match=r"branch: loan_0002a.py .* loan_0002b.py .* put one after the other"):
        expected_heads(folder)


def test_one_id_in_two_files_is_refused(folder: Path, write: Write) -> None:
    write("loan_0001", None)
    write("loan_0001", None, file="other.py")
    with pytest.raises(MigrationError, match=r"other.py: revision loan_0001 is also in loan_0001.py"):
        expected_heads(folder)


def test_id_of_the_kit_is_refused(folder: Path, write: Write) -> None:
    write("kit_0001", None)
    with pytest.raises(MigrationError, match="one of the kit's"):
        expected_heads(folder)


def test_circle_is_refused(folder: Path, write: Write) -> None:
    write("loan_0001", "loan_0002")
    write("loan_0002", "loan_0001")
    with pytest.raises(MigrationError, match="in a circle"):
        expected_heads(folder)


def test_circle_beside_a_good_chain_is_refused(folder: Path, write: Write) -> None:
    write("loan_0001", None)
    write("loan_0002", "loan_0003")
    write("loan_0003", "loan_0002")
    with pytest.raises(MigrationError, match="in a circle"):
        expected_heads(folder)


def test_unknown_parent_is_refused(folder: Path, write: Write) -> None:
    path = write("loan_0002", "loan_0001")
    with pytest.raises(MigrationError, match=f"{path.name}: follows loan_0001, and there is no such revision"):
        expected_heads(folder)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("down_revision = None\nphase = 'expand'", 'needs a line `revision = "..."`'),
        ("revision = 'a'\ndown_revision = None", r'needs a line `phase = "..."`, one of expand, backfill, contract'),
        ("revision = 'a'\ndown_revision = None\nphase = 'shrink'", r"one of expand, backfill, contract"),
        ("revision = 'a'\nphase: str = 'expand'", "needs a line `down_revision = ...`"),
        ("revision = name()\nphase = 'expand'", "line 1: must be written as a plain text"),
        ("revision = ", "cannot be read: invalid syntax"),
    ],
)
def test_incomplete_revision_is_refused(folder: Path, text: str, reason: str) -> None:
    (folder / "loan_0001.py").write_text(text)
    with pytest.raises(MigrationError, match=reason) as refused:
        expected_heads(folder)
    assert str(refused.value).startswith(str(folder / "loan_0001.py"))


async def test_absent_database_is_one_sentence(folder: Path, unused_tcp_port: int) -> None:
    url = f"postgresql://tandem:secret@127.0.0.1:{unused_tcp_port}/loan"
    assert (await refusal(url, folder)).startswith("the database does not answer: ")


def test_service_that_only_asks_for_heads_does_not_load_alembic() -> None:
    code = (
        "import sys; from pathlib import Path; from tandem.kit import migrations; "
        "migrations.expected_heads(Path('.')); sys.exit(bool({'alembic', 'sqlalchemy'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
