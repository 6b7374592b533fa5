"""Which values may not be written down: the properties the contract marks `x-sensitive`, and tokens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tandem.kit.contract.operations import lookup

MASK = "***"
_ALWAYS = frozenset({"authorization", "token", "password", "secret", "cookie"})


def sensitive_names(document: Any) -> frozenset[str]:
    """The names of all properties and parameters marked `x-sensitive: true` in a contract, also behind a `$ref`."""
    return _ALWAYS | frozenset(_marked(document, document))


def _marked(document: Any, node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _marked(document, item)
    elif isinstance(node, dict):
        if "in" in node and "name" in node and _is_marked(document, node):
            yield node["name"]
        for name, schema in (node.get("properties") or {}).items() if isinstance(node.get("properties"), dict) else ():
            if _is_marked(document, schema):
                yield name
        for value in node.values():
            yield from _marked(document, value)


def _is_marked(document: Any, node: Any, inside: frozenset[str] = frozenset()) -> bool:
    if not isinstance(node, dict):
        return False
    if node.get("x-sensitive") is True:
        return True
    reference = node.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/") and reference not in inside:
        return _is_marked(document, lookup(document, reference), inside | {reference})
    return any(_is_marked(document, part, inside) for part in (node.get("schema"), *node.get("anyOf", ())))


def masked(value: Any, names: frozenset[str]) -> Any:
    """A copy in which every value under a sensitive name is hidden."""
    if isinstance(value, dict):
        return {key: MASK if key in names else masked(item, names) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [masked(item, names) for item in value]
    return value
