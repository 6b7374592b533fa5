"""Requests held against the contract: by the kit for contracts its services are built from, by Prism for all others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson

from tandem.kit.contract.validation import invalid
from tandem.kit.problems import Complaint, MalformedRequest, Unauthorized, UnsupportedMediaType
from tandem.mock.engine import AnyEngine, Request, Want
from tandem.mock.exchange import JSON, Ask
from tandem.mock.operations import Operation

_MOST_QUERY_FIELDS = 200
_LOCATIONS = frozenset({"body", "path", "query", "header"})


def check_token(ask: Ask, operation: Operation) -> None:
    """Whether there is one; whose it is and what it allows, the mock does not ask."""
    if operation.is_protected and not any(name in ask.headers for name in ("authorization", "x-api-key", "cookie")):
        raise Unauthorized("Send a token in the Authorization header: `Authorization: Bearer …`. The mock takes any.")


async def read_request(ask: Ask, operation: Operation, engine: AnyEngine) -> tuple[Mapping[str, Any], Any]:
    """The query parameters and the body; raises the Problem that a real service would answer with."""
    check = operation.check
    if check is None:
        return await _by_engine(ask, operation, engine)
    values = check.parameters(ask.path_parameters, ask.query, ask.headers)
    query = {name: value for name, value in values.items() if name in operation.query_names}
    if operation.method in ("GET", "HEAD"):
        return query, None
    if ask.body and operation.has_body and _kind(ask) != JSON:
        raise UnsupportedMediaType("Send the body as application/json.")
    return query, check.body(ask.body)


async def _by_engine(ask: Ask, operation: Operation, engine: AnyEngine) -> tuple[Mapping[str, Any], Any]:
    query, body = _query(ask.query), _body(ask)
    if operation.parameters or operation.has_body:
        # Prism reads a form itself; JSON it wants as what it means.
        shown = body if "json" in _kind(ask) else (ask.body.decode("utf-8", errors="replace") or None)
        request = Request(ask.path_parameters, query, ask.headers, shown)
        answer = await engine.answer(operation, Want(validate=True), request)
        _refuse(answer.wrong, operation)
    return {name: one if isinstance(one, str) else one[-1] for name, one in query.items()}, body


def _refuse(wrong: Any, operation: Operation) -> None:
    complaints = []
    for one in wrong:
        path = [str(part) for part in one.get("path") or one.get("location") or []]
        if one.get("code") == 415:
            raise UnsupportedMediaType(f"{operation.id} does not take a body of this kind: {one.get('message')}.")
        location = path[0] if path and path[0] in _LOCATIONS else "body"
        pointer = "/".join(path[1:])
        complaints.append(
            Complaint(location, f"/{pointer}" if location == "body" else pointer, str(one.get("message")))
        )
    if complaints:
        raise invalid(complaints)


def _query(raw: bytes) -> dict[str, str | list[str]]:
    found: dict[str, str | list[str]] = {}
    try:
        pairs = parse_qsl(
            raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_QUERY_FIELDS
        )
    except ValueError as error:
        raise MalformedRequest(
            "The query string cannot be read: it is not percent-encoded UTF-8 or too long."
        ) from error
    for name, value in pairs:
        before = found.get(name)
        found[name] = value if before is None else [*([before] if isinstance(before, str) else before), value]
    return found


def _body(ask: Ask) -> Any:
    if not ask.body:
        return None
    kind = _kind(ask)
    if "json" in kind:
        try:
            return orjson.loads(ask.body)
        except orjson.JSONDecodeError as error:
            raise MalformedRequest(f"The body is not JSON: {error}.") from error
    if kind == "application/x-www-form-urlencoded":
        return dict(parse_qsl(ask.body.decode("utf-8", errors="replace"), keep_blank_values=True, max_num_fields=1000))
    return None


def _kind(ask: Ask) -> str:
    return ask.headers.get("content-type", "").partition(";")[0].strip().lower()
