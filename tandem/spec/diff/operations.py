"""The operations of two documents, each with its counterpart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tandem.kit.contract.operations import METHODS
from tandem.spec.diff.changes import Direction
from tandem.spec.diff.document import Document

_PARAMETER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, eq=False, slots=True)
class Operation:
    """`called_by_us`: a webhook or callback, which the API calls and its clients answer."""

    method: str
    path: str
    raw: dict[str, Any]
    item: dict[str, Any]
    called_by_us: bool = False

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def sent(self) -> Direction:
        """The direction of its request, seen from the client."""
        return Direction.RESPONSE if self.called_by_us else Direction.REQUEST

    @property
    def answered(self) -> Direction:
        return self.sent.other

    @property
    def template(self) -> list[str]:
        """The names of the parameters in its path, in order."""
        return _PARAMETER.findall(self.path)


@dataclass(frozen=True, slots=True)
class Counterparts:
    """`revision` is None for what was removed, `base` for what was added."""

    base: Operation | None
    revision: Operation | None

    @property
    def either(self) -> Operation:
        found = self.revision or self.base
        assert found is not None
        return found


def counterparts(base: list[Operation], revision: list[Operation]) -> Iterator[Counterparts]:
    """By method and path; a renamed path parameter is still the same path."""
    left = list(revision)
    first = [(one, _take(left, one.name, _exactly)) for one in base]
    for one, same in first:
        yield Counterparts(one, same or _take(left, _shape(one), _shape))
    for one in left:
        yield Counterparts(None, one)


def operations(document: Document) -> list[Operation]:
    """Those of paths and webhooks, in the document's order."""
    return [
        *_of_items(document, document.root.get("paths"), called_by_us=False),
        *_of_items(document, document.root.get("webhooks"), called_by_us=True),
    ]


def callbacks(document: Document, operation: Operation) -> list[Operation]:
    named = operation.raw.get("callbacks")
    return [
        Operation(one.method, f"{name} {one.path}", one.raw, one.item, not operation.called_by_us)
        for name, items in (named.items() if isinstance(named, dict) else ())
        for one in _of_items(document, document.part(items), called_by_us=True)
    ]


def _of_items(document: Document, items: Any, *, called_by_us: bool) -> Iterator[Operation]:
    for path, raw_item in items.items() if isinstance(items, dict) else ():
        item = document.part(raw_item)
        for method in METHODS:
            if isinstance(item.get(method), dict):
                yield Operation(method.upper(), str(path), item[method], item, called_by_us)


def _take(left: list[Operation], wanted: str, name: Any) -> Operation | None:
    found = next((one for one in left if name(one) == wanted), None)
    if found is not None:
        left.remove(found)
    return found


def _exactly(operation: Operation) -> str:
    return operation.name


def _shape(operation: Operation) -> str:
    return _PARAMETER.sub("{}", operation.name)


def parameters(document: Document, operation: Operation) -> dict[tuple[str, str], dict[str, Any]]:
    """By place and name: path-level ones, then the operation's own. A path parameter counts by its position."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for raw in (*_list(operation.item.get("parameters")), *_list(operation.raw.get("parameters"))):
        parameter = document.part(raw)
        name, place = parameter.get("name"), parameter.get("in")
        if isinstance(name, str) and isinstance(place, str):
            found[place, name.lower() if place == "header" else name] = parameter
    return _by_position(operation, found)


def _by_position(
    operation: Operation, found: dict[tuple[str, str], dict[str, Any]]
) -> dict[tuple[str, str], dict[str, Any]]:
    """A name that the path does not have stands for the first of its parameters that nothing else does."""
    free = [name for name in operation.template if ("path", name) not in found]
    positions = {name: index for index, name in enumerate(operation.template)}
    keyed = {}
    for (place, name), parameter in found.items():
        known = name if name in positions else free.pop(0) if place == "path" and free else None
        key = f"{{{positions[known]}}}" if place == "path" and known is not None else name
        keyed[place, key] = parameter
    return keyed


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def effective_security(document: Document, operation: Operation) -> list[Mapping[str, Any]]:
    """The alternatives a caller has; one empty alternative when nothing is asked for."""
    said = operation.raw.get("security", document.root.get("security"))
    found: list[Mapping[str, Any]] = [one for one in _list(said) if isinstance(one, dict)]
    return [*found] or [{}]
