"""An application on a real port, in a thread and a loop of its own."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, contextmanager
from queue import SimpleQueue

import uvicorn
from starlette.types import ASGIApp


@contextmanager
def served(application: AbstractAsyncContextManager[ASGIApp]) -> Iterator[str]:
    """Its address. It listens before it is ready, so that the first request waits and nobody has to poll."""
    with _listener() as listener, ThreadPoolExecutor(1) as thread:
        stop = asyncio.Event()
        loops: SimpleQueue[asyncio.AbstractEventLoop] = SimpleQueue()

        async def serve() -> None:
            loops.put(asyncio.get_running_loop())
            with listener:
                async with application as app:
                    await _serve_until(stop, app, listener)

        running = thread.submit(asyncio.run, serve())
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            # It may be over before it has begun.
            loop = loops.get()
            if not running.done():
                loop.call_soon_threadsafe(stop.set)
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
