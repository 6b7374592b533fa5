from __future__ import annotations

import pytest

from tandem.gate.figures import Line, Lines
from tandem.gate.reports.charts import HEIGHT, WIDTH, chart


def _chart(*points: tuple[float, float]) -> Lines:
    return Lines("Answer times", "ms", (Line("median", points),))


def test_points_stay_inside_and_higher_values_stand_higher() -> None:
    drawn = chart(_chart((0, 0), (5, 42), (10, 7)))
    points = [(float(x), float(y)) for x, y in (one.split(",") for one in drawn.paths[0].points.split())]
    assert points[0] == pytest.approx((drawn.left, drawn.bottom))
    assert points[2][0] == drawn.right
    assert drawn.top < points[1][1] < points[2][1] < points[0][1]
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)


@pytest.mark.parametrize(("highest", "shown"), [(42, "80"), (100, "100"), (0.3, "0.4"), (1, "1"), (9, "10")])
def test_axis_ends_at_a_round_number_above_the_highest(highest: float, shown: str) -> None:
    assert chart(_chart((0, highest))).rows[-1].text == shown


def test_chart_without_points_has_axes_and_nothing_else() -> None:
    drawn = chart(_chart())
    assert (drawn.paths[0].points, drawn.rows[-1].text, drawn.columns[-1].text) == ("", "1", "1 s")
