"""Whether a value may fit two alternatives, which `oneOf` refuses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from tandem.spec.diff.normal import Normaliser
from tandem.spec.diff.scalars import is_within, lets_through, listed
from tandem.spec.diff.shape import BOOLEAN, NULL, NUMBER, STRING, Alternative, Alternatives, Position

_FEW = {NULL: ("null",), BOOLEAN: ("true", "false")}
_NEAR = [Decimal(off) for off in ("-6", "-2", "-1", "-0.5", "0", "0.5", "1", "2", "6")]


def may_overlap(alternatives: Alternatives, shapes: Normaliser) -> bool:
    """Not so when their lists of values, their bounds or a tag they carry are apart."""
    return any(not _are_apart(one, other, shapes) for one, other in combinations(alternatives, 2))


def _are_apart(one: Alternative, other: Alternative, shapes: Normaliser) -> bool:
    if one.values is not None and other.values is not None:
        return not one.values & other.values
    if one.bounds.apart_from(other.bounds):
        return True
    if one.members is None or other.members is None:
        return False
    shared = one.members.required & other.members.required & one.members.named.keys() & other.members.named.keys()
    return any(_tags_differ(one.members.named[name], other.members.named[name], shapes) for name in shared)


def _tags_differ(one: Position, other: Position, shapes: Normaliser) -> bool:
    first, second = _tags(one, shapes), _tags(other, shapes)
    return bool(first) and bool(second) and not first & second


def _tags(position: Position, shapes: Normaliser) -> frozenset[str]:
    found = shapes.shape(position).of(STRING)
    return found[0].values or frozenset() if len(found) == 1 else frozenset()


@dataclass(frozen=True, slots=True)
class _Sample:
    """A number, or a text of some length that was made for one alternative: it has all its forms and patterns."""

    size: Decimal
    formats: frozenset[str]
    patterns: frozenset[str] = frozenset()

    def fits(self, one: Alternative) -> bool:
        return (
            one.values is None
            and one.bounds.holds(self.size)
            and (not one.whole or self.size % 1 == 0)
            and all(self.size % step == 0 for step in one.steps)
            and all(is_within(self.formats, form) for form in one.formats)
            and one.patterns <= self.patterns
        )


def refused_twice(former: Alternatives, union: Alternatives) -> bool:
    """Some single value is known that is in one of the former alternatives, and now in two of a union.

    What a `not` or an `if` would refuse is taken to fit: too much is said rather than too little.
    """
    values = {value for one in (*former, *union) for value in (*listed(one), *_FEW.get(one.kind, ()))}
    found = any(_count(former, value) == 1 and _count(union, value) > 1 for value in values)
    samples = {sample for one in (*former, *union) for sample in _samples(one)}
    return found or any(
        sum(map(sample.fits, former)) == 1 and sum(map(sample.fits, union)) > 1 for sample in samples
    )  # fmt: skip


def _count(alternatives: Alternatives, value: str) -> int:
    return sum(lets_through(one, value) for one in alternatives)


def _samples(one: Alternative) -> Iterator[_Sample]:
    """At the ends of its range and between them."""
    if one.kind not in (NUMBER, STRING) or one.values is not None:
        return
    patterns = one.patterns if one.kind == STRING else frozenset[str]()
    sizes = {near + off for near in (one.bounds.low, one.bounds.high, Decimal(0)) if near is not None for off in _NEAR}
    sizes |= {step * size for step in one.steps for size in sizes}
    for size in sizes:
        if one.kind == NUMBER or (size >= 0 and size % 1 == 0):
            yield _Sample(size, one.formats, patterns)
