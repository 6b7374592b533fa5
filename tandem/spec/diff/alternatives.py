"""Which alternative of a union became which."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tandem.spec.diff.changes import Effect
from tandem.spec.diff.shape import NUMBER, STRING, Alternative, Alternatives

# Nothing between the two alternatives has this effect.
Keeps = Callable[[Alternative, Alternative, Effect], bool]

_SCALARS = frozenset({NUMBER, STRING})
_BOTH = (Effect.NARROWS, Effect.WIDENS)


@dataclass(slots=True)
class Matching:
    """`lost` no longer fit anywhere, `won` fitted nowhere before."""

    pairs: list[tuple[Alternative, Alternative]] = field(default_factory=list)
    lost: list[Alternative] = field(default_factory=list)
    won: list[Alternative] = field(default_factory=list)


def match(base: Alternatives, revision: Alternatives, keeps: Keeps) -> Matching:
    """By name first, then by equality; what is left must fit into some alternative of the other side."""
    old, new = _distinct(base, keeps), _distinct(revision, keeps)
    found = Matching()
    found.pairs += _take(old, new, lambda one, other: bool(one.name) and one.name == other.name)
    found.pairs += _take(old, new, lambda one, other: all(keeps(one, other, effect) for effect in _BOTH))
    if len(old) == len(new) == 1 and not (old[0].name and new[0].name):
        found.pairs.append((old.pop(), new.pop()))
    found.lost = [one for one in old if not any(_is_any(to) or keeps(one, to, Effect.NARROWS) for to in revision)]
    found.won = [one for one in new if not any(_is_any(of) or keeps(of, one, Effect.WIDENS) for of in base)]
    return found


def _is_any(alternative: Alternative) -> bool:
    """It lets through whatever is of its kind."""
    return replace(alternative, name="") == Alternative(alternative.kind)


def _distinct(alternatives: Alternatives, keeps: Keeps) -> list[Alternative]:
    """Without numbers and texts that another alternative lets through anyway: `anyOf: [enum, string]` is any string."""
    left = list(alternatives)
    for one in alternatives:
        others = [other for other in left if other is not one]
        if one.kind in _SCALARS and any(keeps(one, other, Effect.NARROWS) for other in others):
            left = others
    return left


def _take(
    old: list[Alternative], new: list[Alternative], fit: Callable[[Alternative, Alternative], bool]
) -> list[tuple[Alternative, Alternative]]:
    """Removes what fits together from both lists."""
    taken = []
    for one in list(old):
        other = next((other for other in new if fit(one, other)), None)
        if other is not None:
            old.remove(one)
            new.remove(other)
            taken.append((one, other))
    return taken
