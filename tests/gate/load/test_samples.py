"""Figures are of what succeeded, round by round, so that one bad moment changes none."""

from __future__ import annotations

import pytest

from tandem.gate.load.samples import Measured, Sample, percentile, read


def rounds(*times: list[float], operation: str = "getNotice", status: int = 200) -> list[Sample]:
    return [Sample(nth, operation, nth, one, status) for nth, of_round in enumerate(times, 1) for one in of_round]


def test_one_stalled_round_changes_no_figure() -> None:
    run = Measured(tuple(rounds([4.0] * 20, [900.0] * 20, [5.0] * 20)), finished=True)
    assert run.median_of_rounds("getNotice", 0.95, 10) == 5.0


def test_slowest_twentieth_is_what_counts() -> None:
    assert percentile([*range(1, 101)], 0.95) == 96
    assert percentile([3.0], 0.99) == 3.0


def test_most_rounds_must_have_enough_to_say_anything() -> None:
    run = Measured(tuple(rounds([4.0] * 20, [4.0] * 9, [4.0] * 9)), finished=True)
    assert run.median_of_rounds("getNotice", 0.95, 10) is None
    assert run.median_of_rounds("getNotice", 0.95, 9) == 4.0


def test_refusals_and_failures_have_no_time() -> None:
    samples = [*rounds([4.0] * 10), *rounds([90.0] * 10, status=409), *rounds([90.0] * 10, status=503)]
    run = Measured(tuple(samples), finished=True)
    assert run.median_of_rounds("getNotice", 0.95, 10) == 4.0
    assert [sample.failed for sample in samples[::10]] == [False, False, True]
    assert Sample(0, "a", 1, 1.0, 0).failed


def test_speed_is_held_against_a_bare_answer_of_the_same_round() -> None:
    bare = rounds([1.0] * 10, [10.0] * 10, [2.0] * 10, operation="yardstick")
    run = Measured((*bare, *rounds([4.0] * 10, [40.0] * 10, [8.0] * 10)), finished=True)
    assert run.relative("getNotice", 10) == 4.0
    assert run.relative("getNotice", 11) is None
    assert Measured(tuple(rounds([4.0] * 10)), finished=True).relative("getNotice", 10) is None


def test_seconds_with_few_answers_are_not_drawn() -> None:
    run = Measured(tuple(rounds([1.0] * 4, [1.0, 2.0, 3.0, 4.0, 50.0])), finished=True)
    assert run.over_time() == [(2, 3.0, 50.0, 50.0)]


@pytest.mark.parametrize("finished", [True, False])
def test_warm_up_does_not_count(finished: bool) -> None:
    told = {"finished": finished, "samples": [[0.1, "getNotice", 0, 900.0, 200], [0.2, "getNotice", 1, 4.0, 200]]}
    assert read(told) == Measured((Sample(0.2, "getNotice", 1, 4.0, 200),), finished)
