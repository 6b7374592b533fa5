"""The mock on a port: Uvicorn with its quickest parts, and a way to cut a connection when a dial asks for it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tandem.mock.app import App
from tandem.mock.documents import Source
from tandem.mock.engine import AnyEngine, Engine, NoEngine, command
from tandem.mock.exchange import Answer, Ask
from tandem.mock.live import Live
from tandem.mock.mock import Mock
from tandem.mock.node import engine_is_installed, engine_script, find_node
from tandem.mock.session import Session

DEFAULT_PORT = 4010
_LAST_ANSWERS_SECONDS = 2


class PortTaken(Exception):
    """Somebody else listens there."""


class _Protocol(HttpToolsProtocol):
    """Shows the application its connection, so that it can drop it."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        # Not a Starlette extension, so not of its type: the transport itself.
        cast("dict[str, Any]", self.scope)["tandem.transport"] = self.transport


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()


def make_engine(project: Path) -> AnyEngine:
    node = find_node(project)
    if node is None or not engine_is_installed(project):
        return NoEngine()
    return Engine(command(node.program, engine_script(project)))


def serve(
    source: Source,
    project: Path,
    host: str,
    port: int,
    *,
    auth: bool,
    on_ready: Callable[[Mock], None],
    live: Path | None = None,
) -> None:
    """Until told to stop; raises ContractError for contracts that cannot be served and PortTaken."""
    listener = _listen(host, port)
    mock = Mock(source, make_engine(project), auth=auth, live=Live(live))
    settings: dict[str, Any] = {"http": _Protocol, "loop": "uvloop", "ws": "none", "lifespan": "on"}
    config = uvicorn.Config(
        App(mock, _pages),
        **settings,
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=_LAST_ANSWERS_SECONDS,
    )
    _Server(config, lambda: on_ready(mock)).run(sockets=[listener])


async def _pages(mock: Mock, session: Session, ask: Ask) -> Answer | None:
    # Templates come with the first person who looks, so that the first mocked answer need not wait for them.
    from tandem.mock.page import serve_page

    return await serve_page(mock, session, ask)


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise PortTaken(f"Port {port} is taken: stop what listens there, or choose another with --port.") from error
    return listener
