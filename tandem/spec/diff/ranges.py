"""A range of numbers, open or closed at each end: the one form of minimum, exclusiveMaximum, maxLength and the like."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any


@dataclass(frozen=True, slots=True)
class Range:
    """None is no bound. An open end does not itself belong to the range.

    An open end without a bound, `exclusiveMinimum: true` and no `minimum`, refuses no number; it is told apart from
    none all the same, for somebody meant to refuse one.
    """

    low: Decimal | None = None
    high: Decimal | None = None
    low_open: bool = False
    high_open: bool = False

    def holds(self, number: Decimal | int) -> bool:
        return not (self._below(number) or self._above(number))

    def _below(self, number: Decimal | int) -> bool:
        return self.low is not None and (number < self.low or (self.low_open and number == self.low))

    def _above(self, number: Decimal | int) -> bool:
        return self.high is not None and (number > self.high or (self.high_open and number == self.high))

    @property
    def is_empty(self) -> bool:
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))

    def meet(self, other: Range) -> Range:
        low = max((_low_key(one), one.low, one.low_open) for one in (self, other))
        high = min((_high_key(one), one.high, one.high_open) for one in (self, other))
        return Range(low[1], high[1], low[2], high[2])

    def starts_after(self, other: Range) -> bool:
        """Its lower bound refuses something that the other's lets through."""
        return _low_key(self) > _low_key(other)

    def ends_before(self, other: Range) -> bool:
        return _high_key(self) < _high_key(other)

    def apart_from(self, other: Range) -> bool:
        return self.meet(other).is_empty

    def of_whole_numbers(self) -> Range:
        """The same range among integers, with closed ends."""
        low = None if self.low is None else math.floor(self.low) + 1 if self.low_open else math.ceil(self.low)
        high = None if self.high is None else math.ceil(self.high) - 1 if self.high_open else math.floor(self.high)
        return Range(
            None if low is None else Decimal(low),
            None if high is None else Decimal(high),
            self.low is None and self.low_open,
            self.high is None and self.high_open,
        )

    def low_text(self) -> str:
        if self.low is None:
            return _UNSAID if self.low_open else "none"
        return f"{'more than ' if self.low_open else ''}{self.low.normalize():f}"

    def high_text(self) -> str:
        if self.high is None:
            return _UNSAID if self.high_open else "none"
        return f"{'less than ' if self.high_open else ''}{self.high.normalize():f}"


ALL = Range()
_INFINITY = Decimal("Infinity")
_UNSAID = "exclusive without a number"


def _low_key(one: Range) -> tuple[Decimal, bool]:
    return -_INFINITY if one.low is None else one.low, one.low_open


def _high_key(one: Range) -> tuple[Decimal, bool]:
    return _INFINITY if one.high is None else one.high, not one.high_open


def number(value: Any) -> Decimal | None:
    """None for what is no finite number: a bound that cannot be read bounds nothing."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def sizes(raw: Mapping[str, Any], least: str, most: str) -> Range:
    """Of `minLength` and `maxLength` and their like, which start at zero."""
    low, high = number(raw.get(least)), number(raw.get(most))
    return Range(low or None, high)


def interval(raw: Mapping[str, Any]) -> Range:
    """Of minimum and maximum with either spelling of exclusive: 3.0's boolean, 3.1's number."""
    low, high = number(raw.get("minimum")), number(raw.get("maximum"))
    found = Range(low, high, raw.get("exclusiveMinimum") is True, raw.get("exclusiveMaximum") is True)
    above, below = number(raw.get("exclusiveMinimum")), number(raw.get("exclusiveMaximum"))
    return found.meet(Range(above, below, above is not None, below is not None))
