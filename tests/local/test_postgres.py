"""The embedded server, as the laptop runtime and the tests use it."""

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from tandem.local.postgres import PostgresError, Server, free_port


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
    connection = await asyncpg.connect(server.url())
    server.kill()
    server.start()
    assert await ask(server, "SELECT 1") == 1
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
    with pytest.raises(PostgresError, match='did not start: .*invalid value for parameter "shared_buffers"'):
        server.start()


@pytest.mark.skipif(not Path("/dev/full").exists() or os.geteuid() != 0, reason="needs to mount a small disk")
def test_full_disk_is_said_and_leaves_nothing(folder: Path) -> None:
    disk = folder / "disk"
    disk.mkdir()
    if os.system(f"mount -t tmpfs -o size=8m tmpfs {disk} 2>/dev/null") != 0:
        pytest.skip("may not mount")
    try:
        server = Server(disk / "data", free_port(), "secret", folder / "postgres.log")
        with pytest.raises(PostgresError, match="The disk is full"):
            server.init()
        assert not server.initialized
    finally:
        os.system(f"umount {disk}")


def test_unwritable_place_is_one_sentence(folder: Path) -> None:
    (folder / "file").write_text("not a folder")
    server = Server(folder / "file" / "data", free_port(), "secret", folder / "postgres.log")
    with pytest.raises(PostgresError, match="could not make its data directory"):
        server.init()
