"""What became different between two contracts, before anybody is asked whether it matters."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any

from tandem.spec.diff.shape import Position


class Effect(Enum):
    """What a change does to the set of values that are accepted."""

    NARROWS = "narrows"
    WIDENS = "widens"
    # Some values are refused that were accepted, and some accepted that were refused.
    SHIFTS = "shifts"
    # Not a matter of values: noted for the reader.
    NOTES = "notes"
    # Refused by agreement, whatever the values: a retirement date moved closer, for example.
    AGREEMENT = "agreement"

    @property
    def flipped(self) -> Effect:
        return _FLIPPED.get(self, self)


_FLIPPED = {Effect.NARROWS: Effect.WIDENS, Effect.WIDENS: Effect.NARROWS}


class Direction(StrEnum):
    """Who sends the values: a request breaks a client when its set shrinks, a response when it grows."""

    REQUEST = "request"
    RESPONSE = "response"

    @property
    def other(self) -> Direction:
        return Direction.RESPONSE if self is Direction.REQUEST else Direction.REQUEST

    def breaks(self, effect: Effect) -> bool:
        if effect in (Effect.SHIFTS, Effect.AGREEMENT):
            return True
        return effect is (Effect.NARROWS if self is Direction.REQUEST else Effect.WIDENS)


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. It shows by the `keyword` of `base` and `revision`, parts of the two documents.

    `mild` changes break nobody for certain: they are warned of.
    """

    rule: str
    effect: Effect
    before: str = ""
    after: str = ""
    subject: str = ""
    base: Any = None
    revision: Any = None
    keyword: str | None = None
    mild: bool = False

    @property
    def has_place(self) -> bool:
        """It is in a part of a document, not in what a document leaves out."""
        return isinstance(self.base or self.revision, dict)


@dataclass(frozen=True, slots=True)
class Spot:
    """The two positions that are compared, for changes to say where they are."""

    base: Position
    revision: Position

    def change(
        self,
        rule: str,
        effect: Effect,
        keyword: str | None = None,
        before: object = "",
        after: object = "",
        *,
        subject: str = "",
        mild: bool = False,
    ) -> Change:
        base, revision = _holder(self.base, keyword), _holder(self.revision, keyword)
        return Change(rule, effect, _text(before), _text(after), subject, base, revision, keyword, mild)


def _holder(position: Position, keyword: str | None) -> Any:
    """The piece that has the keyword; the first one when none has."""
    pieces = [piece for piece in position.pieces if isinstance(piece, dict)]
    return next((piece for piece in pieces if keyword in piece), pieces[0] if pieces else None)


def _text(value: object) -> str:
    if isinstance(value, frozenset | set):
        return ", ".join(sorted(map(str, value)))
    return "none" if value is None else str(value)
