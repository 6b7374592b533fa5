"""Dials: what may befall an answer, as a header, as a dial of the session, and by chance."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from tandem.mock.faults import Dial, NoSuchDial, from_headers, read_dial
from tests.mock.desk import HEALTHY, Desk


async def test_a_header_brings_the_error_that_the_contract_describes(desk: Desk) -> None:
    answer = await desk.ask("GET", f"/v1/accounts/acc_{HEALTHY}", x_tandem_fault="503")

    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/unavailable")
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


async def test_a_status_the_contract_does_not_know_is_a_problem_all_the_same(desk: Desk) -> None:
    answer = await desk.ask("GET", f"/v1/accounts/acc_{HEALTHY}", x_tandem_fault="418")

    assert (answer.status_code, answer.json()["status"]) == (418, 418)


async def test_dials_of_a_session_are_for_one_operation_or_for_all(desk: Desk) -> None:
    dials = {"account.listAccounts": {"errors": {"503": 1}}, "*": {"errors": {"500": 1}}}
    said = await desk.ask("PUT", "/__tandem/dials", dials, x_tandem_session="anna")
    assert said.json()["dials"] == {"account.listAccounts": {"errors": {"503": 1.0}}, "*": {"errors": {"500": 1.0}}}

    async def status(path: str, session: str = "anna") -> int:
        return (await desk.ask("GET", path, x_tandem_session=session)).status_code

    assert [await status("/v1/accounts"), await status("/v1/cards"), await status("/v1/cards", "omar")] == [
        503,
        500,
        200,
    ]
    await desk.ask("PUT", "/__tandem/dials", {}, x_tandem_session="anna")
    assert await status("/v1/cards") == 200


async def test_a_dial_for_an_operation_nobody_knows_is_refused_with_the_nearest(desk: Desk) -> None:
    answer = await desk.ask("PUT", "/__tandem/dials", {"getCards": {"delay_ms": 5}})

    assert answer.status_code == 404
    assert "Did you mean card.getCard" in answer.json()["detail"]


def test_errors_come_at_the_rate_that_was_set() -> None:
    random = Random(7)
    dial = Dial(errors={503: 0.2, 500: 0.1}, drop=0.05)
    drawn = [dial.draw(random) for _ in range(4000)]

    assert abs(sum(one.status == 503 for one in drawn) / 4000 - 0.19) < 0.03
    assert abs(sum(one.status == 500 for one in drawn) / 4000 - 0.095) < 0.03
    assert abs(sum(one.kind == "drop" for one in drawn) / 4000 - 0.05) < 0.02


def test_delays_follow_the_percentiles_that_were_set() -> None:
    random = Random(7)
    dial = Dial(percentiles={"p50": 100, "p95": 400, "p99": 1500})
    delays = sorted(dial.draw(random).delay_seconds * 1000 for _ in range(4000))

    assert abs(delays[2000] - 100) < 10
    assert abs(delays[3800] - 400) < 60
    assert delays[-1] <= 1500


def test_a_header_may_say_several_things_each_with_its_share() -> None:
    dial = from_headers("p50=50, p95=400", "503@0.3, drop@0.1")

    assert dial == Dial(percentiles={"p50": 50, "p95": 400}, errors={503: 0.3}, drop=0.1)
    assert from_headers(None, None) is None


@pytest.mark.parametrize(
    ("delay", "fault"),
    [
        ("soon", None),
        ("-5", None),
        ("p50=", None),
        ("q50=3", None),
        (None, "boom"),
        (None, "503@2"),
        (None, "700"),
        ("1e9", None),
    ],
)
def test_a_header_that_is_no_dial_is_refused(delay: str | None, fault: str | None) -> None:
    with pytest.raises(NoSuchDial):
        from_headers(delay, fault)


@pytest.mark.parametrize(
    "said", [5, {"dalay_ms": 1}, {"delay_ms": "1"}, {"delay_ms": True}, {"errors": {"9": 1}}, {"errors": {"503": 3}},
             {"errors": [503]}, {"percentiles": {"p0": 5}}, {"percentiles": {"median": 5}}, {"drop": 1.5}]
)  # fmt: skip
def test_a_dial_that_is_none_is_refused(said: Any) -> None:
    with pytest.raises(NoSuchDial):
        read_dial(said)
