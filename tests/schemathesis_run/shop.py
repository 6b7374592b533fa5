"""A small API that breaks its contract in the ways Schemathesis is here to notice, and in one operation keeps to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

TOKENS = {name: f"token-of-{name}" for name in ("support", "service", "customer", "neighbour")}
# What is wrong with each operation, by the code under which it is to be reported.
DEFECTS = {
    ("GET /v1/crash", "ST101"),
    ("GET /v1/teapot", "ST103"),
    ("GET /v1/text", "ST105"),
    ("GET /v1/untagged", "ST107"),
    ("GET /v1/incomplete", "ST108"),
    ("POST /v1/gullible", "ST201"),
    ("POST /v1/picky", "ST202"),
    ("POST /v1/keyless", "ST203"),
    ("GET /v1/open", "ST401"),
}
_NOTES = {"customer": "note-of-the-first", "neighbour": "note-of-the-second"}
_ORDER = {
    "type": "object",
    "required": ["count"],
    "additionalProperties": False,
    "properties": {"count": {"type": "integer"}},
}
_NOTE = {
    "type": "object",
    "required": ["id", "text"],
    "properties": {"id": {"type": "string"}, "text": {"type": "string"}},
}
_PROBLEM = {"type": "object", "required": ["type"], "properties": {"type": {"type": "string"}}}
_KEY = {"name": "Idempotency-Key", "in": "header", "required": True, "schema": {"type": "string", "minLength": 8}}


@asynccontextmanager
async def shop() -> AsyncIterator[ASGIApp]:
    yield Starlette(
        routes=[
            Route("/openapi.json", _openapi),
            Route("/v1/notes", _notes),
            Route("/v1/notes/{note_id}", _note),
            *(
                Route(operation.partition(" ")[2], _order, methods=[operation.partition(" ")[0]])
                for operation in _ORDERS
            ),
        ]
    )


def _operation(*parameters: dict[str, Any], schema: dict[str, Any] = _ORDER, **more: Any) -> dict[str, Any]:
    answer = {"description": "Done", "content": {"application/json": {"schema": schema}}, **more.pop("answer", {})}
    refusal = {"description": "Refused", "content": {"application/problem+json": {"schema": _PROBLEM}}}
    refusals = dict.fromkeys(("400", "401", "403", "404", "405", "422"), refusal)
    return {"parameters": list(parameters), "responses": {"200": answer, **refusals}, **more}


_BODY = {"required": True, "content": {"application/json": {"schema": _ORDER}}}
_TAG = {"headers": {"ETag": {"required": True, "schema": {"type": "string"}}}}
_ORDERS = {
    "GET /v1/crash": _operation(),
    "GET /v1/teapot": _operation(),
    "GET /v1/text": _operation(),
    "GET /v1/untagged": _operation(answer=_TAG),
    "GET /v1/incomplete": _operation(),
    "POST /v1/gullible": _operation(requestBody=_BODY),
    "POST /v1/picky": _operation(requestBody=_BODY),
    "POST /v1/keyless": _operation(_KEY, requestBody=_BODY),
    "GET /v1/open": _operation(),
    "GET /v1/sound": _operation(answer=_TAG),
}


async def _openapi(_: Request) -> Response:
    paths: dict[str, dict[str, Any]] = {}
    for name, operation in _ORDERS.items():
        method, path = name.split()
        paths[path] = {method.lower(): operation}
    listed = {"type": "object", "required": ["items"], "properties": {"items": {"type": "array", "items": _NOTE}}}
    note_id = {"name": "note_id", "in": "path", "required": True, "schema": {"type": "string"}}
    paths["/v1/notes"] = {"get": _operation(schema=listed)}
    paths["/v1/notes/{note_id}"] = {"get": _operation(note_id, schema=_NOTE)}
    scheme = {"type": "http", "scheme": "bearer"}
    document = {"openapi": "3.1.0", "info": {"title": "Shop", "version": "1.0.0"}, "paths": paths}
    return JSONResponse({**document, "security": [{"token": []}], "components": {"securitySchemes": {"token": scheme}}})


def _caller(request: Request) -> str | None:
    sent = request.headers.get("authorization", "")
    return next((name for name, token in TOKENS.items() if sent == f"Bearer {token}"), None)


def _refused(status: int) -> Response:
    return JSONResponse({"type": "/problems/invalid-request"}, status, media_type="application/problem+json")


async def _order(request: Request) -> Response:
    """One for all: what each does wrong is in its name."""
    what = request.url.path.removeprefix("/v1/")
    if _caller(request) is None and what != "open":
        return _refused(401)
    if request.method == "POST" and what != "gullible" and not await _is_an_order(request):
        return _refused(422)
    wrong = {
        "crash": PlainTextResponse("broken", 500),
        "teapot": JSONResponse({"count": 1}, 418),
        "text": PlainTextResponse("1"),
        "incomplete": JSONResponse({}),
        "picky": _refused(422),
        "sound": JSONResponse({"count": 1}, headers={"etag": '"1"'}),
    }
    return wrong.get(what, JSONResponse({"count": 1}))


async def _is_an_order(request: Request) -> bool:
    try:
        body = await request.json()
    except ValueError:
        return False
    # JSON Schema calls 1.0 an integer, and true not one.
    is_whole = (
        isinstance(body, dict)
        and not isinstance(body.get("count"), bool)
        and float(body.get("count", 0.5)).is_integer()
    )
    return is_whole and list(body) == ["count"]


async def _notes(request: Request) -> Response:
    caller = _caller(request)
    if caller is None:
        return _refused(401)
    own = [note for name, note in _NOTES.items() if name == caller]
    return JSONResponse({"items": [{"id": note, "text": "secret"} for note in own]})


async def _note(request: Request) -> Response:
    """Never asks whose note it is."""
    if _caller(request) is None:
        return _refused(401)
    if request.path_params["note_id"] not in _NOTES.values():
        return _refused(404)
    return JSONResponse({"id": request.path_params["note_id"], "text": "secret"})
