"""References inside a document that is being changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tandem.kit.contract.operations import lookup


def follow(data: Mapping[str, Any], value: dict[str, Any]) -> dict[str, Any]:
    """What a reference leads to; anything else is what it is."""
    while "$ref" in value:
        value = lookup(data, value["$ref"])
    return value


def renamed(node: Any, moved: Mapping[str, str]) -> Any:
    """A copy in which references to what has `moved` lead to its new place."""
    if isinstance(node, dict):
        return {key: renamed(value, moved) for key, value in node.items()}
    if isinstance(node, list):
        return [renamed(one, moved) for one in node]
    if isinstance(node, str) and node.startswith("#/components/"):
        found = next((old for old in moved if node == old or node.startswith(f"{old}/")), None)
        return moved[found] + node[len(found) :] if found else node
    return node
