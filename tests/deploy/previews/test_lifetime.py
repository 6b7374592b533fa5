from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tandem.deploy.previews.lifetime import Preview, doomed, extended
from tandem.local.trouble import Refused

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def _preview(
    age_hours: float, left_hours: float | None, branch: str = "deploy/limits", machine: str = "i-1"
) -> Preview:
    until = None if left_hours is None else NOW + timedelta(hours=left_hours)
    return Preview(branch, "4f2a9c1", machine, NOW - timedelta(hours=age_hours), until)


@pytest.mark.parametrize(
    ("age_hours", "left_hours", "why"),
    [
        (1, 2, None),
        (3, 0, "its time was up at 12:00 UTC"),
        (9, -1, "its time was up at 11:00 UTC"),
        (23, 1, None),
        (24, 3, "it is older than 24 hours"),
        (2.9, None, None),
        (3, None, "nobody knows until when"),
        (30, None, "it is older than 24 hours"),
    ],
)
def test_preview_goes_when_its_time_is_up(age_hours: float, left_hours: float | None, why: str | None) -> None:
    assert [one.why for one in doomed([_preview(age_hours, left_hours)], NOW)] == ([why] if why else [])


def test_preview_whose_place_was_taken_goes_though_it_has_time_left() -> None:
    older, newer, other = _preview(2, 1), _preview(1, 2, machine="i-2"), _preview(2, 1, "deploy/other", "i-3")
    assert [(one.preview, one.why) for one in doomed([newer, other, older], NOW)] == [(older, "i-2 took its place")]


@pytest.mark.parametrize(("age_hours", "left_hours", "hours"), [(1, 2, 3), (2.9, None, 3), (22, 1, 2), (4, -1, 3)])
def test_extended_lives_three_hours_from_now_and_a_day_in_all(
    age_hours: float, left_hours: float | None, hours: float
) -> None:
    assert extended(_preview(age_hours, left_hours), NOW) == NOW + timedelta(hours=hours)


def test_preview_that_has_lived_its_day_is_not_extended() -> None:
    with pytest.raises(Refused, match=r"lives until 13:00 UTC and no longer: 24 hours is the most"):
        extended(_preview(23, 1), NOW)
