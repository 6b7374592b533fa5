"""The admin port: is it alive, is it ready, what does it count, what is it. Never reachable from outside."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tandem.kit import migrations
from tandem.kit.background import Background
from tandem.kit.database import Session, translated_errors
from tandem.kit.database_tls import distrust
from tandem.kit.gauges import measure
from tandem.kit.problems import Problem
from tandem.kit.runtime import Runtime
from tandem.kit.settings import REPOSITORY

_CHECK_SECONDS = 2.0
_LONGEST_OUTBOX_SECONDS = 60.0


class NotReady(Exception):
    """Says in a sentence what is missing."""


class Readiness:
    """Really asks what the service depends on. `draining` is set when it is told to stop."""

    def __init__(self, runtime: Runtime, background: Background, services: Path = REPOSITORY / "services") -> None:
        self._runtime = runtime
        self._migrations_folder = services / runtime.service / "migrations"
        self.background = background
        self.draining = False

    async def reasons(self) -> dict[str, str]:
        """What is not well, by check; empty when ready."""
        if self.draining:
            return {"process": "it is stopping and takes no new requests"}
        checks: dict[str, Callable[[], Awaitable[None]]] = {
            "database": self._database,
            "migrations": self._migrations,
            "outbox": self._outbox,
        }
        found = await asyncio.gather(*(_reason(check) for check in checks.values()))
        return {name: reason for name, reason in zip(checks, found, strict=True) if reason}

    async def _database(self) -> None:
        async with self._connection() as connection:
            await connection.fetchval("SELECT 1")

    async def _migrations(self) -> None:
        async with self._connection() as connection:
            applied = await migrations.applied_heads(connection)
        missing = migrations.expected_heads(self._migrations_folder) - applied
        if missing:
            raise NotReady(f"the schema lacks {', '.join(sorted(missing))}: run the migrations")

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Session]:
        """Not from the pool of the requests: a service that is busy is not one that has lost its database."""
        with translated_errors():
            async with self._runtime.database.background.acquire() as connection:
                yield connection

    async def _outbox(self) -> None:
        if self.background.relay is None:
            raise NotReady("the relay has not started")
        lag = await self.background.relay.lag()
        if lag.seconds > _LONGEST_OUTBOX_SECONDS:
            raise NotReady(f"{lag.rows} events wait to be published, the oldest for {lag.seconds:.0f} s")


async def _reason(check: Callable[[], Awaitable[None]]) -> str | None:
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            await check()
    except Problem as problem:
        refused = distrust(problem.__cause__) if problem.__cause__ else None
        return f"the database {refused}" if refused else problem.detail
    except NotReady as error:
        return str(error)
    except asyncpg.PostgresError as error:
        return f"PostgreSQL says: {error.args[0]}"
    except TimeoutError:
        return f"no answer within {_CHECK_SECONDS:.0f} s"
    return None


def admin_app(runtime: Runtime, readiness: Readiness) -> Starlette:
    async def livez(_: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def readyz(_: Request) -> Response:
        reasons = await readiness.reasons()
        return JSONResponse(
            {"status": "not ready" if reasons else "ready", "reasons": reasons}, 503 if reasons else 200
        )

    async def counted(_: Request) -> Response:
        await measure(runtime, readiness.background)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    async def drifted(request: Request) -> Response:
        if request.method == "DELETE":
            runtime.drift.forget()
        return JSONResponse(runtime.drift.table())

    return Starlette(
        routes=[
            Route("/livez", livez),
            Route("/readyz", readyz),
            Route("/metrics", counted),
            Route("/drift", drifted, methods=["GET", "DELETE"]),
            Route("/info", partial(_info, runtime=runtime)),
        ]
    )


async def _info(_: Request, runtime: Runtime) -> Response:
    contract = runtime.contract
    info: dict[str, Any] = {
        "service": runtime.service,
        "version": runtime.version,
        "stage": runtime.stage,
        "contract": {"title": contract.title, "version": contract.version},
    }
    return JSONResponse(info)
