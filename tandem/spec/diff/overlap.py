"""Whether a value may fit two alternatives, which `oneOf` refuses."""

from __future__ import annotations

from itertools import combinations

from tandem.spec.diff.normal import Normaliser
from tandem.spec.diff.scalars import lets_through
from tandem.spec.diff.shape import STRING, Alternative, Alternatives, Position


def may_overlap(alternatives: Alternatives, shapes: Normaliser) -> bool:
    """Not so when their lists of values, their bounds or a tag they carry are apart."""
    return any(not _are_apart(one, other, shapes) for one, other in combinations(alternatives, 2))


def must_overlap(alternatives: Alternatives) -> bool:
    """Of numbers or texts: some value is known that fits two of them."""
    return any(_share(one, other) for one, other in combinations(alternatives, 2))


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


def _share(one: Alternative, other: Alternative) -> bool:
    if one.values is not None or other.values is not None:
        values = one.values if one.values is not None else other.values
        return any(lets_through(one, value) and lets_through(other, value) for value in values or ())
    both = one.bounds.meet(other.bounds)
    if one.whole or other.whole:
        both = both.of_whole_numbers()
    facets = ((one.steps, other.steps), (one.formats, other.formats), (one.patterns, other.patterns))
    return not both.is_empty and all(first <= second or second <= first for first, second in facets)
