"""A plan says everything that the Locust process has to know, and what comes in which order."""

from __future__ import annotations

import json

from tandem.gate.load.plan import YARDSTICK, Plan, Step, Walk, read

BARE = Walk("", (Step(YARDSTICK, "GET", "http://127.0.0.1:1"),))
GET = Walk("support", (Step("getNotice", "GET", "/v1/notices/not_1"),))
JOURNEY = Walk(
    "customer",
    (
        Step("listNotices", "GET", "/v1/notices", {"limit": 1}, take={"notice_id": "/items/0/id"}),
        Step("getNotice", "GET", "/v1/notices/$notice_id"),
    ),
)
PLAN = Plan("http://127.0.0.1:2", {"support": "t"}, (BARE, GET, JOURNEY), 2, 50.0, 3, 9.0, {"customer": [{"a": "1"}]})


def test_what_is_written_is_read_again() -> None:
    assert read(json.loads(json.dumps(PLAN.as_document()))) == PLAN


def test_first_walks_come_once_more_to_warm_up() -> None:
    order = list(PLAN.in_order())
    assert order[:2] == [(0, BARE), (0, GET)]
    assert order[2:] == [(nth, walk) for nth in (1, 2) for walk in (BARE, GET, JOURNEY)]


def test_what_is_asked_in_a_round_is_counted() -> None:
    assert (PLAN.asks("getNotice"), PLAN.asks("listNotices"), PLAN.asks("other")) == (2, 1, 0)
    assert PLAN.operations == {"getNotice", "listNotices"}


def test_second_look_keeps_the_yardstick_and_what_leads_to_the_suspect() -> None:
    assert PLAN.only({"listNotices"}).walks == (BARE, JOURNEY)
