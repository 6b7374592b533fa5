"""The small service, really running on PostgreSQL, with everything outside it replaced at its interfaces."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import orjson
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from tandem.kit.auth.caller import Caller
from tandem.kit.auth.jwks import StaticKeys
from tandem.kit.auth.tokens import NullToken
from tandem.kit.background import Background
from tandem.kit.discovery import FixedAddresses
from tandem.kit.events.memory import NullTransport
from tandem.kit.events.transport import Transport
from tandem.kit.objects import NullObjectStore
from tandem.kit.outside import Outside
from tandem.kit.peers import PeerNetwork
from tandem.kit.peers.canned import CannedTransport
from tandem.kit.runtime import Runtime
from tandem.kit.service import serve
from tandem.kit.telemetry.traces import NullTracing, Tracing
from tandem.local.issuer import AUDIENCE, ISSUER, LocalIssuer
from tests.kit.loan import handlers
from tests.kit.loan.peers import Peers
from tests.kit.loan.settings import Settings
from tests.service_under_test import SUPPORT, Who


class SwitchedFlags:
    """Flags that a test turns on and off."""

    def __init__(self) -> None:
        self.on_for: dict[str, str | None] = {}

    def on(self, name: str, default: bool = False, caller: Caller | None = None) -> bool:
        return (name in self.on_for and self.on_for[name] in (None, caller and caller.subject)) or default

    def close(self) -> None:
        return None


@dataclass
class LoanService:
    app: FastAPI
    client: httpx.AsyncClient
    issuer: LocalIssuer
    flags: SwitchedFlags
    peers: CannedTransport

    @property
    def runtime(self) -> Runtime:
        runtime: Runtime = self.app.state.runtime
        return runtime

    @property
    def background(self) -> Background:
        background: Background = self.app.state.background
        return background

    @property
    def pool(self) -> asyncpg.Pool[asyncpg.Record]:
        return self.runtime.database.pool

    def headers(
        self, as_: Who | None = SUPPORT, key: str | None = None, more: Mapping[str, str] | None = None
    ) -> dict[str, str]:
        headers = dict(more or {})
        if as_ is not None:
            token = self.issuer.issue(as_.kind, as_.subject, as_.scopes, as_.customer_id)
            headers.setdefault("authorization", f"Bearer {token}")
        if key is not None:
            headers["idempotency-key"] = key
        return headers

    async def send(
        self,
        method: str,
        path: str,
        json: Any = None,
        *,
        content: bytes | None = None,
        as_: Who | None = SUPPORT,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        sent = self.headers(as_, key, headers)
        if json is not None:
            content = orjson.dumps(json)
        if content is not None:
            sent.setdefault("content-type", "application/json")
        return await self.client.request(method, path, content=content, headers=sent)

    async def raw(
        self,
        method: str,
        path: str,
        query: bytes = b"",
        headers: Mapping[str, str] | None = None,
        receives: Sequence[MutableMapping[str, Any]] = ({"type": "http.request"},),
    ) -> list[MutableMapping[str, Any]]:
        """The messages of the answer, to a request that no client library would send; then the caller is silent."""
        arriving = iter(receives)
        sent: list[MutableMapping[str, Any]] = []

        async def receive() -> MutableMapping[str, Any]:
            for message in arriving:
                return message
            await asyncio.Event().wait()
            raise AssertionError("the silent caller has spoken")

        async def send(message: MutableMapping[str, Any]) -> None:
            sent.append(message)

        raw_headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in (headers or {}).items()]
        scope = {"type": "http", "method": method, "path": path, "query_string": query, "headers": raw_headers}
        await self.app(scope, receive, send)
        return sent

    async def count(self, table: str) -> int:
        counted: int = await self.pool.fetchval(f"SELECT count(*) FROM {table}")
        return counted

    async def stop(self) -> None:
        await self.client.aclose()
        await self.background.stop()


def make_app(
    url: str,
    contracts: Path,
    keys: StaticKeys,
    transport: Transport | None = None,
    tracing: Tracing | None = None,
    **options: Any,
) -> tuple[FastAPI, SwitchedFlags, CannedTransport]:
    flags, peers, tracing = SwitchedFlags(), CannedTransport(), tracing or NullTracing()
    addresses = FixedAddresses({"bank": "http://bank.test"})
    network = PeerNetwork(addresses, NullToken(), tracing.around_transport(peers), CollectorRegistry())
    outside = Outside(keys, transport or NullTransport(), network, NullObjectStore(), flags, tracing)
    settings = Settings.model_validate(
        {
            "database_url": url,
            "issuer": ISSUER,
            "audience": AUDIENCE,
            "jwks": "unused",
            "stage": "test",
            "version": "7",
            "contracts": contracts,
        }
    )
    chosen = {"response_share": 1.0, "strict_responses": True, **options}
    return serve("loan", settings, handlers, Peers, outside, **chosen), flags, peers


async def start(
    app: FastAPI, flags: SwitchedFlags, peers: CannedTransport, issuer: LocalIssuer, with_loops: bool = False
) -> LoanService:
    await app.state.background.start(with_loops=with_loops)
    # The server must survive what a handler does; the client sees what a caller would see.
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    client = httpx.AsyncClient(transport=transport, base_url="http://loan.test")
    return LoanService(app, client, issuer, flags, peers)
