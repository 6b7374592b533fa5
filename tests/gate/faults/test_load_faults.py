"""A service that is slow, breaks, became slower or asks its database row by row does not pass the load stage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tandem.gate.load.plan import YARDSTICK
from tandem.gate.load.stage import LoadStage
from tandem.gate.service.serving import served
from tandem.gate.verdict import StageResult, Verdict
from tandem.local.postgres import Server
from tests.gate.faults.catalogue import assert_caught
from tests.gate.load.figures import Time, sender, steady
from tests.gate.load.hosted import hosted
from tests.gate.load.notice_service import LISTING, Notices
from tests.gate.load.test_statements import with_database
from tests.gate.world import Project, judged_by, told


@pytest.fixture
def listing(notices: Project) -> Project:
    """Committed, so that a baseline can be kept."""
    notices.contract.write_text(LISTING, "utf-8")
    notices.tag("v1")
    return notices


@pytest.fixture(scope="module")
def clean(postgres: Server) -> Iterator[str]:
    with served(with_database(postgres.url(), one_by_one=False)) as url:
        yield url


def looked(project: Project, url: str, postgres: Server, *times: Time, finished: bool = True) -> StageResult:
    return judged_by(hosted(project, url, postgres), LoadStage(sender(*times, finished=finished)))


def verdicts(result: StageResult) -> dict[str, Verdict]:
    return {check.name: check.verdict for check in result.checks}


def except_for(operation: str, milliseconds: float, status: int = 200, rounds: tuple[int, ...] = (1, 2, 3)) -> Time:
    def time(asked: str, nth: int) -> tuple[float, int]:
        return (milliseconds, status) if asked == operation and nth in rounds else steady()(asked, nth)

    return time


def test_service_that_keeps_its_promises_passes_and_becomes_the_baseline(
    listing: Project, clean: str, postgres: Server
) -> None:
    first = looked(listing, clean, postgres, steady())
    assert first.verdict is Verdict.PASSED, told(first)
    assert verdicts(first) == {
        "statements": Verdict.PASSED,
        "reach": Verdict.DID_NOT_LOOK,
        "errors": Verdict.PASSED,
        "speed": Verdict.PASSED,
        "baseline": Verdict.DID_NOT_LOOK,
    }
    again = looked(listing, clean, postgres, steady())
    assert verdicts(again)["baseline"] is Verdict.PASSED


def test_operation_that_is_slower_than_promised_is_caught(listing: Project, clean: str, postgres: Server) -> None:
    result = looked(listing, clean, postgres, except_for("getNotice", 80.0))
    assert_caught(result, "getNotice is slower than promised: its 95th percentile is 80 ms, not 50 ms", "x-slo")
    assert "listNotices is" not in told(result)


@pytest.mark.parametrize("rounds", [(1,), (3,)])
def test_one_slow_round_is_no_slow_operation(
    rounds: tuple[int, ...], listing: Project, clean: str, postgres: Server
) -> None:
    assert looked(listing, clean, postgres, except_for("getNotice", 80.0, rounds=rounds)).verdict is Verdict.PASSED


def test_what_was_slow_once_and_not_again_is_not_said(listing: Project, clean: str, postgres: Server) -> None:
    result = looked(listing, clean, postgres, except_for("getNotice", 80.0), steady())
    assert result.verdict is Verdict.PASSED, told(result)


def test_service_that_breaks_under_load_is_caught(listing: Project, clean: str, postgres: Server) -> None:
    result = looked(listing, clean, postgres, except_for("getNotice", 4.0, 503, rounds=(2,)))
    assert_caught(result, "getNotice breaks under load: 20 of 60 requests got 503, 0.10% is what the contract allows")


def test_service_that_breaks_without_a_promise_is_caught(listing: Project, clean: str, postgres: Server) -> None:
    listing.edit("contracts/notice/openapi.yaml", "      x-slo: {p95_ms: 50, error_rate: 0.001}\n", "")
    result = looked(listing, clean, postgres, except_for("getNotice", 4.0, 500))
    assert_caught(result, "getNotice breaks under load: 60 of 60 requests got 500, 1.00% would be let pass")


def test_service_that_does_not_answer_is_caught(listing: Project, clean: str, postgres: Server) -> None:
    result = looked(listing, clean, postgres, except_for("listNotices", 4.0, 0))
    assert_caught(result, "listNotices breaks under load: 60 of 60 requests got no answer")


def test_one_failure_among_few_requests_does_not_decide(listing: Project, clean: str, postgres: Server) -> None:
    left = iter([503])

    def time(operation: str, nth: int) -> tuple[float, int]:
        return 4.0, next(left, 200) if operation == "getNotice" else 200

    result = looked(listing, clean, postgres, time)
    assert result.verdict is Verdict.CANNOT_TELL
    assert "too few requests to tell what is promised: getNotice (1 of 60 requests)" in told(result)


def test_too_few_answers_do_not_decide(listing: Project, clean: str, postgres: Server) -> None:
    result = looked(listing, clean, postgres, except_for("getNotice", 4.0, 404, rounds=(1, 2)))
    assert result.verdict is Verdict.CANNOT_TELL
    assert "speed: cannot tell, too few answers to tell: getNotice" in told(result)


def test_time_that_was_up_does_not_decide(listing: Project, clean: str, postgres: Server) -> None:
    result = looked(listing, clean, postgres, except_for("getNotice", 4.0, 404), finished=False)
    assert "speed: cannot tell, the time was up before there were enough: getNotice" in told(result)


def test_operation_that_became_slower_within_its_promise_is_caught(
    listing: Project, clean: str, postgres: Server
) -> None:
    looked(listing, clean, postgres, steady(4.0))
    result = looked(listing, clean, postgres, except_for("getNotice", 12.0))
    assert_caught(result, "getNotice is 3.0 times as slow as at", "12.0 ms where it would have been 4.0 ms", "baseline")
    assert verdicts(result)["speed"] is Verdict.PASSED


def test_slower_machine_is_no_slower_service(listing: Project, clean: str, postgres: Server) -> None:
    looked(listing, clean, postgres, steady(4.0))

    def busy(operation: str, nth: int) -> tuple[float, int]:
        return (3.0 if operation == YARDSTICK else 12.0), 200

    assert looked(listing, clean, postgres, busy).verdict is Verdict.PASSED


def test_twice_as_slow_that_nobody_notices_is_noise(listing: Project, clean: str, postgres: Server) -> None:
    looked(listing, clean, postgres, steady(1.0))
    assert looked(listing, clean, postgres, except_for("getNotice", 3.0)).verdict is Verdict.PASSED


def test_slowness_that_is_not_seen_again_spoils_no_baseline(listing: Project, clean: str, postgres: Server) -> None:
    looked(listing, clean, postgres, steady(4.0))
    result = looked(listing, clean, postgres, except_for("getNotice", 12.0), steady(4.0))
    assert result.verdict is Verdict.PASSED, told(result)


def test_statement_for_each_row_is_caught(listing: Project, postgres: Server) -> None:
    with served(with_database(postgres.url(), one_by_one=True)) as url:
        result = looked(listing, url, postgres, steady())
    assert_caught(
        result, "listNotices asks its database again for each row: 2 statements for 1 row, 9 statements for 8 rows",
        "SELECT $1::int AS reader", "ANY($1)",
    )  # fmt: skip


def test_service_of_which_nothing_is_known_was_not_looked_at(listing: Project, postgres: Server) -> None:
    async def nothing(path: str, query: dict[str, str]) -> tuple[int, Any]:
        return 404, {}

    with served(Notices(nothing).app()) as url:
        first, again = (looked(listing, url, postgres, steady()) for _ in range(2))
    assert first.verdict is again.verdict is Verdict.DID_NOT_LOOK
    assert set(verdicts(again).values()) == {Verdict.DID_NOT_LOOK}
    assert "createNotice, listNotices (it answers 404), getNotice (it answers 404)" in told(again)
