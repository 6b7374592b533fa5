"""Scenarios across services: chosen by header, query, cookie or session, listed, and consistent within."""

from __future__ import annotations

import pytest

from tandem.mock.exchange import Answer
from tests.mock.desk import HEALTHY, OVERDUE, Desk
from tests.product import PRODUCT

CARD = {"account_id": f"acc_{OVERDUE}", "holder_name": "Omar Haddad", "design": "sand"}


@pytest.mark.parametrize("headers", [{"x_tandem_scenario": "overdue"}, {"cookie": "tandem_scenario=overdue"}])
async def test_a_header_or_a_cookie_chooses(desk: Desk, headers: dict[str, str]) -> None:
    answer = await desk.ask("GET", "/v1/invoices", **headers)

    assert answer.json()["items"][0]["status"] == "overdue"
    assert answer.headers["tandem-scenario"] == "overdue"


async def test_a_link_with_a_scenario_reopens_that_state(desk: Desk) -> None:
    page = await desk.get("/v1/invoices?scenario=overdue&limit=5")

    assert page["items"][0]["status"] == "overdue"


async def test_the_session_keeps_the_scenario_chosen_for_it(desk: Desk) -> None:
    chosen = await desk.ask("PUT", "/__tandem/scenario", {"scenario": "empty"}, x_tandem_session="anna")
    assert chosen.json() == {"session": "anna", "scenario": "empty"}

    assert (await desk.get("/v1/cards", x_tandem_session="anna"))["total"] == 0
    assert (await desk.get("/v1/cards", x_tandem_session="omar"))["total"] == 1

    await desk.ask("PUT", "/__tandem/scenario", {"scenario": None}, x_tandem_session="anna")
    assert (await desk.get("/v1/cards", x_tandem_session="anna"))["total"] == 1


async def test_a_header_wins_over_query_cookie_and_session(desk: Desk) -> None:
    await desk.ask("PUT", "/__tandem/scenario", {"scenario": "empty"})
    path = "/v1/accounts?scenario=card_frozen"

    answer = await desk.ask("GET", path, x_tandem_scenario="overdue", cookie="tandem_scenario=limit_reached")
    assert answer.headers["tandem-scenario"] == "overdue"
    answer = await desk.ask("GET", path, cookie="tandem_scenario=limit_reached")
    assert answer.headers["tandem-scenario"] == "card_frozen"


async def test_a_scenario_nobody_wrote_is_refused_with_the_nearest(desk: Desk) -> None:
    answer = await desk.ask("GET", "/v1/accounts", x_tandem_scenario="overdew")

    assert answer.status_code == 400
    assert "Did you mean overdue?" in answer.json()["detail"]


async def test_an_old_cookie_for_a_scenario_that_is_gone_is_passed_over(desk: Desk) -> None:
    assert (await desk.ask("GET", "/v1/accounts", cookie="tandem_scenario=gone")).status_code == 200


async def test_scenarios_are_listed_with_their_stories(desk: Desk) -> None:
    scenarios = {one["name"]: one for one in (await desk.get("/__tandem/state"))["scenarios"]}

    assert list(scenarios)[:2] == ["healthy", "new_customer"]
    assert "reminder fee" in scenarios["overdue"]["story"]
    assert scenarios["partial"]["operations"] == 1


async def test_one_story_is_told_by_every_service(desk: Desk) -> None:
    headers = {"x_tandem_scenario": "overdue"}
    account = (await desk.get("/v1/accounts", **headers))["items"][0]
    card = (await desk.get(f"/v1/cards?account_id={account['id']}", **headers))["items"][0]
    overview = await desk.get(f"/v1/accounts/{account['id']}/overview", **headers)

    assert overview["cards"]["items"][0]["id"] == card["id"]
    assert card["customer_id"] == account["customer_id"]


async def test_an_app_with_an_id_of_its_own_sees_the_chosen_story_under_that_id(desk: Desk) -> None:
    headers = {"x_tandem_scenario": "overdue"}
    account = f"acc_{HEALTHY}"

    assert (await desk.get(f"/v1/accounts/{account}", **headers))["name"] == "Nordic Kafé HB"
    cards = await desk.get(f"/v1/cards?account_id={account}", **headers)
    assert [(one["account_id"], one["last_four"]) for one in cards["items"]] == [(account, "3310")]


async def test_without_a_choice_each_id_brings_its_own_story(desk: Desk) -> None:
    answer = await desk.ask("GET", f"/v1/accounts/acc_{OVERDUE}/overview")

    assert answer.headers["tandem-scenario"] == "overdue"
    assert answer.json()["invoice"]["due"]["status"] == "overdue"


async def test_what_was_created_in_a_story_is_found_without_naming_it_again(desk: Desk) -> None:
    await desk.get("/v1/accounts")
    made = await desk.post("/v1/cards", CARD)

    answer = await desk.ask("GET", f"/v1/cards/{made['id']}")
    assert answer.json() == made
    assert answer.headers["tandem-scenario"] == "overdue"


async def test_stories_do_not_leak_into_each_other(desk: Desk) -> None:
    await desk.post("/v1/cards", CARD)

    assert (await desk.get("/v1/cards?scenario=overdue"))["total"] == 2
    assert (await desk.get("/v1/cards?scenario=healthy"))["total"] == 1


@pytest.mark.parametrize("scenario", [
    "healthy", "new_customer", "overdue", "card_frozen", "limit_reached", "empty", "partial", "partially_paid", "paid",
])  # fmt: skip
async def test_every_reading_operation_answers_in_every_scenario(desk: Desk, scenario: str) -> None:
    """No example missing in some story may leave a page of the app without an answer."""
    for operation in desk.mock.loaded.operations:
        if operation.method != "GET" or operation.service not in PRODUCT:
            continue
        path = operation.path
        for name in operation.path_names:
            prefix = {"account": "acc", "card": "crd", "customer": "cus", "invoice": "inv", "transaction": "txn"}
            kind = name.removesuffix("_id")
            path = path.replace(
                f"{{{name}}}", f"{prefix.get(kind, {'contact_person': 'per'}.get(kind, 'req'))}_{HEALTHY}"
            )
        query = f"?account_id=acc_{HEALTHY}" if operation.id in {"listTransactions", "exportTransactions"} else ""
        answer = await desk.ask("GET", path + query, x_tandem_scenario=scenario)
        assert answer.status_code == 200, (operation.name, answer.text)
        assert not desk.mock.drift.hold(operation, Answer(200, answer.content, dict(answer.headers))), operation.name
