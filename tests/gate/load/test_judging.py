"""When figures decide, and when they do not."""

from __future__ import annotations

import pytest

from tandem.gate.load.judging import chance


@pytest.mark.parametrize(
    ("broken", "asked", "rate", "expected"),
    [
        (0, 100, 0.001, 1.0),
        (1, 60, 0.001, 0.058),
        (2, 60, 0.001, 0.0017),
        (3, 400, 0.001, 0.0079),
        (5, 100, 0.05, 0.564),
    ],
)
def test_chance_of_so_many_failures_at_the_promised_rate(broken: int, asked: int, rate: float, expected: float) -> None:
    assert chance(broken, asked, rate) == pytest.approx(expected, rel=0.05)
