"""Which values may not be written down: the properties the contract marks `x-sensitive`, and tokens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

MASK = "***"
_ALWAYS = frozenset({"authorization", "token", "password", "secret", "cookie"})


def sensitive_names(document: Any) -> frozenset[str]:
    """The names of all properties and parameters marked `x-sensitive: true` in a contract."""
    return _ALWAYS | frozenset(_marked(document))


def _marked(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _marked(item)
    elif isinstance(node, dict):
        if "in" in node and "name" in node and _is_marked(node):
            yield node["name"]
        for name, schema in (node.get("properties") or {}).items() if isinstance(node.get("properties"), dict) else ():
            if _is_marked(schema):
                yield name
        for value in node.values():
            yield from _marked(value)


def _is_marked(node: Any) -> bool:
    return isinstance(node, dict) and (node.get("x-sensitive") is True or _is_marked(node.get("schema")))


def masked(value: Any, names: frozenset[str]) -> Any:
    """A copy in which every value under a sensitive name is hidden."""
    if isinstance(value, dict):
        return {key: MASK if key in names else masked(item, names) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [masked(item, names) for item in value]
    return value
