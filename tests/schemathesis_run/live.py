"""An application on a real port, in a thread and a loop of its own; among them a service that knows the scenarios."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from datetime import UTC, datetime

import orjson
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tandem.kit.auth.jwks import StaticKeys
from tandem.kit.objects import NullObjectStore
from tandem.local.issuer import LocalIssuer
from tests.schemathesis_run.world import ScenarioPeers, seed_world
from tests.service_under_test import REPOSITORY, Databases, start


@contextmanager
def served(application: AbstractAsyncContextManager[ASGIApp]) -> Iterator[str]:
    """Its address. It listens before it is ready, so that the first request waits and nobody has to poll."""
    with _listener() as listener, ThreadPoolExecutor(1) as thread:
        stop = asyncio.Event()
        loops: list[asyncio.AbstractEventLoop] = []

        async def serve() -> None:
            loops.append(asyncio.get_running_loop())
            with listener:
                async with application as app:
                    await _serve_until(stop, app, listener)

        running = thread.submit(asyncio.run, serve())
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            if not running.done():
                loops[0].call_soon_threadsafe(stop.set)
            running.result(30)


def _listener() -> socket.socket:
    # asyncio only turns Nagle's algorithm off where the protocol is named; with it, each answer takes 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(100)
    return listener


async def _serve_until(stop: asyncio.Event, app: ASGIApp, listener: socket.socket) -> None:
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    await stop.wait()
    server.should_exit = True
    await serving


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
        await service.pool.execute(seed, orjson.dumps(seed_world()).decode())
        yield Tally(service.app, succeeded)
    finally:
        await service.stop()
