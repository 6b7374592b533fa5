"""What every request has to keep to, where somebody else's contract does not say it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tandem.scaffold.adoption.omissions import named
from tandem.scaffold.adoption.references import follow
from tandem.spec.document import as_list, as_mapping, walk

_INT32 = 2**31 - 1
# As many digits as the kit reads in a query.
_LONG = 10**18 - 1
# What a server reads of an address has an end (RFC 9110, section 4.1, speaks of 8000 bytes for all of it).
_CHARACTERS = 2000


def bound_values(data: dict[str, Any]) -> None:
    """A database has room for so many digits, and an address for so many characters. What pages are counted by is
    multiplied, and has to be smaller."""
    for part in walk("document", data):
        schema = part.value
        if part.kind == "schemas" and as_mapping(schema).get("enum") == []:
            # Nothing would fit it.
            del schema["enum"]
        if part.kind == "parameters" and "$ref" not in as_mapping(schema):
            _bound_parameter(data, schema)
        elif part.kind == "schemas" and _is_integer(schema):
            _bound(schema, [_INT32] if schema.get("format") == "int32" else [_LONG], schema)


def _bound_parameter(data: Mapping[str, Any], parameter: dict[str, Any]) -> None:
    schema = follow(data, parameter.get("schema") or {})
    if _is_integer(schema) and schema.get("format") != "int64":
        parameter["schema"] = dict(schema)
        _bound(parameter["schema"], [_INT32, _LONG], {**parameter, "schema": schema})
    elif schema.get("maxLength", 0) > _CHARACTERS:
        parameter["schema"] = {**schema, "maxLength": _CHARACTERS}


def _is_integer(schema: Any) -> bool:
    type_ = as_mapping(schema).get("type")
    return type_ == "integer" or "integer" in as_list(type_)


def _bound(schema: dict[str, Any], bounds: Iterable[int], told: Any) -> None:
    """By the first that has room for all numbers that its author tells of."""
    most = next((one for one in bounds if all(abs(number) <= one for number in _numbers(told))), None)
    if most is not None and "exclusiveMinimum" not in schema:
        schema.setdefault("minimum", -most)
    if most is not None and "exclusiveMaximum" not in schema:
        schema.setdefault("maximum", most)


def _numbers(node: Any) -> Iterator[int]:
    if isinstance(node, Mapping | list):
        for one in node.values() if isinstance(node, Mapping) else node:
            yield from _numbers(one)
    elif isinstance(node, int):
        yield node


def require_bodies(data: dict[str, Any], operations: Iterable[tuple[str, str, dict[str, Any]]]) -> Iterator[str]:
    """Without a word, a body may be left out (OpenAPI 3.1, Request Body Object), which few authors mean."""
    found = []
    for path, method, operation in operations:
        body = follow(data, operation.get("requestBody") or {})
        schemas = [
            follow(data, as_mapping(media).get("schema") or {}) for media in as_mapping(body.get("content")).values()
        ]
        if schemas and "required" not in body and any(_needs_fields(data, one) for one in schemas):
            body["required"] = True
            found.append(f"{method.upper()} {path}")
    if found:
        yield f"They have fields that have to be there, so that a body has to be sent now: {named(found)}."


def _needs_fields(data: Mapping[str, Any], schema: Mapping[str, Any]) -> bool:
    parts = (follow(data, one) for one in as_list(schema.get("allOf")))
    return bool(schema.get("required")) or any(_needs_fields(data, one) for one in parts)
