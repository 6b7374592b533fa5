"""One process, two ports: the service and its admin. SIGTERM drains: not ready, finish what is open, flush, leave."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import importlib
import signal
import socket
import ssl
from collections.abc import AsyncIterator, Iterator

import structlog
import uvicorn
from fastapi import FastAPI

from tandem.kit.admin import Readiness, admin_app
from tandem.kit.gauges import GaugeLines
from tandem.kit.own_certificate import own_context
from tandem.kit.settings import ServiceSettings, load_settings
from tandem.kit.telemetry import logs

log = structlog.get_logger()
_OPEN_REQUESTS_SECONDS = 15


class PortTaken(Exception):
    """Somebody else listens there, or we may not."""


class StartFailed(Exception):
    """Says in a sentence why the service did not start."""


class _Server(uvicorn.Server):
    """Signals are ours to handle: there are two servers in this process."""

    def __init__(self, config: uvicorn.Config, listener: socket.socket) -> None:
        super().__init__(config)
        self._listener = listener

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    async def serve_listener(self) -> None:
        await self.serve(sockets=[self._listener])

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def run(name: str, package: str = "services") -> None:
    """Serve `services.<name>` until told to stop. Raises PortTaken, StartFailed and what create_app raises."""
    module = importlib.import_module(f"{package}.{name}.app")
    settings = load_settings(name, package)
    app: FastAPI = module.create_app(settings)
    logs.configure(
        name,
        settings.version,
        settings.stage,
        app.state.runtime.sensitive,
        embedded_metrics=settings.embedded_metrics,
    )
    with asyncio.Runner(loop_factory=_uvloop) as runner:
        runner.run(_serve(name, app, settings))


def _uvloop() -> asyncio.AbstractEventLoop:
    import uvloop

    return uvloop.new_event_loop()


async def _serve(name: str, app: FastAPI, settings: ServiceSettings) -> None:
    readiness = Readiness(app.state.runtime, app.state.background)
    public = [_server(app, settings.host, settings.port)]
    if settings.tls_port is not None:
        public.append(_server(app, settings.host, settings.tls_port, own_context(name)))
    admin = _server(admin_app(app.state.runtime, readiness), settings.host, settings.admin_port)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with _started(name, app), _told(app, told=settings.embedded_metrics):
        watching = asyncio.create_task(admin.serve_listener())
        serving = [asyncio.create_task(one.serve_listener()) for one in public]
        log.info("started", port=public[0].port, admin_port=admin.port)
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({stopping, watching, *serving}, return_when=asyncio.FIRST_COMPLETED)
        readiness.draining = True
        # Load balancers need a moment to see that we are not ready and to send their requests elsewhere.
        await asyncio.sleep(settings.drain_seconds)
        for one in public:
            one.should_exit = True
        await asyncio.gather(*serving)
    admin.should_exit = True
    await watching
    log.info("stopped")


@contextlib.asynccontextmanager
async def _started(name: str, app: FastAPI) -> AsyncIterator[None]:
    """Starts the app before its port answers, and stops it after the last answer has left."""
    async with contextlib.AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(app.router.lifespan_context(app))
        except Exception as error:
            # The edge of the process: whatever the reason, it is told in one sentence.
            log.error("could not start", exc_info=error)
            reason = f"{type(error).__name__}: {error}".partition("\n")[0]
            raise StartFailed(f"{name} could not start: {reason}") from error
        yield


@contextlib.asynccontextmanager
async def _told(app: FastAPI, *, told: bool) -> AsyncIterator[None]:
    lines = GaugeLines(app.state.runtime, app.state.background)
    if told:
        lines.start()
    try:
        yield
    finally:
        await lines.stop()


def _server(app: object, host: str, port: int, tls: ssl.SSLContext | None = None) -> _Server:
    listener = _listener(host, port)
    config = uvicorn.Config(
        app,  # type: ignore[arg-type]
        loop="none",
        http="httptools",
        lifespan="off",
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=_OPEN_REQUESTS_SECONDS,
    )
    if tls is not None:
        # Uvicorn makes a context of files only; what is loaded already it leaves alone.
        config.load()
        config.ssl = tls
    return _Server(config, listener)


def _listener(host: str, port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        # Two may bind one port and only one may listen: find out now, not when requests come.
        listener.listen()
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            reason = f"Port {port} is taken: stop what listens there or choose another port."
        else:
            reason = f"Port {port} at {host} cannot be opened: {error.strerror or error}."
        raise PortTaken(reason) from error
    return listener
