"""A service that knows the scenarios, as an application that notes which of its operations ever succeeded."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tandem.kit.auth.jwks import StaticKeys
from tandem.kit.objects import NullObjectStore
from tandem.local.issuer import LocalIssuer
from tandem.local.seed.examples import completed
from tests.schemathesis_run.world import STORIES, ScenarioPeers, contract
from tests.service_under_test import REPOSITORY, Databases, start


class Tally:
    """Passes requests on to an application, and notes which operations ever succeeded."""

    def __init__(self, app: ASGIApp, succeeded: set[str]) -> None:
        self._app = app
        self._succeeded = succeeded

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def noted(message: Message) -> None:
            if (
                message["type"] == "http.response.start"
                and 200 <= message["status"] < 300
                and "tandem.endpoint" in scope
            ):
                self._succeeded.add(scope["tandem.endpoint"].operation.id)
            await send(message)

        await self._app(scope, receive, noted)


@asynccontextmanager
async def service_with_scenarios(
    name: str, databases: Databases, issuer: LocalIssuer, keys: StaticKeys, succeeded: set[str]
) -> AsyncIterator[ASGIApp]:
    """Not strict: what departs from the contract is answered, for Schemathesis to find by itself."""
    service = await start(name, databases, issuer, keys, ScenarioPeers(), strict_responses=False)
    # The address of a picture changes with the second, and an object that changes is never found to be somebody else's.
    service.app.state.runtime.objects = NullObjectStore(now=lambda: datetime(2030, 1, 1, tzinfo=UTC))
    try:
        seed = (REPOSITORY / "services" / name / "migrations" / "seed.sql").read_text("utf-8")
        rows = completed(STORIES.rows, seed, lambda: contract(name))
        await service.pool.execute(seed, orjson.dumps(rows).decode())
        yield Tally(service.app, succeeded)
    finally:
        await service.stop()
