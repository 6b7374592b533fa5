"""Figures as SVG: drawn here, so that a report is one file and needs no script."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from tandem.gate.figures import Line, Lines

WIDTH, HEIGHT = 720, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 12, 12, 28
_TICKS = 4


@dataclass(frozen=True)
class Tick:
    at: float
    text: str


@dataclass(frozen=True)
class Path:
    label: str
    points: str
    nth: int


@dataclass(frozen=True)
class Chart:
    """Everything a template needs to draw, in the units of its view box."""

    figure: Lines
    paths: tuple[Path, ...]
    rows: tuple[Tick, ...]
    columns: tuple[Tick, ...]
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    top: int = _TOP
    bottom: int = HEIGHT - _BOTTOM


def chart(figure: Lines) -> Chart:
    points = [point for line in figure.lines for point in line.points]
    longest = max((x for x, _ in points), default=0.0) or 1.0
    highest = _round_up(max((y for _, y in points), default=0.0) or 1.0)
    paths = tuple(_path(line, nth, longest, highest) for nth, line in enumerate(figure.lines))
    rows = tuple(Tick(_y(value, highest), f"{value:g}") for value in _ticks(highest))
    columns = tuple(Tick(_x(value, longest), f"{value:.3g} s") for value in _ticks(longest))
    return Chart(figure, paths, rows, columns)


def _path(line: Line, nth: int, longest: float, highest: float) -> Path:
    drawn = (f"{_x(x, longest):.1f},{_y(y, highest):.1f}" for x, y in line.points)
    return Path(line.label, " ".join(drawn), nth)


def _x(value: float, longest: float) -> float:
    return _LEFT + value / longest * (WIDTH - _LEFT - _RIGHT)


def _y(value: float, highest: float) -> float:
    return HEIGHT - _BOTTOM - value / highest * (HEIGHT - _TOP - _BOTTOM)


def _ticks(most: float) -> Iterator[float]:
    yield from (most * step / _TICKS for step in range(_TICKS + 1))


def _round_up(value: float) -> float:
    """To a number with few digits, so that the quarters of it are readable."""
    scale = 10.0 ** math.floor(math.log10(value))
    return next(step * scale for step in (1, 2, 4, 8, 10) if step * scale >= value)
