"""A document as large as the largest public ones, made here so that the figure can be measured anywhere.

Its figures follow Stripe's of 2025: 4 MB, 400 operations, over a thousand schemas, most of them referred to by others.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

RESOURCES = 100
_SCHEMAS_EACH = 10
_MEMBERS = 25


def write(path: Path, members: int = _MEMBERS) -> Path:
    """The document at `path`. One more member to each schema makes a revision of it."""
    path.write_bytes(orjson.dumps(_document(members)))
    return path


def _document(members: int) -> dict[str, Any]:
    names = range(RESOURCES)
    return {
        "openapi": "3.0.3",
        "info": {"title": "A large document", "version": "1.0.0"},
        "paths": {path: item for number in names for path, item in _paths(number).items()},
        "components": {"schemas": {name: one for number in names for name, one in _schemas(number, members).items()}},
    }


def _paths(number: int) -> dict[str, Any]:
    whole = {"$ref": f"#/components/schemas/thing_{number}_0"}
    listed = {"type": "object", "required": ["data"], "properties": {"data": {"type": "array", "items": whole}}}
    one = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "maxLength": 40}}
    return {
        f"/v1/things_{number}": {
            "get": {"operationId": f"listThings{number}", "responses": _answer(listed)},
            "post": {"operationId": f"createThing{number}", "requestBody": _body(whole), "responses": _answer(whole)},
        },
        f"/v1/things_{number}/{{id}}": {
            "parameters": [one],
            "get": {"operationId": f"getThing{number}", "responses": _answer(whole)},
            "post": {"operationId": f"updateThing{number}", "requestBody": _body(whole), "responses": _answer(whole)},
        },
    }


def _answer(schema: dict[str, Any]) -> dict[str, Any]:
    return {"200": {"description": "As asked.", **_body(schema)}}


def _body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def _schemas(number: int, members: int) -> dict[str, Any]:
    return {f"thing_{number}_{depth}": _schema(number, depth, members) for depth in range(_SCHEMAS_EACH)}


def _schema(number: int, depth: int, members: int) -> dict[str, Any]:
    """Each refers to the next of its resource, and the last to another resource, so that following them comes round."""
    last = depth == _SCHEMAS_EACH - 1
    following = f"thing_{(number + 1) % RESOURCES}_0" if last else f"thing_{number}_{depth + 1}"
    plain = {f"member_{index}": _member(index) for index in range(members)}
    linked = {"anyOf": [{"type": "string"}, {"$ref": f"#/components/schemas/{following}"}], "nullable": True}
    return {
        "type": "object",
        "description": f"What resource {number} says of itself at depth {depth}, in words that take some room.",
        "required": ["member_0", "member_1"],
        "properties": {**plain, "following": linked},
    }


def _member(index: int) -> dict[str, Any]:
    described = f"Member {index}, told in the length that descriptions have in documents of this size."
    kinds: tuple[dict[str, Any], ...] = (
        {"type": "string", "maxLength": 5000},
        {"type": "integer", "minimum": 0},
        {"type": "string", "enum": ["active", "canceled", "past_due", "unpaid"]},
        {"type": "boolean"},
        {"type": "object", "additionalProperties": {"type": "string", "maxLength": 500}},
    )
    return {"description": described, **kinds[index % len(kinds)]}
