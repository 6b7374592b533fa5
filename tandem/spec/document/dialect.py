"""Schemas of OpenAPI 3.0 in the words of 3.1, so that one validator reads both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_LIMITS = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
# What stands in these is data, whatever its keys look like.
_DATA = frozenset({"example", "examples", "default", "enum", "const", "value"})


def modernised(node: Any) -> Any:
    """A copy with `nullable` and the boolean limits of 3.0 said as 3.1 says them."""
    if isinstance(node, list):
        return [modernised(one) for one in node]
    if not isinstance(node, dict):
        return node
    copy = {
        key: value if key in _DATA and not _names_things(value) else modernised(value) for key, value in node.items()
    }
    _limits(copy)
    return _nullable(copy) if copy.get("nullable") is True else copy


def _names_things(value: Any) -> bool:
    """`examples` of OpenAPI maps names to Example Objects, which may hold references; a property may be called so."""
    return isinstance(value, dict) and all(isinstance(one, dict) for one in value.values())


def _limits(schema: dict[str, Any]) -> None:
    for exclusive, plain in _LIMITS.items():
        if schema.get(exclusive) is True and plain in schema:
            schema[exclusive] = schema.pop(plain)
        elif isinstance(schema.get(exclusive), bool):
            del schema[exclusive]


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    rest = {key: value for key, value in schema.items() if key != "nullable"}
    if isinstance(rest.get("type"), str):
        rest["type"] = [rest["type"], "null"]
        if isinstance(rest.get("enum"), list) and None not in rest["enum"]:
            rest["enum"] = [*rest["enum"], None]
        return rest
    composed: Mapping[str, Any] = {key: rest[key] for key in ("anyOf", "oneOf", "allOf", "$ref") if key in rest}
    return {"anyOf": [rest, {"type": "null"}]} if composed else rest
