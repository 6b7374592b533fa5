"""Promises about time. Today is 2027-01-15."""

from __future__ import annotations

import pytest

from tests.spec.diff.asking import Ask, Json

LATER, LATEST = "2027-06-30", "2027-12-31"


def retiring(until: Json = None) -> Json:
    return {"deprecated": True, **({"x-sunset": until} if until else {})}


@pytest.mark.parametrize(
    ("base", "revision", "rule", "grade"),
    [
        pytest.param({}, retiring(LATER), "deprecated", "note", id="it will leave"),
        pytest.param({}, retiring(), "deprecated", "note", id="it will leave one day"),
        pytest.param({}, retiring("2027-01-14"), "sunset-passed", "breaking", id="it should have left yesterday"),
        pytest.param({}, retiring("soon"), "sunset-unreadable", "breaking", id="no date"),
        pytest.param(retiring(LATER), {}, "reactivated", "note", id="it stays after all"),
        pytest.param(retiring(LATEST), retiring(LATER), "sunset-earlier", "breaking", id="it leaves earlier"),
        pytest.param(retiring(LATER), retiring(), "sunset-removed", "breaking", id="nobody says when any more"),
        pytest.param({}, {"x-stability-level": "beta"}, "stability-lowered", "breaking", id="less was promised"),
        pytest.param({"x-stability-level": "beta"}, {}, "stability-raised", "note", id="more is promised"),
        pytest.param({}, {"x-stability-level": "solid"}, "stability-unknown", "breaking", id="a level nobody knows"),
    ],
)
def test_promise_of_an_operation_and_of_a_parameter(
    ask: Ask, base: Json, revision: Json, rule: str, grade: str
) -> None:
    assert [one[:2] for one in ask.operations(base, revision)] == [(rule, grade)]
    assert [one[:2] for one in ask.parameters(base, revision)] == [(rule, grade)]


def test_retirement_moved_further_away_says_nothing(ask: Ask) -> None:
    assert ask.operations(retiring(LATER), retiring(f"{LATEST}T00:00:00Z")) == []


def test_property_keeps_its_promises_too(ask: Ask) -> None:
    def member(said: Json) -> Json:
        schema = {"type": "object", "properties": {"a": {"type": "string", **said}}}
        return {"requestBody": {"content": {"application/json": {"schema": schema}}}}

    assert [one[:2] for one in ask.operations(member(retiring(LATER)), member(retiring()))] == [
        ("sunset-removed", "breaking")
    ]


def test_value_that_was_listed_among_others_stays_listed(ask: Ask) -> None:
    def listing(*values: str) -> Json:
        return {"schema": {"type": "string", "x-extensible-enum": [*values]}}

    assert ask.parameters(listing("a", "b"), listing("a")) == [("value-removed", "breaking", "request")]
    assert ask.parameters(listing("a"), listing("a", "b")) == []
