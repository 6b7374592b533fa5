"""Which parts of two documents say the same, so that nobody needs to compare them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tandem.spec.diff.document import Document
from tandem.spec.diff.reach import Reach
from tandem.spec.diff.shape import Position

_Twins = tuple[int, int]


class Sameness:
    """Equal text is the same only while everything it refers to is."""

    def __init__(self, base: Document, revision: Document) -> None:
        self._base, self._revision = base, revision
        self._parts: dict[_Twins, tuple[Any, Any]] = {}
        self._known: dict[_Twins, list[tuple[Any, Any]] | None] = {}
        self._differing = Reach(self._referred, self._differs)

    def of(self, base: Position, revision: Position) -> bool:
        if base.key == revision.key:
            return True
        return len(base.pieces) == len(revision.pieces) and all(
            not self._differing[self._twins(one, other)]
            for one, other in zip(base.pieces, revision.pieces, strict=True)
        )

    def _twins(self, one: Any, other: Any) -> _Twins:
        key = (id(one), id(other))
        self._parts.setdefault(key, (one, other))
        return key

    def _differs(self, twins: _Twins) -> int:
        return int(self._holders(twins) is None)

    def _referred(self, twins: _Twins) -> list[_Twins]:
        """What the two refer to; nothing where they differ anyway."""
        return [
            self._twins(self._base.target(one), self._revision.target(other))
            for one, other in self._holders(twins) or ()
        ]

    def _holders(self, twins: _Twins) -> list[tuple[Any, Any]] | None:
        """Every object with a reference beside its twin; None for what differs by itself."""
        if twins not in self._known:
            one, other = self._parts[twins]
            found = [*_inside(one, other)] if one == other else None
            self._known[twins] = found if found is None or all(isinstance(each, dict) for each, _ in found) else None
        return self._known[twins]


def _inside(one: Any, other: Any) -> Iterator[tuple[Any, Any]]:
    """Every object with a reference beside its twin; and what only Python takes for equal, 1 and true."""
    if isinstance(one, dict):
        if isinstance(one.get("$ref"), str):
            yield one, other
        for key, value in one.items():
            yield from _inside(value, other[key])
    elif isinstance(one, list):
        for value, twin in zip(one, other, strict=True):
            yield from _inside(value, twin)
    elif isinstance(one, bool) is not isinstance(other, bool):
        yield one, other
