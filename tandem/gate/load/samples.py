"""What was measured, and figures of it that one stall of the machine does not change."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from tandem.gate.load.plan import WARM_UP, YARDSTICK

_ENOUGH_A_SECOND = 5


class Sample(NamedTuple):
    """`at` are seconds since the start, `status` 0 when nobody answered."""

    at: float
    operation: str
    round: int
    milliseconds: float
    status: int

    @property
    def failed(self) -> bool:
        return self.status == 0 or self.status >= 500

    @property
    def succeeded(self) -> bool:
        return 200 <= self.status < 400


@dataclass(frozen=True)
class Measured:
    """Without the warm-up. `finished` is false when the time was up first."""

    samples: tuple[Sample, ...]
    finished: bool

    def of(self, operation: str) -> list[Sample]:
        return [sample for sample in self.samples if sample.operation == operation]

    def rounds(self, operation: str) -> dict[int, list[float]]:
        """The times of what succeeded; refusals cost another time, and nothing was promised for them."""
        times: dict[int, list[float]] = defaultdict(list)
        for sample in self.of(operation):
            if sample.succeeded:
                times[sample.round].append(sample.milliseconds)
        return times

    def median_of_rounds(self, operation: str, share: float, at_least: int) -> float | None:
        """The percentile of each round that has enough, and the median of those; None when most rounds have not."""
        times = self.rounds(operation).values()
        whole = [percentile(one, share) for one in times if len(one) >= at_least]
        return statistics.median(whole) if len(whole) > self._rounds // 2 else None

    def relative(self, operation: str, at_least: int) -> float | None:
        """Its median by that of a bare answer in the same round: how much slower, whatever the machine is busy with."""
        bare, times = self.rounds(YARDSTICK), self.rounds(operation)
        ratios = [
            statistics.median(one) / statistics.median(bare[nth])
            for nth, one in times.items()
            if len(one) >= at_least and bare.get(nth)
        ]
        return statistics.median(ratios) if len(ratios) > self._rounds // 2 else None

    @property
    def _rounds(self) -> int:
        return len({sample.round for sample in self.samples})

    def over_time(self) -> list[tuple[float, float, float, float]]:
        """For each second with enough answers: when, and the 50th, 95th and 99th percentile in milliseconds."""
        by_second: dict[int, list[float]] = defaultdict(list)
        for sample in self.samples:
            if sample.operation != YARDSTICK:
                by_second[int(sample.at)].append(sample.milliseconds)
        return [
            (second, percentile(times, 0.5), percentile(times, 0.95), percentile(times, 0.99))
            for second, times in sorted(by_second.items())
            if len(times) >= _ENOUGH_A_SECOND
        ]


def percentile(times: Sequence[float], share: float) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def read(document: dict[str, Any]) -> Measured:
    samples = _samples(document["samples"])
    return Measured(tuple(one for one in samples if one.round != WARM_UP), document["finished"])


def _samples(rows: Iterable[Sequence[Any]]) -> Iterable[Sample]:
    return (Sample(*row) for row in rows)
