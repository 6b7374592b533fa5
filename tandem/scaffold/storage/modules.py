"""A module of a service: its imports, found from the names it uses, and the looks that ruff gives it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from tandem.scaffold.storage.inventory import Inventory
from tandem.spec.generate import formatted

_KIT = {
    "Call": "tandem.kit.call",
    "Connection": "tandem.kit.database",
    "Record": "tandem.kit.database",
    "NotBuilt": "tandem.kit.problems",
    "NotFound": "tandem.kit.problems",
    "Conflict": "tandem.kit.problems",
    "Unprocessable": "tandem.kit.problems",
    "datetime": "datetime",
    "uuid4": "uuid",
    "Any": "typing",
    "ForeignKeyViolationError": "asyncpg",
}


def module(service: str, kind: str, body: str, inventory: Inventory, about: str = "") -> str:
    """`kind` is the file of the service that this becomes."""
    head = f'"""{about}"""\n\n' if about else ""
    return formatted(head + "".join(_imports(service, kind, body, inventory)) + "\n\n" + body)


def _imports(service: str, kind: str, body: str, inventory: Inventory) -> Iterator[str]:
    used = _names(body)
    if not service:
        return
    for name in sorted(used & _KIT.keys()):
        yield f"from {_KIT[name]} import {name}\n"
    if "json" in used:
        yield "import json\n"
    for name in sorted(used & inventory.models.by_name.keys()):
        yield f"from services.{service}.models import {name}\n"
    for name, place in _own(kind, used, inventory):
        yield f"from services.{service}.{place} import {name}\n"


def _own(kind: str, used: set[str], inventory: Inventory) -> Iterator[tuple[str, str]]:
    things = inventory.things.values()
    repositories = {thing.repository for thing in things}
    known: Mapping[str, str] = {"Peers": "peers", **dict.fromkeys(repositories, "repository")}
    for name in sorted(used):
        if name in known and known[name] != kind:
            yield name, known[name]
        elif kind != "errors" and _is_error(name, {thing.missing for thing in things}):
            yield name, "errors"
        elif kind == "handlers" and name.startswith("check_"):
            yield name, "rules"


def _is_error(name: str, missing: set[str]) -> bool:
    stems = tuple(one.removesuffix("NotFound") for one in missing)
    if name in missing or name in {"CustomerNotFound", "NothingSent"}:
        return True
    return any(re.fullmatch(rf"{stem}(InUse|Exists|(Not|Is|Cannot)[A-Z]\w*)", name) for stem in stems)


def _names(body: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(body)) if isinstance(node, ast.Name)}
