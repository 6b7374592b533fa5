"""PostgreSQL under the runtime, and the job that fills it."""

import asyncio
import io
import json
import os
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tandem.local import databases, fill
from tandem.local.databases import PostgresProcess, accepts_connections, server
from tandem.local.postgres import ADMIN, Server, free_port
from tandem.local.state import Home, Secrets
from tandem.local.trouble import Refused, Trouble
from tandem.spec.lint import contract_paths

REPOSITORY = Path(__file__).parents[2]
SERVICES = list(contract_paths(REPOSITORY / "contracts"))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("databases") / ".tandem", REPOSITORY)
    home.create()
    return home


@pytest.fixture(scope="module")
def postgres(home: Home) -> Iterator[Server]:
    running = server(home, free_port(), Secrets(home))
    running.settings = {"fsync": "off"}
    running.init()
    running.start()
    yield running
    running.stop()


def filled(
    home: Home, port: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *options: str
) -> list[dict[str, Any]]:
    """What the job says, one document per line."""
    monkeypatch.setenv("TANDEM_HOME", str(home.folder))
    monkeypatch.setattr(sys, "argv", ["fill", f"--port={port}", *options])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    code = fill.main()
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert code == (1 if "failed" in said[-1] else 0)
    return said


async def value(url: str, query: str) -> Any:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


@pytest.fixture
def run(home: Home, postgres: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    async def run(*options: str) -> list[dict[str, Any]]:
        return await asyncio.to_thread(filled, home, postgres.port, monkeypatch, capsys, *options)

    return run


async def test_empty_server_becomes_a_world_and_stays_one(home: Home, postgres: Server, run: Any) -> None:
    assert await run() == [{"step": "databases"}, {"step": "migrated"}, {"step": "seeded", "seeded": SERVICES}]
    assert await run() == [{"step": "databases"}, {"step": "migrated"}, {"step": "seeded", "seeded": []}]
    url = postgres.url("account", "account", Secrets(home).password("account"))
    assert await value(url, "SELECT count(*) FROM accounts") >= 40


async def test_seed_again_uses_the_day_of_the_first_time(postgres: Server, run: Any) -> None:
    """Another day makes other companies: the two worlds would mix."""
    await run()
    accounts = await value(postgres.url("account"), "SELECT count(*) FROM accounts")
    await value(postgres.url(), "UPDATE seeds SET as_of = '2026-01-31'")
    await run("--fresh")
    assert await value(postgres.url(), "SELECT max(as_of) FROM seeds") >= date(2026, 11, 1)
    assert (await run("--seed"))[-1]["seeded"] == SERVICES
    assert await value(postgres.url("account"), "SELECT count(*) FROM accounts") == accounts


async def test_seed_that_does_not_fit_is_told_in_a_sentence(postgres: Server, run: Any) -> None:
    await run()
    await value(postgres.url("card"), "ALTER TABLE cards RENAME TO cards_of_old")
    said = await run("--seed")
    await value(postgres.url("card"), "ALTER TABLE cards_of_old RENAME TO cards")
    assert said[-1] == {"failed": 'The seed data does not fit: relation "cards" does not exist'}


async def test_migration_edited_after_it_was_applied_is_told(postgres: Server, run: Any) -> None:
    await run()
    await value(postgres.url("card"), "UPDATE schema_revisions SET checksum = 'edited' WHERE revision LIKE 'card%'")
    assert "was edited after it had been applied" in (await run())[-1]["failed"]
    await run("--fresh")


async def test_password_that_was_changed_by_hand_is_put_right(home: Home, postgres: Server, run: Any) -> None:
    await run()
    await value(postgres.url(), "ALTER ROLE card PASSWORD 'changed'")
    await run()
    assert await value(postgres.url("card", "card", Secrets(home).password("card")), "SELECT 1") == 1


def test_nobody_there_is_told(home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert "failed" in filled(home, free_port(), monkeypatch, capsys)[-1]


async def test_job_in_its_own_process_reports_steps_and_failures(home: Home, postgres: Server) -> None:
    steps: list[dict[str, Any]] = []
    await databases.fill(home, postgres.port, steps.append)
    assert [said["step"] for said in steps] == ["databases", "migrated", "seeded"]
    with pytest.raises(Refused):
        await databases.fill(home, free_port(), steps.append)
    with pytest.raises(Trouble, match=r"could not be filled: .*unrecognized arguments: --no-such"):
        await databases.fill(home, postgres.port, steps.append, "--no-such")


async def test_job_ends_when_what_it_waits_for_fails(home: Home) -> None:
    async def fails() -> None:
        raise Refused("postgres did not start.")

    with pytest.raises(Refused, match=r"postgres did not start\."):
        await databases.fill(home, 1, lambda said: None, after=fails)


async def test_lost_password_is_refused_with_what_to_do(home: Home, postgres: Server, tmp_path: Path) -> None:
    elsewhere = Home(tmp_path, REPOSITORY)
    (tmp_path / "postgres").symlink_to(home.postgres)
    with pytest.raises(Refused, match=r"password of the databases .* is lost\. `tandem reset` starts with fresh data"):
        server(elsewhere, 1, Secrets(elsewhere))


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Server]:
    (tmp_path / "logs").mkdir()
    own = Server(tmp_path / "postgres", free_port(), "secret", tmp_path / "log", {"fsync": "off"})
    yield own
    own.stop()


async def test_postgres_process_is_seen_to_end(own: Server) -> None:
    process = await PostgresProcess.start(own)
    assert process.identity is not None
    assert await accepts_connections(own.port) == []
    assert await value(own.url(user=ADMIN), "SELECT 1") == 1
    process.kill()
    assert await asyncio.wait_for(process.wait(), 10) == "ended"
    assert await accepts_connections(own.port) == ["takes no connections"]
    again = await PostgresProcess.start(own)
    await again.stop()
    assert again.identity is None


async def test_postgres_that_cannot_start_is_refused(own: Server) -> None:
    own.settings = {"shared_buffers": "plenty"}
    with pytest.raises(Refused, match="shared_buffers"):
        await PostgresProcess.start(own)


async def test_start_that_is_given_up_leaves_no_server(own: Server) -> None:
    starting = asyncio.create_task(PostgresProcess.start(own))
    await asyncio.sleep(0)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert own.pid is None
    assert os.path.exists(own.data_dir)
