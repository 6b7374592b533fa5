"""One process, two ports: the service and its admin. SIGTERM drains: not ready, finish what is open, flush, leave."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import signal
import socket
from collections.abc import Iterator

import structlog
import uvicorn
from fastapi import FastAPI

from tandem.kit.admin import Readiness, admin_app
from tandem.kit.settings import ServiceSettings
from tandem.kit.telemetry import logs
from tandem.kit.telemetry.masking import sensitive_names

log = structlog.get_logger()
_OPEN_REQUESTS_SECONDS = 15


class PortTaken(Exception):
    """Somebody else listens there."""


class _Server(uvicorn.Server):
    """Signals are ours to handle: there are two servers in this process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def run(name: str) -> None:
    """Serve `services.<name>` until told to stop."""
    module = importlib.import_module(f"services.{name}.app")
    settings: ServiceSettings = importlib.import_module(f"services.{name}.settings").Settings()
    app: FastAPI = module.create_app(settings)
    logs.configure(name, settings.version, settings.stage, sensitive_names(app.state.runtime.contract.document))
    with asyncio.Runner(loop_factory=_uvloop) as runner:
        runner.run(_serve(app, settings))


def _uvloop() -> asyncio.AbstractEventLoop:
    import uvloop

    return uvloop.new_event_loop()


async def _serve(app: FastAPI, settings: ServiceSettings) -> None:
    runtime = app.state.runtime
    readiness = Readiness(runtime, app.state.background)
    public = _server(app, settings.host, settings.port, lifespan="on")
    admin = _server(admin_app(runtime, readiness), settings.host, settings.admin_port, lifespan="off")
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    serving = asyncio.create_task(public[0].serve(sockets=[public[1]]))
    watching = asyncio.create_task(admin[0].serve(sockets=[admin[1]]))
    stopping = asyncio.create_task(stop.wait())
    log.info("started", port=public[1].getsockname()[1], admin_port=admin[1].getsockname()[1])
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    readiness.draining = True
    # Load balancers need a moment to see that we are not ready and to send their requests elsewhere.
    await asyncio.sleep(settings.drain_seconds if stop.is_set() else 0)
    public[0].should_exit = True
    await serving
    admin[0].should_exit = True
    await watching
    stopping.cancel()
    log.info("stopped")


def _server(app: object, host: str, port: int, lifespan: str) -> tuple[_Server, socket.socket]:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        raise PortTaken(f"Port {port} is taken: stop what listens there or choose another port.") from error
    config = uvicorn.Config(
        app,  # type: ignore[arg-type]
        loop="none",
        http="httptools",
        lifespan=lifespan,  # type: ignore[arg-type]
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=_OPEN_REQUESTS_SECONDS,
    )
    return _Server(config), listener
