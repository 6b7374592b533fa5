"""Which parts of two documents say the same, so that nobody needs to compare them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tandem.spec.diff.document import Document
from tandem.spec.diff.shape import Position


class Sameness:
    """Equal text is the same only while everything it refers to is."""

    def __init__(self, base: Document, revision: Document) -> None:
        self._base, self._revision = base, revision
        self._known: dict[tuple[int, int], bool] = {}

    def of(self, base: Position, revision: Position) -> bool:
        if base.key == revision.key:
            return True
        return len(base.pieces) == len(revision.pieces) and all(
            self._same(one, other) for one, other in zip(base.pieces, revision.pieces, strict=True)
        )

    def _same(self, base: Any, revision: Any) -> bool:
        """Everything that can be reached from either is equal to its counterpart."""
        start = (id(base), id(revision))
        if start in self._known:
            return self._known[start]
        reached: dict[tuple[int, int], tuple[Any, Any]] = {start: (base, revision)}
        left = [(base, revision)]
        while left:
            one, other = left.pop()
            if one != other or self._known.get((id(one), id(other))) is False:
                self._known[start] = False
                return False
            for holder, twin in _inside(one, other):
                if not isinstance(holder, dict):
                    self._known[start] = False
                    return False
                targets = (self._base.target(holder), self._revision.target(twin))
                key = (id(targets[0]), id(targets[1]))
                if key not in reached and not self._known.get(key):
                    reached[key] = targets
                    left.append(targets)
        self._known |= dict.fromkeys(reached, True)
        return True


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
