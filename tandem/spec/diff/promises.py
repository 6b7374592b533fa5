"""What a schema says beside the values it accepts: retirement, stability, values it may gain later."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tandem.spec.diff.changes import Change, Effect, Spot
from tandem.spec.diff.lifecycle import WORDS, lifecycle


def promises(spot: Spot, today: date) -> Iterator[Change]:
    yield from _extensible(spot)
    base, revision = ({word: at.said(word) for word in WORDS if at.has(word)} for at in (spot.base, spot.revision))
    if base or revision:
        yield from lifecycle(base, revision, today, spot.change)


def _extensible(spot: Spot) -> Iterator[Change]:
    """`x-extensible-enum` lists the values that are known among others that are not."""
    old, new = spot.base.said("x-extensible-enum"), spot.revision.said("x-extensible-enum")
    if isinstance(old, list) and isinstance(new, list):
        for value in old:
            if value not in new:
                yield spot.change("value-removed", Effect.AGREEMENT, "x-extensible-enum", subject=str(value))
