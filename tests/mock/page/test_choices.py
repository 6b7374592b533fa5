"""What the forms do, with script and without, and who may send them."""

from __future__ import annotations

import pytest

from tandem.mock.page.dial_form import sentence
from tests.mock.desk import HEALTHY, Desk
from tests.mock.page.reading import PAGE, changed, page, part, plain, submit


async def test_a_scenario_is_chosen_and_gives_a_link(desk: Desk) -> None:
    answer = await submit(desk, "scenario", {"scenario": "overdue"})

    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}?scenario=overdue")
    assert (await desk.get("/v1/invoices"))["items"][0]["status"] == "overdue"


async def test_a_script_gets_what_changed_and_the_address(desk: Desk) -> None:
    answer = await submit(desk, "scenario", {"scenario": "overdue"}, tandem_fragment="1")

    assert answer.status_code == 200
    assert answer.headers["tandem-location"] == f"{PAGE}?scenario=overdue"
    assert 'id="scenario"' in answer.text
    assert "<html" not in answer.text


async def test_choosing_here_takes_away_a_cookie_that_would_go_before(desk: Desk) -> None:
    cookie = "tandem_scenario=empty"
    assert "goes before what is chosen here" in plain(await page(desk, cookie=cookie))

    answer = await submit(desk, "scenario", {"scenario": "overdue"}, cookie=cookie)
    assert answer.headers["set-cookie"].startswith("tandem_scenario=; Path=/; Max-Age=0")


async def test_a_delay_and_a_fault_are_set_said_and_turned_off(desk: Desk) -> None:
    form = {"target": "card.getCard", "delay_ms": "1", "fault": "status", "status": "503", "share": "100"}
    shown = plain(await changed(desk, "dials", form))

    assert "card.getCard 1 ms later; all answer 503" in shown
    assert (await desk.ask("GET", f"/v1/cards/crd_{HEALTHY}")).status_code == 503
    assert (await desk.ask("GET", "/v1/cards")).status_code == 200

    assert "Nothing is slow" in plain(await changed(desk, "off", {"target": "card.getCard"}))
    assert (await desk.ask("GET", f"/v1/cards/crd_{HEALTHY}")).status_code == 200


async def test_a_dial_for_all_stands_beside_one_for_one(desk: Desk) -> None:
    await changed(desk, "dials", {"target": "listCards", "fault": "slow", "share": "12,5"})
    shown = plain(await changed(desk, "dials", {"p50": "50", "p95": "400"}))

    assert "All p50 50 ms, p95 400 ms" in shown
    assert "card.listCards 12.5 % trickle" in shown
    assert "2 dials on" in shown


async def test_a_dial_set_to_nothing_is_off(desk: Desk) -> None:
    await changed(desk, "dials", {"delay_ms": "5"})
    assert "Nothing is slow" in plain(await changed(desk, "dials", {"delay_ms": "0"}))


@pytest.mark.parametrize(("fault", "said"), [("drop", "are cut off"), ("timeout", "never get an answer")])
async def test_faults_without_an_answer_are_said(desk: Desk, fault: str, said: str) -> None:
    assert f"50 % {said}" in plain(await changed(desk, "dials", {"fault": fault, "share": "50"}))
    assert sentence(desk.mock.sessions.get("default").dials["*"]) == f"50 % {said}"


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"delay_ms": "soon"}, "delay_ms takes a number"),
        ({"delay_ms": "nan"}, "delay_ms is a number from 0"),
        ({"fault": "rain"}, "There is no fault"),
        ({"fault": "status", "status": "999"}, "maps a status to a share"),
        ({"fault": "drop", "share": "150"}, "drop is a number from 0 to 1"),
        ({"target": "card.getCrad"}, "Did you mean card.getCard?"),
    ],
)
async def test_a_dial_that_cannot_be_is_refused_with_a_sentence(desk: Desk, form: dict[str, str], said: str) -> None:
    fragment = await submit(desk, "dials", form, tandem_fragment="1")
    whole = await submit(desk, "dials", form)

    for answer in (fragment, whole):
        assert answer.is_client_error
        assert said in plain(answer.text)
    assert "<html" in whole.text
    assert desk.mock.sessions.get("default").dials == {}


async def test_an_operation_goes_live_and_comes_back(desk: Desk) -> None:
    shown = plain(await changed(desk, "live", {"operation": "card.getCard", "url": "http://localhost:9000/"}))
    assert "card.getCard http://localhost:9000 0" in shown
    assert "1 live" in shown
    assert "live at http://localhost:9000" in plain(await part(desk, "operation/card.getCard"))

    assert "The mock answers everything" in plain(await changed(desk, "live", {"operation": "card.getCard", "url": ""}))


async def test_what_departs_from_the_contract_is_a_sentence_in_a_table(desk: Desk) -> None:
    desk.mock.drift.note("card.getCard", ["GET /v1/cards/{card_id}: `limit` was a string, the contract says integer"])
    desk.mock.live.send("card.getCard", "http://localhost:9000")

    shown = plain(await page(desk))
    assert "limit was a string, the contract says integer 1" in shown
    assert "1, 1 wrong" in shown

    assert "limit was a string" not in plain(await changed(desk, "reset", {"what": "drift"}))


async def test_a_long_drift_table_says_where_the_rest_is(desk: Desk) -> None:
    desk.mock.drift.note("card.getCard", [f"sentence {number}" for number in range(120)])
    assert "20 more in drift" in plain(await page(desk))


async def test_the_memory_is_forgotten_and_the_rest_stays(desk: Desk) -> None:
    await submit(desk, "scenario", {"scenario": "overdue"})
    await desk.post(f"/v1/cards/crd_{HEALTHY}/freeze", {"reason": "Lost"})
    await changed(desk, "reset", {"what": "memory"})

    assert (await desk.get(f"/v1/cards/crd_{HEALTHY}"))["status"] == "active"
    assert "Scenario: overdue" in await page(desk)


async def test_everything_is_as_at_the_start_again(desk: Desk) -> None:
    await submit(desk, "scenario", {"scenario": "overdue"})
    await submit(desk, "dials", {"delay_ms": "1"})
    await desk.get("/v1/cards")
    shown = plain(await changed(desk, "reset", {"what": "all"}))

    assert "No scenario" in shown
    assert "Nothing is slow" in shown
    assert "Nothing was asked" in shown
    assert (await submit(desk, "reset", {"what": "sun"})).status_code == 400


async def test_a_session_of_ones_own_is_kept_in_a_cookie(desk: Desk) -> None:
    answer = await submit(desk, "session", {"session": "anna"})
    assert answer.headers["set-cookie"].startswith("tandem_session=anna; Path=/;")
    assert "X-Tandem-Session: anna" in plain(await page(desk, cookie="tandem_session=anna"))

    left = await submit(desk, "session", {"session": ""})
    assert left.headers["set-cookie"].startswith("tandem_session=; Path=/; Max-Age=0")
    refused = await submit(desk, "session", {"session": "a; Domain=example.com"})
    assert refused.status_code == 400
    assert "set-cookie" not in refused.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:5173"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
async def test_a_form_on_another_page_changes_nothing(desk: Desk, headers: dict[str, str]) -> None:
    answer = await desk.client.post(f"{PAGE}/page/scenario", data={"scenario": "empty"}, headers=headers)

    assert answer.status_code == 403
    assert desk.mock.sessions.get("default").scenario is None


async def test_the_pages_own_form_is_taken(desk: Desk) -> None:
    sent = {"origin": "http://localhost:4010", "sec-fetch-site": "same-origin"}
    answer = await desk.client.post(f"{PAGE}/page/scenario", data={"scenario": "empty"}, headers=sent)

    assert answer.status_code == 303


async def test_a_link_does_nothing_that_a_form_does(desk: Desk) -> None:
    assert (await desk.ask("GET", f"{PAGE}/page/reset?what=all")).status_code == 404
    assert (await desk.ask("PUT", f"{PAGE}/page/reset")).status_code == 405


async def test_a_form_with_very_many_fields_is_refused(desk: Desk) -> None:
    answer = await submit(desk, "dials", {str(number): "" for number in range(600)})
    assert answer.status_code == 400
    assert "A form has at most 500 fields." in plain(answer.text)
