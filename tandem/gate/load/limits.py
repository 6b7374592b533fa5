"""How much is asked. Counts decide; time only ends what hangs."""

from __future__ import annotations

from dataclasses import dataclass

from tandem.gate.profiles import Profile


@dataclass(frozen=True)
class LoadLimits:
    """Of each operation that reads, and of each journey, so many in each round."""

    rounds: int
    reads: int
    walks: int
    seconds: float
    per_second: float = 100.0
    callers: int = 8
    # A round with fewer answers than this says nothing about the slowest twentieth.
    enough: int = 10


LOAD_LIMITS = {
    Profile.SMOKE: LoadLimits(rounds=3, reads=20, walks=4, seconds=25.0),
    Profile.FULL: LoadLimits(rounds=5, reads=50, walks=14, seconds=100.0),
}
