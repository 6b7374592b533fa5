"""The real mock on a port, the example app on another, and a browser."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, Page

from tandem.local.postgres import free_port
from tests.architecture.project import ROOT
from tests.local.programs import wait_until
from tests.mocks.browser import example_site, phone, running_browser, shown


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with example_site(tmp_path_factory.mktemp("example")) as address:
        yield address


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with running_browser() as browser:
        yield browser


@pytest.fixture(scope="session")
def mock() -> Iterator[httpx.Client]:
    """A client of the real mock."""
    port = free_port()
    command = [sys.executable, "-m", "tandem.mock", "--port", str(port)]
    with (
        subprocess.Popen(command, cwd=ROOT) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        wait_until(lambda: _answers(client) or process.poll() is not None, seconds=30)
        yield client
        process.terminate()


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/__tandem/health").is_success
    except httpx.TransportError:
        return False


@dataclass(frozen=True)
class App:
    """The app on a phone, with a session of the mock that nobody else has."""

    page: Page
    site: str
    mock: httpx.Client
    session: str

    async def open(self, query: str = "", *, on: str = "mock") -> str:
        """What it shows in the end."""
        await self.go(query, on=on)
        return await shown(self.page)

    async def go(self, query: str = "", *, on: str = "mock") -> None:
        await self.page.goto(f"{self.site}/?on={on}&base={self.mock.base_url}{query}")

    def dial(self, **dials: Any) -> None:
        """By operation, with `_` for the dot; what is not named is off."""
        said = {name.replace("_", ".", 1): dial for name, dial in dials.items()}
        self._tell("PUT", "dials", said)

    def journal(self) -> list[dict[str, Any]]:
        """The newest first."""
        entries: list[dict[str, Any]] = self._tell("GET", "journal", None).json()["entries"]
        return entries

    def _tell(self, method: str, what: str, body: Any) -> httpx.Response:
        headers = {"x-tandem-session": self.session}
        return self.mock.request(method, f"/__tandem/{what}", json=body, headers=headers).raise_for_status()


@pytest.fixture
async def app(request: pytest.FixtureRequest, browser: Browser, site: str, mock: httpx.Client) -> AsyncIterator[App]:
    session = request.node.name.translate({ord("["): "-", ord("]"): None})[:100]
    async with phone(browser, x_tandem_session=session) as page:
        yield App(page, site, mock, session)
