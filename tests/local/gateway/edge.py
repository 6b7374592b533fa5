"""A real Envoy on free ports, with small servers behind it that say what reached them."""

import asyncio
import contextlib
import json
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tandem.local.gateway import Gateway, Instance, Operation, Placement, Ports, drain

OPERATIONS = (
    Operation("invoice", "listInvoices", "GET", "/v1/invoices"),
    Operation("invoice", "createInvoice", "POST", "/v1/invoices"),
    Operation("invoice", "getInvoice", "GET", "/v1/invoices/{invoice_id}"),
    Operation("invoice", "searchInvoices", "GET", "/v1/invoices/search"),
    Operation("card", "getCard", "GET", "/v1/cards/{card_id}"),
    Operation("card", "activateCard", "POST", "/v1/cards/{card_id}/activate"),
)


# As Prism does.
_LAX = "access-control-allow-origin: *\r\naccess-control-expose-headers: *\r\n"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def until(done: Callable[[], Any], seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.005)


class Upstream:
    """Answers with its own name and what it got; breaks off at `/hang`, waits for `release` at `/slow`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.requests = 0
        self.port = 0
        self._connections: set[asyncio.StreamWriter] = set()
        self._started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self._thread.start()
        assert self._started.wait(5)

    def stop(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._over.set)
            self._thread.join(5)

    def release(self) -> None:
        self._loop.call_soon_threadsafe(self._let_go.set)

    async def _run(self) -> None:
        self._loop, self._over, self._let_go = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._over.wait()
        server.close()
        self._let_go.set()
        for writer in list(self._connections):
            writer.transport.abort()
        while self._connections:
            await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.add(writer)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                await self._answer(await reader.readuntil(b"\r\n\r\n"), reader, writer)
        writer.close()
        self._connections.discard(writer)

    async def _answer(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.requests += 1
        first, *lines = head.decode().strip().split("\r\n")
        method, path, _ = first.split(" ")
        headers = dict(line.split(": ", 1) for line in lines)
        await reader.readexactly(int(headers.get("content-length", "0")))
        if path.endswith("/hang"):
            writer.transport.abort()
            return
        if path.endswith("/slow"):
            await self._let_go.wait()
        status = "405 Method Not Allowed" if method in {"PUT", "DELETE"} else "200 OK"
        body = (
            b""
            if method == "HEAD"
            else json.dumps({"name": self.name, "method": method, "path": path, "headers": headers}).encode()
        )
        writer.write(f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\n{_LAX}\r\n".encode() + body)


@dataclass
class Edge:
    """A gateway that runs; `client` speaks to it."""

    gateway: Gateway
    ports: Ports
    client: httpx.Client
    upstreams: dict[str, Upstream]

    def who(self, path: str, method: str = "GET", **headers: str) -> str:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        name: str = self.client.request(method, path, headers=sent).json()["name"]
        return name

    def start(self, service: str, version: str) -> Instance:
        upstream = self.upstreams[f"{service} {version}"] = Upstream(f"{service} {version}")
        return Instance(service, version, upstream.port, 0)


@contextlib.contextmanager
def running_edge(state: Path, jwks: str | None = None, timeout_seconds: float = 10.0) -> Iterator[Edge]:
    upstreams = {name: Upstream(name) for name in ("mock", "invoice 1.0.0", "card 1.0.0")}
    ports = Ports(gateway=free_port(), admin=free_port(), mock=upstreams["mock"].port)
    instances = [Instance(name, "1.0.0", upstreams[f"{name} 1.0.0"].port, 0) for name in ("invoice", "card")]
    gateway = Gateway(state, OPERATIONS)
    gateway.prepare(Placement(ports, tuple(instances), jwks, timeout_seconds))
    with (
        subprocess.Popen(gateway.command(), cwd=gateway.directory, stderr=subprocess.DEVNULL) as envoy,
        httpx.Client(base_url=f"http://127.0.0.1:{ports.gateway}", timeout=20) as client,
    ):
        try:
            until(lambda: gateway.is_running and not gateway.verify())
            yield Edge(gateway, ports, client, upstreams)
            drain(ports.admin, seconds=0.2)
        finally:
            envoy.terminate()
            for upstream in upstreams.values():
                upstream.stop()
