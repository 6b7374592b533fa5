"""A service that keeps the contract of notices, as fast and as often as a test wants it to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.gate.notices import CONTRACT

# With a list, whose pages have a limit, beside what the small contract has.
LISTING = CONTRACT.replace(
    "  /v1/notices/{notice_id}:\n",
    """\
    get:
      operationId: listNotices
      summary: List notices
      tags: [notices]
      security: [{token: ['contact:read']}]
      x-slo: {p95_ms: 100, error_rate: 0.001}
      parameters:
        - {name: limit, in: query, schema: {type: integer, maximum: 50}}
      responses:
        '200':
          description: Notices.
          content:
            application/json:
              schema: {type: object}
  /v1/notices/{notice_id}:
""",
    1,
)
Answer = Callable[[str, dict[str, str]], Awaitable[tuple[int, Any]]]


@dataclass
class Notices:
    """Answers by path; `asked` are the requests so far."""

    answer: Answer | None = None
    asked: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)

    @asynccontextmanager
    async def app(self) -> AsyncIterator[ASGIApp]:
        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            request = Request(scope, receive)
            body = await request.body()
            self.asked.append((request.method, str(request.url.path), dict(request.headers), body))
            status, document = await (self.answer or notices)(request.url.path, dict(request.query_params))
            answer = Response(orjson.dumps(document), status, {"etag": '"7"'}, "application/json")
            await answer(scope, receive, send)

        yield app


async def notices(path: str, query: dict[str, str]) -> tuple[int, Any]:
    items = [{"id": f"not_{number}", "customer_id": f"cus_{number % 2}"} for number in range(1, 9)]
    if path == "/v1/notices":
        return 200, {"items": items[: int(query.get("limit", 2))]}
    found = [item for item in items if path == f"/v1/notices/{item['id']}"]
    return (200, found[0]) if found else (404, {})
