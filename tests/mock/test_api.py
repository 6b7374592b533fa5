"""The mock's own API, and the journal that it shows."""

from __future__ import annotations

import pytest

from tests.mock.desk import HEALTHY, Desk


async def test_the_state_lists_operations_with_what_they_do(desk: Desk) -> None:
    operations = {one["name"]: one for one in (await desk.get("/__tandem/state"))["operations"]}

    card = operations["card.freezeCard"]
    assert (card["method"], card["path"], card["does"], card["live"]) == (
        "POST",
        "/v1/cards/{card_id}/freeze",
        "act",
        None,
    )
    assert "card_frozen" in card["scenarios"]
    assert operations["transaction.recordPurchase"]["does"] == "create"


async def test_the_journal_says_what_was_asked_what_was_told_and_why(desk: Desk) -> None:
    await desk.get("/v1/accounts?limit=2", x_tandem_session="anna", authorization="Bearer secret")
    await desk.ask("GET", "/v1/accounts?limit=500", x_tandem_session="anna")
    await desk.ask("GET", "/v1/cards", x_tandem_session="omar")

    entries = (await desk.get("/__tandem/journal", x_tandem_session="anna"))["entries"]

    assert [(one["status"], one["operation"]) for one in entries] == [
        (422, "account.listAccounts"),
        (200, "account.listAccounts"),
    ]
    assert "limit" in entries[0]["why"]
    assert entries[1]["why"] == "from memory"
    assert entries[1]["request"]["query"] == "limit=2"
    assert "secret" not in str(entries)
    one = await desk.get(f"/__tandem/journal/{entries[1]['number']}", x_tandem_session="anna")
    assert one == entries[1]
    assert len((await desk.get("/__tandem/journal?limit=1", x_tandem_session="anna"))["entries"]) == 1


async def test_a_reset_of_all_forgets_scenario_dials_and_journal(desk: Desk) -> None:
    await desk.ask("PUT", "/__tandem/scenario", {"scenario": "empty"})
    await desk.ask("PUT", "/__tandem/dials", {"*": {"delay_ms": 1}})
    await desk.get("/v1/cards")

    await desk.post("/__tandem/reset", {"all": True})

    state = await desk.get("/__tandem/state")
    assert (state["scenario"], state["dials"]) == (None, {})
    assert (await desk.get("/__tandem/journal"))["entries"] == []


async def test_a_change_is_told_in_the_journal(desk: Desk) -> None:
    await desk.post(f"/v1/cards/crd_{HEALTHY}/freeze", {"reason": "Lost"})

    why = (await desk.get("/__tandem/journal"))["entries"][0]["why"]
    assert why == "changed frozen_at, status, status_reason"


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/__tandem/nothing", None, 404),
        ("DELETE", "/__tandem/state", None, 405),
        ("GET", "/__tandem/journal/99", None, 404),
        ("GET", "/__tandem/journal/x", None, 404),
        ("PUT", "/__tandem/scenario", {"scenario": 5}, 400),
        ("PUT", "/__tandem/scenario", {"scenario": "nope"}, 400),
        ("PUT", "/__tandem/dials", {"*": {"delay": 1}}, 400),
        ("PUT", "/__tandem/live/nope", {"url": "http://x"}, 404),
        ("POST", "/__tandem/reset", [1], 400),
    ],
)
async def test_what_the_api_does_not_know_is_a_problem(
    desk: Desk, method: str, path: str, body: object, status: int
) -> None:
    answer = await desk.ask(method, path, body)

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


async def test_a_body_of_the_api_that_is_no_json_is_a_problem(desk: Desk) -> None:
    assert (await desk.client.post("/__tandem/reset", content=b"{")).status_code == 400
