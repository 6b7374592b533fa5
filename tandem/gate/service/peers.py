"""Every other service at one address, answering as the stories say."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from tandem.gate.service.stories import Stories


@asynccontextmanager
async def peers(stories: Stories, consumed: Mapping[str, tuple[str, ...]]) -> AsyncIterator[ASGIApp]:
    """`consumed` are the operations that the service may ask, by peer."""
    routes: list[BaseRoute] = [
        _route(stories, peer, operation_id)
        for peer, operation_ids in consumed.items()
        for operation_id in operation_ids
    ]
    yield Starlette(routes=routes)


def _route(stories: Stories, peer: str, operation_id: str) -> Route:
    operation = stories.contract(peer).operation(operation_id)

    async def answer(request: Request) -> JSONResponse:
        told = stories.answer(peer, operation_id, str(request.url))
        return JSONResponse(told.document, told.status)

    return Route(operation.path, answer, methods=[operation.method])
