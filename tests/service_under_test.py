"""One real service on a real database, with canned peers and events delivered by hand."""

from __future__ import annotations

import asyncio
import importlib
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import orjson
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from tandem.kit.auth.jwks import StaticKeys
from tandem.kit.auth.tokens import StaticToken
from tandem.kit.background import Background
from tandem.kit.discovery import FixedAddresses
from tandem.kit.events.envelope import Event
from tandem.kit.events.inbox import first_time
from tandem.kit.events.memory import NullTransport
from tandem.kit.flags import NullFlags
from tandem.kit.ids import new_id
from tandem.kit.migrations import migrate
from tandem.kit.objects import NullObjectStore
from tandem.kit.outside import Outside
from tandem.kit.peers import PeerNetwork
from tandem.kit.peers.breaker import BreakerPolicy
from tandem.kit.peers.canned import CannedTransport
from tandem.kit.peers.client import PeerPolicy
from tandem.kit.peers.transport import Transport
from tandem.local.issuer import AUDIENCE, ISSUER, LocalIssuer, read_callers
from tandem.local.postgres import Server
from tests.architecture.project import SERVICES

REPOSITORY = Path(__file__).parents[1]
CALLERS = read_callers(REPOSITORY / "contracts")
SERVICE_SCOPES = CALLERS["service"]
_PEER_ADDRESSES = {name: f"http://{name}.invalid" for name in SERVICES}


@dataclass(frozen=True)
class Who:
    """Who a test speaks as. `scopes` None is everything that kind of caller may have."""

    kind: str
    subject: str
    customer_id: str | None = None
    scopes: tuple[str, ...] | None = None


def customer(customer_id: str) -> Who:
    return Who("customer", f"person-of-{customer_id}", customer_id)


SUPPORT = Who("support", "agent-1")


def with_scopes(kind: str, *scopes: str, customer_id: str | None = None) -> Who:
    return Who(kind, f"{kind}-with-few-scopes", customer_id, scopes)


class Databases:
    """Makes and drops databases on the worker's own server; refuses to touch what it did not make."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._made: set[str] = set()

    async def create(self) -> str:
        name = f"test_{secrets.token_hex(6)}"
        await self._run(f'CREATE DATABASE "{name}"')
        self._made.add(name)
        return self._server.url(name)

    async def drop(self, url: str) -> None:
        name = url.rpartition("/")[2]
        if name not in self._made:
            raise RuntimeError(f"refusing to drop {name}: the tests did not make it")
        await self._run(f'DROP DATABASE "{name}" WITH (FORCE)')

    async def _run(self, statement: str) -> None:
        connection = await asyncpg.connect(self._server.url())
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@dataclass
class ServiceUnderTest:
    """`peers` holds the canned answers: `service.peers.answers("getAccount", {...})`."""

    name: str
    app: FastAPI
    client: httpx.AsyncClient
    issuer: LocalIssuer
    peers: CannedTransport
    objects: NullObjectStore
    _tokens: dict[Who, str] = field(default_factory=dict)
    _own_tables: list[str] = field(default_factory=list)

    @property
    def background(self) -> Background:
        background: Background = self.app.state.background
        return background

    @property
    def pool(self) -> asyncpg.Pool[asyncpg.Record]:
        pool: asyncpg.Pool[asyncpg.Record] = self.app.state.runtime.database.pool
        return pool

    def token(self, who: Who) -> str:
        if who not in self._tokens:
            scopes = who.scopes
            if scopes is None and who.kind == "service":
                scopes = tuple(sorted(SERVICE_SCOPES))
            self._tokens[who] = self.issuer.issue(who.kind, who.subject, scopes, who.customer_id)
        return self._tokens[who]

    async def request(
        self,
        method: str,
        path: str,
        *,
        as_: Who | None = SUPPORT,
        json: Any = None,
        content: bytes | None = None,
        params: dict[str, Any] | None = None,
        key: str | None = None,
        if_match: int | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        """`key` is the Idempotency-Key, `if_match` the version seen; `as_=None` sends no token."""
        sent = dict(headers or {})
        if as_ is not None:
            sent["authorization"] = f"Bearer {self.token(as_)}"
        if key is not None:
            sent["idempotency-key"] = key
        if if_match is not None:
            sent["if-match"] = f'"{if_match}"'
        if json is not None:
            content = orjson.dumps(json)
        if content is not None:
            sent.setdefault("content-type", "application/json")
        return await self.client.request(method, path, content=content, params=params, headers=sent)

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self.request("GET", path, **options)

    async def post(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        return await self.request("POST", path, json=json, **options)

    async def put(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        return await self.request("PUT", path, json=json, **options)

    async def patch(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        return await self.request("PATCH", path, json=json, **options)

    async def delete(self, path: str, **options: Any) -> httpx.Response:
        return await self.request("DELETE", path, **options)

    async def deliver(self, type_: str, event_id: str | None = None, **data: Any) -> None:
        """Hand the service an event as its consumer would: applied once, in one transaction."""
        event = Event(
            id=event_id or new_id("evt"),
            type=type_,
            source=type_.partition(".")[0],
            subject=str(next(iter(data.values()))),
            time=datetime.now(UTC),
            data=data,
            traceparent="00-" + "a" * 32 + "-" + "b" * 16 + "-01",
            request_id="delivered-by-test",
        )
        async with self.pool.acquire() as connection, connection.transaction():
            if await first_time(connection, event.id):
                await self.background.apply(connection, event)

    async def outbox(self) -> list[dict[str, Any]]:
        """What the service has said and nobody took away: `type`, `subject`, `data`, in order."""
        rows = await self.pool.fetch("SELECT body FROM outbox ORDER BY position")
        return [orjson.loads(row["body"]) for row in rows]

    async def clear(self) -> None:
        """Empty every table but those that the migrations fill."""
        async with self.pool.acquire() as connection, connection.transaction():
            # Append-only tables refuse to be emptied by a trigger; this session's triggers rest for the while.
            await connection.execute("SET LOCAL session_replication_role = replica")
            await connection.execute(f"TRUNCATE {', '.join(self._own_tables)} RESTART IDENTITY CASCADE")
        await self.peers.close()
        self.peers.requests.clear()

    async def find_own_tables(self) -> None:
        names = [row[0] for row in await self.pool.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        filled = {name for name in names if await self.pool.fetchval(f'SELECT EXISTS (SELECT FROM "{name}")')}
        self._own_tables = sorted(set(names) - filled)

    async def stop(self) -> None:
        await self.client.aclose()
        await self.background.stop()


async def start(
    name: str,
    databases: Databases,
    issuer: LocalIssuer,
    keys: StaticKeys,
    transport: Transport | None = None,
    *,
    strict_responses: bool = True,
) -> ServiceUnderTest:
    """The real `create_app` of a service; its relay is not running, so that `outbox()` shows what was said."""
    url = await databases.create()
    await asyncio.to_thread(migrate, url, REPOSITORY / "services" / name / "migrations")
    peers = CannedTransport()
    objects = NullObjectStore()
    # A breaker that one test opens must not refuse the next one's calls.
    patient = PeerPolicy(breaker=BreakerPolicy(consecutive_failures=10**6, failure_share=2.0))
    network = PeerNetwork(
        FixedAddresses(_PEER_ADDRESSES), StaticToken("canned"), transport or peers, CollectorRegistry(), policy=patient
    )
    outside = Outside(keys, NullTransport(), network, objects, NullFlags())
    module = importlib.import_module(f"services.{name}.app")
    settings = importlib.import_module(f"services.{name}.settings").Settings(
        database_url=url, issuer=ISSUER, audience=AUDIENCE, jwks="unused", stage="test", version="test"
    )
    app = module.create_app(settings, outside, response_share=1.0, strict_responses=strict_responses)
    await app.state.background.start(with_loops=False)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service.test")
    service = ServiceUnderTest(name, app, client, issuer, peers, objects)
    await service.find_own_tables()
    return service
