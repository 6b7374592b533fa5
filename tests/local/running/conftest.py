"""The whole stack, started once for the tests of this folder, in this process."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tandem.cli.token import Kind, issue
from tandem.local.control import ask
from tandem.local.demo import DemoCustomer, demo_customer
from tandem.local.postgres import free_port
from tandem.local.runtime import Runtime
from tandem.local.stack import Stack
from tandem.local.state import Home
from tandem.spec.manifest import load_manifest
from tests.local.programs import until

REPOSITORY = Path(__file__).parents[3]


@dataclass
class Laptop:
    """A running stack and what a client of it needs."""

    runtime: Runtime
    http: aiohttp.ClientSession
    demo: DemoCustomer

    @property
    def home(self) -> Home:
        return self.runtime.home

    async def ask(self, do: str, **arguments: Any) -> Any:
        return await asyncio.to_thread(ask, self.home, do, 60.0, **arguments)

    async def get(self, path: str, kind: Kind, **headers: str) -> aiohttp.ClientResponse:
        token = issue(self.home, kind, None, "test")
        url = f"http://127.0.0.1:{self.runtime.stack.ports.given['gateway']}{path}"
        async with self.http.get(url, headers={"authorization": f"Bearer {token}", **headers}) as response:
            await response.read()
            return response

    async def overview(self, **headers: str) -> aiohttp.ClientResponse:
        return await self.get(f"/v1/accounts/{self.demo.account_id}/overview", Kind.CUSTOMER, **headers)

    def pid(self, name: str) -> int:
        running = self.runtime.stack.units[name].running
        assert running is not None
        return running.pid

    async def all_ready(self) -> None:
        await until(lambda: self.runtime.status()["ready"], seconds=60)


@pytest.fixture(scope="session")
async def laptop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Laptop]:
    home = Home(tmp_path_factory.mktemp("laptop") / ".tandem", REPOSITORY)
    home.create()
    ports = {"gateway": free_port(), "mock": free_port()}
    runtime = Runtime(home, Stack(home, load_manifest(home.contracts), ports))
    ready: list[dict[str, Any]] = []
    running = asyncio.create_task(runtime.run(ready.append))
    await until(lambda: bool(ready) or running.done(), seconds=90)
    if running.done():
        running.result()
    async with aiohttp.ClientSession() as http:
        yield Laptop(runtime, http, demo_customer(home.contracts))
    if not running.done():
        await asyncio.to_thread(ask, home, "stop", 10.0)
    await asyncio.wait_for(running, 60)
