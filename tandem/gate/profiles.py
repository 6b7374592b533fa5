"""How long a gate may look: `smoke` while writing, `full` before anything ships."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Profile(StrEnum):
    SMOKE = "smoke"
    FULL = "full"


@dataclass(frozen=True)
class Limits:
    """Work is limited by counts, so that a verdict does not depend on the machine; time only ends what hangs."""

    phases: tuple[str, ...]
    examples: int
    examples_as_customer: int
    schemathesis_seconds: float
    reaches_everything: bool
    runs_previous_tests: bool


LIMITS = {
    Profile.SMOKE: Limits(
        ("examples", "coverage", "stateful"), 5, 5, 90.0, reaches_everything=False, runs_previous_tests=False
    ),
    Profile.FULL: Limits(
        ("examples", "coverage", "fuzzing", "stateful"),
        40,
        15,
        150.0,
        reaches_everything=True,
        runs_previous_tests=True,
    ),
}
