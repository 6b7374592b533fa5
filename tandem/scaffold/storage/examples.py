"""Values that a contract would take: its own examples, or what its schemas describe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tandem.kit.contract import Contract, Operation
from tandem.mock.operations import Document
from tandem.mock.values import sample
from tandem.scaffold.storage.shapes import Kind
from tandem.scaffold.storage.things import Thing

_KINDS = ("support", "service", "customer")
NOBODY_YET = "01k9zc6n0000000000000000zz"


def body_example(contract: Contract, operation: Operation, which: int = 0) -> dict[str, Any]:
    """`which` counts the examples, the last is -1."""
    definition = contract.document["paths"][operation.path][operation.method.lower()]
    media = contract.resolve(definition["requestBody"])["content"]["application/json"]
    named = [contract.resolve(one) for one in (media.get("examples") or {}).values()]
    values = [one["value"] for one in named if "value" in one]
    found = values[which] if values else media.get("example")
    if found is None:
        found = sample(Document("", "", contract.document, contract), media["schema"])
    return dict(found) if isinstance(found, Mapping) else {}


def caller_of(contract: Contract, operation: Operation) -> str | None:
    """The kind of caller that may; None where nobody does."""
    if not operation.scopes:
        return _KINDS[0]
    return next((kind for kind in _KINDS if may(contract, operation, kind)), None)


def may(contract: Contract, operation: Operation, kind: str) -> bool:
    """Whether every scope that it needs is one of that kind of caller."""
    schemes = (contract.document.get("components") or {}).get("securitySchemes") or {}
    callers = [scheme["x-callers"] for scheme in schemes.values() if isinstance(scheme.get("x-callers"), Mapping)]
    granted = frozenset(scope for one in callers for scope in one.get(kind) or ())
    return operation.scopes is not None and operation.scopes <= granted


def missing_id(thing: Thing, prefix: str) -> str:
    schema = thing.key.field.schema if thing.key.field else {}
    if thing.key.kind is not Kind.TEXT:
        return "999999999"
    return "00000000-0000-4000-8000-000000000000" if schema.get("format") == "uuid" else f"{prefix}_{NOBODY_YET}"
