"""A small API with one operation per fault that Schemathesis is here to notice, and one that keeps to its contract.

Another fault is another entry of FAULTS: what its operation promises, and how it answers instead.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

TOKENS = {name: f"token-of-{name}" for name in ("support", "service", "customer", "neighbour")}
_COUNT = {
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
_LIMIT = {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 100}}
_KEY = {"name": "Idempotency-Key", "in": "header", "required": True, "schema": {"type": "string", "minLength": 8}}
_ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1, "maxLength": 40}}
_BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": _COUNT}}}}
_TAG = {"headers": {"ETag": {"required": True, "schema": {"type": "string"}}}}
_ONE = {"count": 1}


@dataclass(frozen=True)
class Fault:
    """`answers` is asked once a caller was let in and the body was looked at; `says` are words of the finding."""

    name: str
    operation: str
    says: str
    answers: Callable[[Request], Response]
    promises: dict[str, Any] = field(default_factory=dict)
    asks_who: bool = True
    reads_body: bool = True


def _refused(status: int, **more: str) -> Response:
    return JSONResponse({"type": "/problems/invalid-request", **more}, status, media_type="application/problem+json")


def _well(_: Request) -> Response:
    return JSONResponse(_ONE)


def _limited(request: Request) -> int | None:
    limit = request.query_params.get("limit", "1")
    return int(limit) if limit.isascii() and limit.isdigit() and 1 <= int(limit) <= 100 else None


def _breaks_at_the_edge(request: Request) -> Response:
    limit = _limited(request)
    if limit is None:
        return _refused(422)
    return PlainTextResponse("broken", 500) if limit == 100 else JSONResponse(_ONE)


def _shows_sql(request: Request) -> Response:
    said = 'asyncpg.UndefinedTableError: relation "counts" does not exist'
    return JSONResponse(_ONE) if _limited(request) else _refused(422, detail=said)


FAULTS = (
    Fault("a 500 on an edge case", "GET /v1/edge", "answers 500: the server broke", _breaks_at_the_edge,
        {"parameters": [_LIMIT]}),
    Fault("an undocumented status", "GET /v1/teapot", "answers 418, which its contract does not list",
        lambda _: JSONResponse(_ONE, 418)),
    Fault("a wrong content type", "GET /v1/text", "a content type that its contract does not list (text/plain",
        lambda _: PlainTextResponse("1")),
    Fault("a missing required header", "GET /v1/untagged", "leaves out a header that its contract requires (ETag)",
        _well, {"answer": _TAG}),
    Fault("a missing required field", "GET /v1/incomplete", "not allow: \"count\" is a required property",
        lambda _: JSONResponse({})),
    Fault("a wrong type", "GET /v1/mistyped", "not allow: \"1\" is not of type \"integer\"",
        lambda _: JSONResponse({"count": "1"})),
    Fault("something that is not JSON", "GET /v1/broken", "answers with something that is not JSON",
        lambda _: Response("{", media_type="application/json")),
    Fault("an undocumented header", "GET /v1/chatty", "headers that the contract does not list: ['x-worker']",
        lambda _: JSONResponse(_ONE, headers={"x-worker": "7"})),
    Fault("an accepted invalid request", "POST /v1/gullible", "takes data that its contract forbids",
        _well, _BODY, reads_body=False),
    Fault("a refused valid request", "POST /v1/picky", "refuses data that its contract allows, with 422",
        lambda _: _refused(422), _BODY),
    Fault("an ignored idempotency key", "POST /v1/keyless", "does not miss a header that its contract requires",
        _well, {"parameters": [_KEY], **_BODY}),
    Fault("an ignored auth", "GET /v1/open", "answers who is not allowed in", _well, asks_who=False),
    Fault("a leaking error", "GET /v1/leak", "its 422 answer shows the inside of the service: 'asyncpg'", _shows_sql,
        {"parameters": [_LIMIT]}),
)  # fmt: skip
SOUND = Fault(
    "none", "GET /v1/sound", "", lambda _: JSONResponse(_ONE, headers={"etag": '"1"'}), {"answer": _TAG}
)  # fmt: skip


def operation(*, schema: dict[str, Any] = _COUNT, answer: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    answered = {"description": "Done", "content": {"application/json": {"schema": schema}}, **(answer or {})}
    refusal = {"description": "Refused", "content": {"application/problem+json": {"schema": _PROBLEM}}}
    refusals = dict.fromkeys(("400", "401", "403", "404", "405", "422"), refusal)
    return {"responses": {"200": answered, **refusals}, **more}


def contract(*faults: Fault, owned: bool = False, kept: bool = False) -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    for one in faults:
        method, path = one.operation.split()
        paths.setdefault(path, {})[method.lower()] = operation(**one.promises)
    if owned:
        listed = {"type": "object", "required": ["items"], "properties": {"items": {"type": "array", "items": _NOTE}}}
        paths["/v1/notes"] = {"get": operation(schema=listed)}
        paths["/v1/notes/{id}"] = {"get": operation(parameters=[_ID], schema=_NOTE)}
    if kept:
        paths |= _drafts()
    for path, methods in paths.items():
        for method, one in methods.items():
            one["operationId"] = f"{method}{''.join(part.strip('{}').title() for part in path.split('/'))}"
    scheme = {"type": "http", "scheme": "bearer"}
    document = {"openapi": "3.1.0", "info": {"title": "Shop", "version": "1.0.0"}, "paths": paths}
    return {**document, "security": [{"token": []}], "components": {"securitySchemes": {"token": scheme}}}


def _drafts() -> dict[str, dict[str, Any]]:
    """What is made, read and deleted, with the links that make a sequence of it."""
    links = {name: {"operationId": f"{name}V1DraftsId", "parameters": {"id": "$response.body#/id"}}
        for name in ("get", "delete")}  # fmt: skip
    made = operation(schema=_NOTE, **_BODY)
    made["responses"]["201"] = {**made["responses"].pop("200"), "links": links}
    gone = operation(parameters=[_ID])
    again = {"get": {"operationId": "getV1DraftsId", "parameters": {"id": "$request.path.id"}}}
    gone["responses"]["204"] = {"description": "Gone", "links": again}
    del gone["responses"]["200"]
    read = operation(parameters=[_ID], schema=_NOTE)
    return {"/v1/drafts": {"post": made}, "/v1/drafts/{id}": {"get": read, "delete": gone}}


@asynccontextmanager
async def shop(*faults: Fault, owned: bool = False, kept: bool = False) -> AsyncIterator[ASGIApp]:
    document = contract(*faults, owned=owned, kept=kept)
    yield Starlette(
        routes=[
            Route("/openapi.json", lambda _: JSONResponse(document)),
            *(_route(one) for one in faults),
            Route("/v1/notes", _notes),
            Route("/v1/notes/{id}", _note),
            *_draft_routes(),
        ]
    )


def _route(fault: Fault) -> Route:
    method, path = fault.operation.split()

    async def answer(request: Request) -> Response:
        if fault.asks_who and _caller(request) is None:
            return _refused(401)
        if method == "POST" and fault.reads_body and not await _is_a_count(request):
            return _refused(422)
        return fault.answers(request)

    return Route(path, answer, methods=[method])


def _caller(request: Request) -> str | None:
    sent = request.headers.get("authorization", "")
    return next((name for name, token in TOKENS.items() if sent == f"Bearer {token}"), None)


async def _is_a_count(request: Request) -> bool:
    try:
        body = await request.json()
    except ValueError:
        return False
    # JSON Schema calls 1.0 an integer, and true not one.
    is_whole = (
        isinstance(body, dict)
        and not isinstance(body.get("count"), bool)
        and isinstance(body.get("count"), int | float)
        and float(body["count"]).is_integer()
    )
    return is_whole and list(body) == ["count"]


_NOTES = {"customer": "note-of-the-first", "neighbour": "note-of-the-second"}


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
    if request.path_params["id"] not in _NOTES.values():
        return _refused(404)
    return JSONResponse({"id": request.path_params["id"], "text": "secret"})


def _draft_routes() -> list[Route]:
    """A draft that was deleted is still shown, to the one who made it."""
    made: dict[str, str] = {}

    async def make(request: Request) -> Response:
        caller = _caller(request)
        if caller is None:
            return _refused(401)
        if not await _is_a_count(request):
            return _refused(422)
        id_ = f"draft-{len(made)}"
        made[id_] = caller
        return JSONResponse({"id": id_, "text": "new"}, 201)

    async def one(request: Request) -> Response:
        caller = _caller(request)
        if caller is None:
            return _refused(401)
        if made.get(request.path_params["id"]) != caller:
            return _refused(404)
        if request.method == "DELETE":
            return Response(status_code=204)
        return JSONResponse({"id": request.path_params["id"], "text": "new"})

    return [Route("/v1/drafts", make, methods=["POST"]), Route("/v1/drafts/{id}", one, methods=["GET", "DELETE"])]
