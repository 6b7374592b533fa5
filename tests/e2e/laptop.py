"""One machine with everything running, as a person has it: started by `tandem up -d`, asked over HTTP."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psutil

from tandem.local.control import ask
from tandem.local.postgres import free_port
from tandem.local.processes import Identity
from tandem.local.state import Home
from tests.service_under_test import REPOSITORY

T = TypeVar("T")
_COMMAND_SECONDS = 110.0


@dataclass(frozen=True)
class Laptop:
    folder: Path
    gateway_port: int
    mock_port: int

    @classmethod
    def at(cls, folder: Path) -> Laptop:
        return cls(folder, free_port(), free_port())

    @property
    def home(self) -> Home:
        return Home(self.folder, REPOSITORY)

    @property
    def gateway(self) -> str:
        return f"http://127.0.0.1:{self.gateway_port}"

    @property
    def mock(self) -> str:
        return f"http://127.0.0.1:{self.mock_port}"

    def tandem(self, *arguments: str) -> str:
        """What the command prints. Fails with what it complains of."""
        ports = {"TANDEM_GATEWAY_PORT": str(self.gateway_port), "TANDEM_MOCK_PORT": str(self.mock_port)}
        done = subprocess.run(
            [sys.executable, "-m", "tandem.cli.main", *arguments],
            cwd=REPOSITORY,
            env={**os.environ, "TANDEM_HOME": str(self.folder), **ports},
            capture_output=True,
            text=True,
            timeout=_COMMAND_SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"tandem {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done.stdout

    def status(self) -> dict[str, Any]:
        status: dict[str, Any] = ask(self.home, "status", 10.0)
        return status

    def rows(self) -> Mapping[str, dict[str, Any]]:
        return {row["name"]: row for row in self.status()["processes"]}

    def pid(self, name: str) -> int:
        return int(self.rows()[name]["pid"])

    async def is_whole(self) -> bool:
        return bool((await asyncio.to_thread(self.status))["ready"])

    def alive(self) -> list[str]:
        """What still runs of all that was ever noted or mentions the folder."""
        noted = self.home.read_state()
        documents = {**noted.get("processes", {}), "supervisor": noted.get("supervisor")}
        left = [name for name, document in documents.items() if document and Identity.read(document).alive]
        commands = [" ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"])]
        return left + [command for command in commands if str(self.folder) in command]


async def eventually(look: Callable[[], Awaitable[T]], true: Callable[[T], bool] = bool, seconds: float = 30.0) -> T:
    """What was seen when it became true; fails with what was seen last."""
    seen: list[T] = []
    try:
        async with asyncio.timeout(seconds):
            while not (seen and true(seen[-1])):
                seen.append(await look())
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"not true within {seconds:g} s; seen last: {_told(seen)}") from None
    return seen[-1]


def _told(seen: list[Any]) -> str:
    last = seen[-1] if seen else "nothing"
    return f"{last} {last.text}" if isinstance(last, httpx.Response) else str(last)[:2000]
