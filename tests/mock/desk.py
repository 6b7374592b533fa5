"""A mock without a port, for tests that talk to it as a browser would."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx

from tandem.mock.app import App
from tandem.mock.documents import ContractsFolder, Files, Source
from tandem.mock.engine import AnyEngine, NoEngine
from tandem.mock.live import Live
from tandem.mock.mock import Mock
from tandem.mock.page import serve_page

PROJECT = Path(__file__).parents[2]
CONTRACTS = PROJECT / "contracts"
DOCUMENTS = Path(__file__).parents[1] / "documents"

HEALTHY = "01k9zc6n00000000000000h001"
OVERDUE = "01k9zc6n00000000000000v001"
FROZEN = "01k9zc6n00000000000000f001"
NEW = "01k9zc6n00000000000000n001"
# Ids no example has.
OTHER = "01k9zc6n00000000000000zzzz"


class Desk:
    """The mock and a browser before it. `say` answers the JSON of a success and fails on anything else."""

    def __init__(self, mock: Mock, client: httpx.AsyncClient) -> None:
        self.mock = mock
        self.client = client
        self._keys = 0

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.request(method, path, json=body, headers=sent)

    async def get(self, path: str, **headers: str) -> Any:
        return _said(await self.ask("GET", path, **headers))

    async def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """With a key of its own, as every contract that creates wants one."""
        self._keys += 1
        headers = {"idempotency_key": f"test-key-{self._keys}", **headers}
        return _said(await self.ask("POST", path, body, **headers))


def _said(answer: httpx.Response) -> Any:
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


@contextlib.asynccontextmanager
async def desk_of(
    source: Source, engine: AnyEngine | None = None, *, auth: bool = False, live: Live | None = None
) -> AsyncIterator[Desk]:
    mock = Mock(source, engine or NoEngine(), auth=auth, live=live)
    transport = httpx.ASGITransport(App(mock, serve_page))  # type: ignore[arg-type]
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:4010") as client:
            yield Desk(mock, client)
    finally:
        await mock.live.close()


class Once:
    """A source that reads its documents once for all tests; nobody edits them."""

    def __init__(self, source: Source) -> None:
        self.load = functools.cache(source.load)
        self.files = source.files


_CONTRACTS = Once(ContractsFolder(CONTRACTS))


def contracts_source() -> Source:
    return _CONTRACTS


def files_source(*names: str) -> Source:
    return Files([DOCUMENTS / name for name in names])
