"""What happens while a gate runs, for whoever listens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from tandem.gate.verdict import Finding, GateResult, StageResult


@dataclass(frozen=True)
class StageStarted:
    """`asks` is the stage's question in plain words."""

    stage: str
    asks: str


@dataclass(frozen=True)
class Progress:
    stage: str
    said: str


@dataclass(frozen=True)
class FindingFound:
    stage: str
    finding: Finding


@dataclass(frozen=True)
class StageFinished:
    result: StageResult


@dataclass(frozen=True)
class GateFinished:
    result: GateResult


Event: TypeAlias = StageStarted | Progress | FindingFound | StageFinished | GateFinished
Listener: TypeAlias = Callable[[Event], None]
