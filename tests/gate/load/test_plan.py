"""A plan says everything that the Locust process has to know, and what comes in which order."""

from __future__ import annotations

import json
from dataclasses import replace

from tandem.gate.load.plan import YARDSTICK, Plan, Step, Walk, read

BARE = Walk("", (Step(YARDSTICK, "GET", "http://127.0.0.1:1"),))
GET = Walk("support", (Step("getNotice", "GET", "/v1/notices/not_1"),))
JOURNEY = Walk(
    "customer",
    (
        Step("listNotices", "GET", "/v1/notices", {"limit": 1}, take={"notice_id": "/items/0/id"}),
        Step("getNotice", "GET", "/v1/notices/$notice_id"),
    ),
    "morning",
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


def test_same_work_has_the_same_fingerprint_whatever_the_ids_are() -> None:
    other = Walk("service", (Step("getNotice", "GET", "/v1/notices/not_2"),))
    longer = replace(JOURNEY, steps=(replace(JOURNEY.steps[0], query={"limit": 100}), *JOURNEY.steps[1:]))
    assert replace(PLAN, walks=(JOURNEY, other, BARE), url="http://127.0.0.1:3").fingerprint == PLAN.fingerprint
    for changed in ((BARE, GET, longer), (BARE, GET, GET, JOURNEY), (BARE, GET)):
        assert replace(PLAN, walks=changed).fingerprint != PLAN.fingerprint
    assert replace(PLAN, rounds=3).fingerprint != PLAN.fingerprint
