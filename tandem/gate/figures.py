"""What a stage measured, by the way in which it is best looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias


@dataclass(frozen=True)
class Number:
    name: str
    value: float
    unit: str = ""
    kind: Literal["number"] = "number"


@dataclass(frozen=True)
class Bar:
    """`reached` of `whole`; `note` says what is missing."""

    label: str
    reached: float
    whole: float
    note: str = ""


@dataclass(frozen=True)
class Bars:
    name: str
    bars: tuple[Bar, ...]
    kind: Literal["bars"] = "bars"


@dataclass(frozen=True)
class Line:
    label: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Lines:
    """Values over time: each point is (seconds since the start, value in `unit`)."""

    name: str
    unit: str
    lines: tuple[Line, ...]
    kind: Literal["lines"] = "lines"


Figure: TypeAlias = Number | Bars | Lines
