"""Locust does what a plan says. Here in the test's own process, without the changes that it would make to it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tandem.gate.load.driving import Work, drive, main
from tandem.gate.load.plan import Plan, Step, Walk
from tandem.gate.service.serving import served
from tandem.local.postgres import free_port
from tests.gate.load.notice_service import Notices, notices

GET = Walk("support", (Step("getNotice", "GET", "/v1/notices/not_1"),))
JOURNEY = Walk(
    "support",
    (
        Step("listNotices", "GET", "/v1/notices", {"limit": 1}, take={"notice_id": "/items/0/id"}),
        Step("createNotice", "POST", "/v1/notices", body={"of": "$notice_id"}, key=True, if_match=True, rarely=True),
        Step("getNotice", "GET", "/v1/notices/$customer_id"),
        Step("getNotice", "GET", "/v1/notices/not_2"),
    ),
)
EMPTY = Walk(
    "support", (Step("listNotices", "GET", "/v1/notices", {"limit": 0}, take={"it": "/items/0/id"}), *GET.steps)
)


@pytest.fixture(autouse=True)
def unchanged_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCUST_SKIP_MONKEY_PATCH", "1")


@pytest.fixture(scope="module")
def service() -> Iterator[tuple[str, Notices]]:
    async def answer(path: str, query: dict[str, str]) -> tuple[int, Any]:
        if path == "/v1/notices/cus_gone":
            return 404, {}
        return await notices(path, query)

    one = Notices(answer)
    with served(one.app()) as url:
        yield url, one


def plan(url: str, *walks: Walk, seconds: float = 20.0, per_second: float = 500.0) -> Plan:
    return Plan(url, {"support": "t"}, walks, 2, per_second, 2, seconds, {"support": [{"customer_id": "cus_gone"}]})


def seen(told: dict[str, Any]) -> Counter[tuple[str, int, int]]:
    return Counter((operation, nth, status) for _, operation, nth, _, status in told["samples"])


def test_every_walk_of_every_round_is_walked(service: tuple[str, Notices]) -> None:
    url, _ = service
    told = drive(plan(url, GET, GET, GET))
    assert told["finished"]
    assert seen(told) == {("getNotice", 0, 200): 2, ("getNotice", 1, 200): 3, ("getNotice", 2, 200): 3}


def test_walk_goes_from_answer_to_answer_until_one_is_refused(service: tuple[str, Notices]) -> None:
    url, one = service
    one.asked.clear()
    told = drive(plan(url, JOURNEY))
    assert {key: count for key, count in seen(told).items() if key[1] == 1} == {
        ("listNotices", 1, 200): 1,
        ("createNotice", 1, 200): 1,
        ("getNotice", 1, 404): 1,
    }
    _, _, headers, body = next(asked for asked in one.asked if asked[0] == "POST")
    assert json.loads(body) == {"of": "not_1"}
    assert (headers["if-match"], headers["authorization"]) == ('"7"', "Bearer t")
    assert len({headers["idempotency-key"] for method, _, headers, _ in one.asked if method == "POST"}) == 3


def test_walk_that_finds_nothing_to_take_ends(service: tuple[str, Notices]) -> None:
    told = drive(plan(service[0], EMPTY))
    assert {operation for operation, _, _ in seen(told)} == {"listNotices"}


def test_nobody_who_answers_has_status_nought() -> None:
    told = drive(plan(f"http://127.0.0.1:{free_port()}", GET))
    assert {status for _, _, status in seen(told)} == {0}


def test_time_that_is_up_is_said(service: tuple[str, Notices]) -> None:
    told = drive(plan(service[0], *[GET] * 50, seconds=0.1, per_second=20.0))
    assert not told["finished"]
    assert 0 < len(told["samples"]) < 100


def test_requests_are_spread_over_the_second() -> None:
    work = Work(plan("http://host", GET, per_second=100.0))
    waits = [work.wait_seconds() for _ in range(5)]
    assert [round(later - earlier, 3) for earlier, later in pairwise(waits)] == [0.01] * 4


def test_walks_start_with_different_things_in_turn() -> None:
    seeds = {"support": [{"a": "1"}, {"a": "2"}]}
    work = Work(Plan("http://host", {}, (GET, GET), 1, 1.0, 1, 1.0, seeds))
    started = [found[2] for _ in range(3) if (found := work.next_walk())]
    assert [known.values for known in started] == [{"a": "2"}, {"a": "1"}, {"a": "2"}]
    assert len({known.unique for known in started}) == 3
    assert work.next_walk() is None


def test_plan_and_result_are_files(service: tuple[str, Notices], tmp_path: Path) -> None:
    (tmp_path / "plan").write_text(json.dumps(plan(service[0], GET).as_document()))
    main([str(tmp_path / "plan"), str(tmp_path / "result")])
    assert json.loads((tmp_path / "result").read_text())["finished"]
