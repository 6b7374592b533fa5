"""Requests sent from the page through the mock itself, so that dials, memory and journal treat them like any other."""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

from tandem.kit.problems import Unprocessable
from tandem.mock import session as sessions
from tandem.mock.app import App
from tandem.mock.journal import Entry
from tandem.mock.mock import Mock
from tandem.mock.page.outgoing import Outgoing
from tandem.mock.session import Session

# Long enough to see that nothing comes; nobody looks at a page that waits for minutes.
_PATIENCE_SECONDS = 10.0


@dataclass
class Received:
    """`status` is None where the connection was cut, or where nothing came in time."""

    status: int | None = None
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    seconds: float = 0.0
    entry: Entry | None = None

    @property
    def media_type(self) -> str:
        return dict(self.headers).get("content-type", "")


async def send(
    mock: Mock, session: Session, request: Outgoing, patience_seconds: float = _PATIENCE_SECONDS
) -> Received:
    began = time.perf_counter()
    request_id = f"page-{secrets.token_hex(8)}"
    exchange = _Exchange(request.body, patience_seconds)
    await App(mock)(_scope(session, request, request_id), exchange.receive, exchange.send)
    received = exchange.received
    received.seconds = time.perf_counter() - began
    newest = session.journal.entries(50)
    received.entry = next((one for one in newest if one.ask.request_id == request_id), None)
    return received


def again(entry: Entry) -> Outgoing:
    """The request of a journal entry, to be sent once more."""
    ask = entry.ask
    if int(ask.headers.get("content-length", "0")) > len(ask.body):
        raise Unprocessable("The journal has not kept the whole body of this request, so it cannot be sent again.")
    path = quote(ask.path, safe="/:@!$&'()*+,;=~")
    if ask.operation is not None:
        path = ask.operation.path
        for name, value in ask.path_parameters.items():
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
    target = f"{path}?{ask.query.decode('latin-1')}" if ask.query else path
    kept = {name: value for name, value in ask.headers.items() if name not in _OF_THE_CONNECTION}
    return Outgoing(ask.method, target, kept, ask.body)


_OF_THE_CONNECTION = frozenset(
    {"content-length", "transfer-encoding", "connection", "x-request-id", "origin", "accept-encoding", "host"}
)


class _Exchange:
    """One request and its answer, without a wire between."""

    def __init__(self, body: bytes, patience_seconds: float) -> None:
        self._body: bytes | None = body
        self._patience_seconds = patience_seconds
        self.received = Received()

    async def receive(self) -> dict[str, Any]:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await asyncio.sleep(self._patience_seconds)
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.received.status = message["status"]
            pairs = message["headers"]
            self.received.headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs]
        else:
            self.received.body += message.get("body", b"")


def _scope(session: Session, request: Outgoing, request_id: str) -> dict[str, Any]:
    path, _, query = request.target.partition("?")
    headers = {name.lower(): value for name, value in request.headers.items()}
    headers |= {sessions.HEADER: session.name, "x-request-id": request_id}
    if request.body:
        headers["content-length"] = str(len(request.body))
    return {
        "type": "http",
        "method": request.method,
        "path": unquote(path),
        "raw_path": path.encode("latin-1", "replace"),
        "query_string": query.encode("latin-1", "replace"),
        "headers": [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers.items()],
    }
