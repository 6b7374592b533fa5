"""Somebody else's contract in the words that a service here needs; what it asks and answers stays what it was."""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, count
from typing import Any

from tandem.draft.names import camel, pascal
from tandem.kit.contract import ContractError
from tandem.kit.contract.operations import METHODS
from tandem.kit.contract.source import escape
from tandem.scaffold.adoption.bounds import bound_values, require_bodies
from tandem.scaffold.adoption.omissions import leave_out, leave_out_locations
from tandem.scaffold.adoption.problems import NAMES, add_problems
from tandem.scaffold.adoption.references import renamed
from tandem.scaffold.adoption.tokens import put_token
from tandem.spec.document import Document, as_mapping
from tandem.spec.document.dialect import modernised

# What alarms and the load gate hold a service to until somebody knows better.
_SLO = {"p95_ms": 500, "error_rate": 0.01}
_CLASS = re.compile(r"([1-5])XX", re.IGNORECASE)


@dataclass(frozen=True)
class Adopted:
    """`origin` is the name of its file; `notes` are sentences about what its author would miss."""

    origin: str
    data: dict[str, Any]
    notes: tuple[str, ...]

    def operations(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        return _operations(self.data)


def adopted(document: Document, service: str, known: Collection[str]) -> Adopted:
    """OpenAPI 3.1 in one file. Each operation gets an operationId, a promise, statuses in numbers, the token and the
    problems of this platform. One of the `known` operationIds of others gets the name of the service in front."""
    data = copy.deepcopy(document.data)
    notes = leave_out(document, data)
    data = modernised(data)
    data |= {"openapi": "3.1.0", "servers": [{"url": "/"}]}
    data = _with_own_components(data, service)
    notes += [*put_token(data, _operations(data)), *require_bodies(data, _operations(data))]
    bound_values(data)
    names: dict[Any, str] = {}
    for path, method, operation in _operations(data):
        given = operation.get("operationId") or f"{method} {path}"
        operation["operationId"] = names[given] = _name(given, service, {*known, *names.values()})
        operation.setdefault("x-slo", dict(_SLO))
        operation["responses"] = _responses(operation.get("responses"))
        if not any(status.startswith("2") for status in operation["responses"]):
            at = document.place(f"/paths/{escape(path)}/{method}")
            raise ContractError(at.path, at.line, f"{method.upper()} {path} says of no answer that it is a success")
        add_problems(data, path, method, operation)
    notes += leave_out_locations(data, _operations(data))
    _rename_links(data, names)
    return Adopted(document.path.name, data, tuple(notes))


def _with_own_components(data: dict[str, Any], service: str) -> dict[str, Any]:
    """Those that are called as ours are get the name of the service in front."""
    components = as_mapping(data.get("components"))
    moved = {
        f"#/components/{kind}/{name}": f"#/components/{kind}/{pascal(service)}{name}"
        for kind, names in NAMES.items()
        for name in names & as_mapping(components.get(kind)).keys()
    }
    if not moved:
        return data
    for old, new in moved.items():
        kind, name = old.split("/")[2:]
        named = components[kind]
        named[new.rpartition("/")[2]] = named.pop(name)
    found: dict[str, Any] = renamed(data, moved)
    return found


def _rename_links(node: Any, names: Mapping[Any, str]) -> None:
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _rename_links(value, names)
    links = node.get("links") if isinstance(node, dict) else None
    for link in links.values() if isinstance(links, dict) else ():
        if isinstance(link, dict) and link.get("operationId") in names:
            link["operationId"] = names[link["operationId"]]


def _operations(data: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in (data.get("paths") or {}).items():
        for method in METHODS:
            if isinstance(item.get(method), dict):
                yield path, method, item[method]


def _name(given: Any, service: str, taken: Collection[str]) -> str:
    """Handlers are called by it, so it has to be a name in Python."""
    is_name = isinstance(given, str) and given.isascii() and given.isidentifier() and not given.startswith("_")
    name = given if is_name else camel(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", str(given)))
    candidates = (name, camel(f"{service} {re.sub(r'(?<=[a-z])(?=[A-Z])', ' ', name)}"))
    return next(one for one in chain(candidates, map(f"{name}{{}}".format, count(2))) if one not in taken)


def _responses(given: Any) -> dict[str, Any]:
    """`default` and `4XX` promise nothing that a service could be held to."""
    found: dict[str, Any] = {}
    for status, answer in (given or {}).items():
        family = _CLASS.fullmatch(str(status))
        number = f"{family[1]}00" if family else str(status)
        if number.isdigit():
            found.setdefault(number, answer)
    if not found and isinstance(given, dict) and "default" in given:
        found["200"] = given["default"]
    return found
