"""The mock in place of a service: the same run, configuration and callers, so that one stands for the other.

What is left out for the mock, all of it, each with its reason:

- A neighbour (`AS_CUSTOMER`): the mock takes any token and asks neither whose it is nor what it may do.
- A share of the examples (`FEWER`): the mock answers five services by one and the same code.
- Prism: every operation of the contracts is answered from its examples. What Prism adds for others is in tests/mock.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tandem.gate.fuzzing.configuration import configuration
from tandem.gate.service.serving import served
from tandem.local.issuer import LocalIssuer
from tandem.mock.app import App
from tandem.mock.documents import Source
from tandem.mock.engine import NoEngine
from tandem.mock.mock import Mock
from tandem.mock.routes import Match
from tests.mock.desk import contracts_source
from tests.schemathesis_run.run import Verdict, callers, run
from tests.schemathesis_run.world import contract

FEWER = ("--max-examples=15",)


class ShownAs:
    """The mock of all contracts as one service: it shows that contract, and notes which operations ever succeeded."""

    def __init__(self, mock: Mock, service: str, succeeded: set[str]) -> None:
        self._app = App(mock)
        self._mock = mock
        self._document = orjson.dumps(contract(service).document)
        self._succeeded = succeeded

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/openapi.json":
            kind = [(b"content-type", b"application/json")]
            await send({"type": "http.response.start", "status": 200, "headers": kind})
            await send({"type": "http.response.body", "body": self._document})
            return
        match = self._mock.loaded.routes.match(scope["method"], scope["path"])

        async def noted(message: Message) -> None:
            if isinstance(match, Match) and message.get("status", 0) // 100 == 2:
                self._succeeded.add(match.operation.id)
            await send(message)

        await self._app(dict(scope), receive, noted)


@asynccontextmanager
async def mocked(service: str, succeeded: set[str], source: Source | None = None) -> AsyncIterator[ASGIApp]:
    mock = Mock(source or contracts_source(), NoEngine(), auth=True)
    yield ShownAs(mock, service, succeeded)
    await mock.stop()


def check_mock(service: str, issuer: LocalIssuer, folder: Path, *options: str, source: Source | None = None) -> Verdict:
    succeeded: set[str] = set()
    with served(mocked(service, succeeded, source)) as url:
        verdict = run(
            url, callers(service, issuer), folder, *FEWER, *options, settings=configuration(contract(service))
        )
    return replace(verdict, succeeded=frozenset(succeeded))
