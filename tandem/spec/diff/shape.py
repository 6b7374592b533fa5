"""The one normal form of a schema: for each kind of JSON value, the alternatives it may take.

Two schemas that accept the same values should have the same shape however they are spelled: `nullable: true`,
`type: [T, "null"]` and `anyOf: [T, {type: "null"}]`; `const: a` and `enum: [a]`; `oneOf: [X]` and X; merged `allOf`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from tandem.spec.diff.ranges import ALL, Range

NULL, BOOLEAN, NUMBER, STRING, ARRAY, OBJECT = KINDS = ("null", "boolean", "number", "string", "array", "object")

Raw = dict[str, Any] | bool

# Words that by themselves refuse no value; the schemas inside `allOf` and behind `$ref` are pieces of their own.
IDLE = frozenset({
    "$comment", "$ref", "allOf", "default", "deprecated", "description", "example", "examples", "externalDocs",
    "readOnly", "title", "writeOnly", "xml",
})  # fmt: skip


@dataclass(frozen=True, eq=False)
class Position:
    """A place for a value: it must obey every one of `pieces`, schemas as they stand in a document.

    Two positions are equal when they are of the very same pieces.
    """

    pieces: tuple[Raw, ...]
    key: tuple[int, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", tuple(sorted({id(piece) for piece in self.pieces})))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Position) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    @cached_property
    def is_anything(self) -> bool:
        return all(isinstance(piece, dict) and piece.keys() <= IDLE for piece in self.pieces)

    @cached_property
    def is_nothing(self) -> bool:
        return any(piece is False for piece in self.pieces)

    def said(self, keyword: str) -> Any:
        """What the first piece that has the keyword says."""
        return next((p[keyword] for p in self.pieces if isinstance(p, dict) and keyword in p), None)

    def has(self, keyword: str) -> bool:
        return any(isinstance(piece, dict) and keyword in piece for piece in self.pieces)

    def __and__(self, other: Position) -> Position:
        return self if other.key == self.key else Position(_distinct((*self.pieces, *other.pieces)))


def _distinct(pieces: tuple[Raw, ...]) -> tuple[Raw, ...]:
    return tuple({id(piece): piece for piece in pieces}.values())


ANYTHING = Position(())
NOTHING = Position((False,))


@dataclass(frozen=True, slots=True)
class Items:
    """`first` have a place each; `rest` is every item after them."""

    first: tuple[Position, ...] = ()
    rest: Position = ANYTHING
    unique: bool = False
    contains: tuple[tuple[Position, Range], ...] = ()
    unevaluated: Position | None = None

    def at(self, index: int) -> Position:
        return self.first[index] if index < len(self.first) else self.rest

    def meet(self, other: Items) -> Items:
        count = max(len(self.first), len(other.first))
        return Items(
            tuple(self.at(index) & other.at(index) for index in range(count)),
            self.rest & other.rest,
            self.unique or other.unique,
            tuple(dict.fromkeys((*self.contains, *other.contains))),
            self.unevaluated or other.unevaluated,
        )


@dataclass(frozen=True, slots=True)
class Discriminator:
    """`mapping` has the names of what the values stand for, `schemas` what is found under these names."""

    property: str
    mapping: Mapping[str, str]
    schemas: Mapping[str, Position]


@dataclass(frozen=True, slots=True)
class Members:
    """What an object may contain. `rest` is for names that neither `named` nor `patterns` know.

    `unevaluated` is for the same names, said around unions and references.
    """

    named: Mapping[str, Position] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    rest: Position = ANYTHING
    patterns: Mapping[str, Position] = field(default_factory=dict)
    names: Position | None = None
    also_required: Mapping[str, frozenset[str]] = field(default_factory=dict)
    also_obeyed: Mapping[str, Position] = field(default_factory=dict)
    unevaluated: Position | None = None
    discriminator: Discriminator | None = None

    @property
    def others(self) -> Position:
        return self.unevaluated if self.unevaluated is not None and self.rest.is_anything else self.rest

    def meet(self, other: Members) -> Members:
        names = {**self.named, **other.named}
        return Members(
            {name: self._of(name) & other._of(name) for name in names},
            self.required | other.required,
            self.rest & other.rest,
            _met(self.patterns, other.patterns),
            self.names & other.names if self.names and other.names else self.names or other.names,
            {
                name: self.also_required.get(name, frozenset()) | other.also_required.get(name, frozenset())
                for name in {**self.also_required, **other.also_required}
            },
            _met(self.also_obeyed, other.also_obeyed),
            self.unevaluated or other.unevaluated,
            self.discriminator or other.discriminator,
        )

    def _of(self, name: str) -> Position:
        # patternProperties that name it apply in both, and are kept apart.
        return self.named.get(name, self.rest if not self.patterns else ANYTHING)


def _met(one: Mapping[str, Position], other: Mapping[str, Position]) -> dict[str, Position]:
    return {name: one.get(name, ANYTHING) & other.get(name, ANYTHING) for name in {**one, **other}}


@dataclass(frozen=True, slots=True)
class Condition:
    """A keyword that takes whole schemas: `not`, or `if` with its `then` and `else`."""

    keyword: str
    parts: tuple[Position, ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Values of one kind. `bounds` are of the number, the length, the items or the properties.

    `values` are canonical JSON texts, None for any; `name` is what the contract calls this branch.
    """

    kind: str
    name: str = ""
    values: frozenset[str] | None = None
    open_values: bool = False
    bounds: Range = ALL
    whole: bool = False
    steps: frozenset[Decimal] = frozenset()
    formats: frozenset[str] = frozenset()
    patterns: frozenset[str] = frozenset()
    encodings: frozenset[tuple[str, str]] = frozenset()
    content: Position | None = None
    items: Items | None = None
    members: Members | None = None
    conditions: tuple[Condition, ...] = ()
    # The component that is all of this branch, for its changes to be told as its own.
    source: Position | None = field(default=None, compare=False)

    def meet(self, other: Alternative) -> Alternative | None:
        """What both let through; None when that is nothing."""
        for one, both in ((self, other), (other, self)):
            if both == Alternative(both.kind):
                return one
        return self._meet(other)

    def _meet(self, other: Alternative) -> Alternative | None:
        values = self.values if other.values is None else other.values
        if self.values is not None and other.values is not None:
            values = self.values & other.values
        bounds = self.bounds.meet(other.bounds)
        if values == frozenset() or bounds.is_empty:
            return None
        return Alternative(
            self.kind,
            self.name or other.name,
            values,
            self.open_values or other.open_values,
            bounds,
            self.whole or other.whole,
            self.steps | other.steps,
            self.formats | other.formats,
            self.patterns | other.patterns,
            self.encodings | other.encodings,
            self.content or other.content,
            self.items.meet(other.items) if self.items and other.items else self.items or other.items,
            self.members.meet(other.members) if self.members and other.members else self.members or other.members,
            tuple(dict.fromkeys((*self.conditions, *other.conditions))),
        )

    @property
    def is_only_values(self) -> bool:
        return self.values is not None and self == Alternative(self.kind, self.name, self.values)

    def is_within(self, other: Alternative) -> bool:
        """Of single values, by what both say: nothing more is known of conditions and contents."""
        return self.kind not in (ARRAY, OBJECT) and self.meet(other) == self

    def without(self, values: frozenset[str]) -> Alternative | None:
        if self.values is None or not self.values & values:
            return self
        left = self.values - values
        return replace(self, values=left) if left else None

    def called(self, name: str, source: Position | None) -> Alternative:
        return replace(self, name=name, source=source) if name and not self.name else self


Alternatives = tuple[Alternative, ...]

# Two unions inside an allOf multiply; beyond this many nobody reads the result, and the first union stands for both.
_MOST_ALTERNATIVES = 64


@dataclass(frozen=True, slots=True)
class Shape:
    """By kind; a kind without alternatives is refused. In `exclusive` kinds a value may fit one alternative only."""

    by_kind: Mapping[str, Alternatives]
    exclusive: frozenset[str] = frozenset()

    def of(self, kind: str) -> Alternatives:
        return self.by_kind.get(kind, ())

    @property
    def alternatives(self) -> Alternatives:
        return tuple(one for found in self.by_kind.values() for one in found)

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(self.by_kind)

    def meet(self, other: Shape) -> Shape:
        by_kind = {kind: _product(self.of(kind), other.of(kind)) for kind in self.by_kind if other.of(kind)}
        return Shape({kind: found for kind, found in by_kind.items() if found}, self.exclusive | other.exclusive)

    def join(self, other: Shape, *, exclusive: bool = False) -> Shape:
        """What either lets through; where a value may fit one alternative only, the same one twice counts as two."""
        kinds = dict.fromkeys((*self.by_kind, *other.by_kind))
        return Shape(
            {kind: _together((*self.of(kind), *other.of(kind)), exclusive=exclusive) for kind in kinds},
            self.exclusive | other.exclusive,
        )

    def without(self, values: frozenset[str]) -> Shape:
        """Lists of values lose some."""
        if not values:
            return self
        by_kind = {
            kind: tuple(left for one in found if (left := one.without(values))) for kind, found in self.by_kind.items()
        }
        return Shape({kind: found for kind, found in by_kind.items() if found}, self.exclusive)

    def with_null(self) -> Shape:
        return Shape({**self.by_kind, NULL: (Alternative(NULL),)}, self.exclusive)


def _product(one: Alternatives, other: Alternatives) -> Alternatives:
    if len(one) * len(other) > _MOST_ALTERNATIVES:
        return one
    return tuple(met for a in one for b in other if (met := a.meet(b)) is not None)


def _together(found: Alternatives, *, exclusive: bool) -> Alternatives:
    """Alternatives that only list values are one list."""
    lists = [one for one in found if one.is_only_values]
    if len(lists) < 2:
        return found if exclusive else _without_repeats(found)
    values = frozenset[str]().union(*(one.values or () for one in lists))
    merged = Alternative(lists[0].kind, "", values)
    return (merged, *(one for one in found if not one.is_only_values))


def _without_repeats(found: Alternatives) -> Alternatives:
    """Single values that a neighbour lets through anyway say nothing; objects keep their names."""
    left: list[Alternative] = []
    for one in found:
        if not any(one == other or one.is_within(other) for other in left):
            left = [other for other in left if not other.is_within(one)] + [one]
    return tuple(left)


EVERYTHING = Shape({kind: (Alternative(kind),) for kind in KINDS})
REFUSED = Shape({})
