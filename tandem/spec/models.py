"""Which schemas of a contract become models, and what the class of each is called."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tandem.kit.contract import Contract, Operation

# Problems are the kit's.
NOT_OURS = ("Problem", "ProblemError")
_CLASS = re.compile(r"[A-Z][A-Za-z0-9]*")
_WORDS = re.compile(r"[^A-Za-z0-9]+")
_PREFIX = "#/components/schemas/"


def class_names(contract: Contract) -> dict[str, str]:
    """By the name of the component. Names that others chose become ones that a class may have."""
    names: dict[str, str] = {}
    for name in _components(contract):
        wanted = name if _CLASS.fullmatch(name) else _as_class(name)
        while wanted in names.values():
            wanted += "2"
        names[name] = wanted
    return names


def contract_schemas(contract: Contract) -> dict[str, Any]:
    """What becomes a model, by the name of its class: components, and what an operation describes in its own place."""
    names = class_names(contract)
    found = {names[name]: schema for name, schema in _components(contract).items() if name not in NOT_OURS}
    for operation in contract.operations:
        for suffix, schema in inline(operation):
            found.setdefault(own_class(operation, suffix), schema)
    renamed = {name: other for name, other in names.items() if name != other}
    return _renamed(found, renamed) if renamed else found


def own_class(operation: Operation, suffix: str) -> str:
    return f"{_as_class(operation.id)}{suffix}"


def inline(operation: Operation) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The body and the answer of an operation that have no name in the contract, each with what its name ends in."""
    if operation.body is not None and "$ref" not in operation.body:
        yield "Body", operation.body
    answer = next((schema for name, schema in operation.success.content.items() if "json" in name), None)
    if answer and "$ref" not in answer:
        yield "Answer", answer


def _components(contract: Contract) -> dict[str, Any]:
    schemas: dict[str, Any] = (contract.document.get("components") or {}).get("schemas") or {}
    return schemas


def _as_class(name: str) -> str:
    joined = "".join(word[:1].upper() + word[1:] for word in _WORDS.split(name) if word)
    return joined if joined[:1].isalpha() else f"N{joined}"


def _renamed(node: Any, names: Mapping[str, str]) -> Any:
    if isinstance(node, list):
        return [_renamed(item, names) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _lead(value, names) if key == "$ref" and isinstance(value, str) else _renamed(value, names)
        for key, value in node.items()
    }


def _lead(reference: str, names: Mapping[str, str]) -> str:
    name = reference.removeprefix(_PREFIX)
    return f"{_PREFIX}{names[name]}" if name in names else reference
