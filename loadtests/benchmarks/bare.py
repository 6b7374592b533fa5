"""The least that could answer the list of transactions: ASGI, asyncpg, the service's own query, rows to JSON."""

from __future__ import annotations

import contextlib
import os
from typing import Any

import asyncpg
import orjson

from services.transaction.errors import AccountNotFound
from services.transaction.repository import Transactions
from services.transaction.rules import Filters

_state: dict[str, Any] = {}


class _Recorder:
    """Catches the statement that the repository runs, so that both sides run the very same."""

    async def fetch(self, query: str, *args: Any) -> list[Any]:
        _state["statement"] = (query, args)
        return []


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    query, args = _state["statement"]
    async with _state["pool"].acquire() as connection:
        rows = await connection.fetch(query, *args)
    body = orjson.dumps([dict(row) for row in rows], default=str)
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _lifespan(receive: Any, send: Any) -> None:
    await receive()
    _state["pool"] = await asyncpg.create_pool(os.environ["BENCHMARK_DATABASE_URL"], min_size=2, max_size=16)
    no_filters = Filters(None, None, None, None, None, None, None)
    # No rows mean no such account to the repository; by then the statement is caught.
    with contextlib.suppress(AccountNotFound):
        await Transactions(_Recorder()).page(os.environ["BENCHMARK_ACCOUNT"], no_filters, None, 21)  # type: ignore[arg-type]
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await _state["pool"].close()
    await send({"type": "lifespan.shutdown.complete"})
