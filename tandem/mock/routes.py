"""Which operation is at a path: a tree of segments made once, so that a thousand operations cost no more than ten."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from tandem.mock.operations import Operation

_PLACEHOLDER = re.compile(r"\{([^}]*)\}")


@dataclass(frozen=True, slots=True)
class Match:
    operation: Operation
    parameters: dict[str, str]


@dataclass(slots=True)
class _Node:
    literals: dict[str, _Node] = field(default_factory=dict)
    mixed: list[tuple[re.Pattern[str], _Node]] = field(default_factory=list)
    parameter: _Node | None = None
    operations: dict[str, Operation] = field(default_factory=dict)


class Routes:
    def __init__(self, operations: Iterable[Operation]) -> None:
        self._root = _Node()
        for operation in operations:
            for prefix in dict.fromkeys(("", *operation.document.prefixes)):
                self._add(prefix + operation.path, operation)

    def match(self, method: str, raw_path: str) -> Match | frozenset[str]:
        """The operation, or the methods that are possible at this path (none where there is nothing)."""
        parts = raw_path.split("/")[1:]
        allowed: set[str] = set()
        for node, values in _walk(self._root, parts, 0, ()):
            operation = node.operations.get(method) or (node.operations.get("GET") if method == "HEAD" else None)
            if operation is not None:
                return Match(operation, dict(zip(operation.path_names, values, strict=True)))
            allowed |= node.operations.keys()
        return frozenset(allowed)

    def _add(self, path: str, operation: Operation) -> None:
        node = self._root
        for part in path.split("/")[1:]:
            node = _child(node, part)
        node.operations.setdefault(operation.method, operation)


def _child(node: _Node, part: str) -> _Node:
    if "{" not in part:
        return node.literals.setdefault(part, _Node())
    if _PLACEHOLDER.fullmatch(part):
        node.parameter = node.parameter or _Node()
        return node.parameter
    pieces = _PLACEHOLDER.split(part)
    text = "".join(re.escape(piece) if index % 2 == 0 else "(.+?)" for index, piece in enumerate(pieces))
    for pattern, child in node.mixed:
        if pattern.pattern == text:
            return child
    child = _Node()
    node.mixed.append((re.compile(text), child))
    return child


def _walk(
    node: _Node, parts: list[str], index: int, values: tuple[str, ...]
) -> Iterator[tuple[_Node, tuple[str, ...]]]:
    """What stands there literally comes first: `/cards/mine` is not the card called mine."""
    if index == len(parts):
        if node.operations:
            yield node, values
        return
    part = unquote(parts[index])
    if part in node.literals:
        yield from _walk(node.literals[part], parts, index + 1, values)
    for pattern, child in node.mixed:
        if found := pattern.fullmatch(part):
            yield from _walk(child, parts, index + 1, (*values, *found.groups()))
    if node.parameter is not None and part:
        yield from _walk(node.parameter, parts, index + 1, (*values, part))


def path_names(path: str) -> tuple[str, ...]:
    return tuple(_PLACEHOLDER.findall(path))


__all__ = ["Match", "Routes", "path_names"]
