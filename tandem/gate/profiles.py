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
    seconds_per_operation: float
    reaches_everything: bool
    runs_previous_tests: bool

    def seconds_for(self, operations: int) -> float:
        return max(self.schemathesis_seconds, self.seconds_per_operation * operations)


LIMITS = {
    Profile.SMOKE: Limits(
        ("examples", "coverage", "stateful"), 5, 5, 90.0, 3.0, reaches_everything=False, runs_previous_tests=False
    ),
    Profile.FULL: Limits(
        ("examples", "coverage", "fuzzing", "stateful"),
        40,
        15,
        150.0,
        8.0,
        reaches_everything=True,
        runs_previous_tests=True,
    ),
}
