"""Somebody else's contract in the words that a service here needs; what it asks and answers stays what it was."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import chain, count
from typing import Any

from tandem.draft.names import camel
from tandem.kit.contract import ContractError
from tandem.kit.contract.operations import METHODS
from tandem.spec.document import Document
from tandem.spec.document.dialect import modernised

# What alarms and the load gate hold a service to until somebody knows better.
_SLO = {"p95_ms": 500, "error_rate": 0.01}
_CLASS = re.compile(r"([1-5])XX", re.IGNORECASE)


def adopted(document: Document, service: str, known: Collection[str]) -> dict[str, Any]:
    """OpenAPI 3.1 in one file, with an operationId, a promise and statuses in numbers for each operation. One of the
    `known` operationIds of others gets the name of the service in front."""
    data: dict[str, Any] = modernised(document.data)
    data["openapi"] = "3.1.0"
    names: dict[Any, str] = {}
    for path, method, operation in _operations(data):
        given = operation.get("operationId") or f"{method} {path}"
        operation["operationId"] = names[given] = _name(given, service, {*known, *names.values()})
        operation.setdefault("x-slo", dict(_SLO))
        operation["responses"] = _responses(operation.get("responses"))
        if not any(status.startswith("2") for status in operation["responses"]):
            at = document.place(f"/paths/{path.replace('~', '~0').replace('/', '~1')}/{method}")
            raise ContractError(at.path, at.line, f"{method.upper()} {path} says of no answer that it is a success")
    _rename_links(data, names)
    return data


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
