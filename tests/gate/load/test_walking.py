"""A walk uses what answers before had, and ends quietly where they had nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tandem.gate.load.plan import Plan, Step
from tandem.gate.load.walking import Known, NothingToSend, request

PLAN = Plan("http://host", {"support": "s", "service": "v"}, (), 1, 1.0, 1, 1.0)


def known(number: int = 4, **values: Any) -> Known:
    return Known(values, number, "word")


def test_values_stand_in_path_query_and_body() -> None:
    step = Step(
        "payNotice", "POST", "/v1/notices/$notice_id/pay", {"account_id": "$account_id", "limit": 1},
        body={"account_id": "$account_id", "tags": ["$unique", "plain"], "sum": 5},
    )  # fmt: skip
    sent = request(PLAN, "support", step, known(notice_id="not 1/2", account_id="acc_1"))
    assert sent.url == "http://host/v1/notices/not%201%2F2/pay?account_id=acc_1&limit=1"
    assert json.loads(sent.body or "") == {"account_id": "acc_1", "tags": ["word", "plain"], "sum": 5}
    assert sent.headers == {"Authorization": "Bearer s", "Content-Type": "application/json"}


def test_step_may_be_somebody_elses_and_the_yardstick_is_nobodys() -> None:
    assert request(PLAN, "support", Step("a", "GET", "/a", caller="service"), known()).headers == {
        "Authorization": "Bearer v"
    }
    bare = request(PLAN, "", Step("yardstick", "GET", "http://other:1/"), known())
    assert (bare.url, bare.headers) == ("http://other:1/", {})


def test_each_write_has_a_key_of_its_own_and_names_the_version_seen_last() -> None:
    one, step = known(), Step("a", "POST", "/a", key=True, if_match=True)
    one.learn(Step("b", "GET", "/b"), {"etag": '"7"'}, "")
    one.learn(Step("c", "GET", "/c"), {}, "")
    first, second = request(PLAN, "support", step, one).headers, request(PLAN, "support", step, one).headers
    assert first["If-Match"] == second["If-Match"] == '"7"'
    assert (first["Idempotency-Key"], second["Idempotency-Key"]) == ("word-1", "word-2")


@pytest.mark.parametrize(
    ("pointer", "value"), [("/items/0/id", "n0"), ("/items/*/id", "n1"), ("/total", 3), ("/items/2/id", "n2")]
)
def test_what_is_taken_is_kept(pointer: str, value: object) -> None:
    one = known(4)
    document = {"total": 3, "items": [{"id": f"n{number}"} for number in range(3)]}
    one.learn(Step("a", "GET", "/a", take={"it": pointer}), {}, json.dumps(document))
    assert one.values["it"] == value


@pytest.mark.parametrize("pointer", ["/items/0/id", "/items/*/id", "/none", "/empty/x", "/text/x"])
def test_walk_ends_where_there_is_nothing_to_take(pointer: str) -> None:
    with pytest.raises(NothingToSend):
        known().learn(
            Step("a", "GET", "/", take={"it": pointer}), {}, '{"items": [], "none": null, "empty": {}, "text": "t"}'
        )


def test_walk_ends_where_a_value_is_not_known() -> None:
    with pytest.raises(NothingToSend, match=r"\$card_id"):
        request(PLAN, "support", Step("a", "GET", "/v1/cards/$card_id"), known())
