"""PostgreSQL as a supervised process, and the job that fills it: databases, roles, migrations, seed."""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from tandem.local.postgres import PostgresError, Server
from tandem.local.processes import Identity, die_with_parent
from tandem.local.state import Home, Secrets
from tandem.local.trouble import Refused, Trouble

_ADMIN = "postgres"
BUS = "bus"
_LOOK_SECONDS = 0.1


def server(home: Home, port: int, secrets: Secrets) -> Server:
    known = secrets.knows(_ADMIN)
    found = Server(home.postgres, port, secrets.password(_ADMIN), home.logs / "postgres.log")
    if found.initialized and not known:
        raise Refused(f"The password of the databases in {home.folder} is lost. `tandem reset` starts with fresh data.")
    return found


class PostgresProcess:
    """The running server. It is a daemon of its own: when the runtime is killed, the next start stops it."""

    def __init__(self, postgres: Server, pid: int) -> None:
        self._postgres = postgres
        self.pid = pid

    @classmethod
    async def start(cls, postgres: Server) -> "PostgresProcess":
        starting = asyncio.create_task(asyncio.to_thread(_start, postgres))
        try:
            pid = await asyncio.shield(starting)
        except asyncio.CancelledError:
            with contextlib.suppress(Trouble):
                await starting
            await asyncio.to_thread(postgres.stop)
            raise
        return cls(postgres, pid)

    @property
    def identity(self) -> Identity | None:
        return Identity.of(self.pid)

    async def wait(self) -> str:
        while self._postgres.pid == self.pid:  # noqa: ASYNC110 - another process: nobody here could set an event
            await asyncio.sleep(_LOOK_SECONDS)
        return "ended"

    async def stop(self) -> None:
        await asyncio.to_thread(self._postgres.stop)

    def kill(self) -> None:
        self._postgres.kill()


def _start(postgres: Server) -> int:
    try:
        postgres.init()
        postgres.start()
    except PostgresError as error:
        raise Refused(str(error)) from error
    pid = postgres.pid
    if pid is None:
        raise Trouble("PostgreSQL ended right after its start.")
    return pid


async def accepts_connections(port: int) -> list[str]:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return ["takes no connections"]
    writer.close()
    return []


async def fill(
    home: Home,
    port: int,
    on_step: Callable[[dict[str, Any]], None],
    *options: str,
    after: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Run the job of `tandem.local.fill` in a process of its own. It loads its libraries while `after` runs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tandem.local.fill",
        f"--port={port}",
        *options,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=home.project,
        env={**os.environ, "TANDEM_HOME": str(home.folder)},
        preexec_fn=die_with_parent,
    )
    try:
        if after is not None:
            await after()
        await _follow(process, on_step)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _follow(process: asyncio.subprocess.Process, on_step: Callable[[dict[str, Any]], None]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdin.close()
    complaints = asyncio.create_task(process.stderr.read())
    async for line in process.stdout:
        said = json.loads(line)
        if "failed" in said:
            raise Refused(said["failed"])
        on_step(said)
    if await process.wait() != 0:
        lines = (await complaints).decode(errors="replace").strip().splitlines()
        raise Trouble(f"The databases could not be filled: {lines[-1] if lines else 'no reason given'}.")
