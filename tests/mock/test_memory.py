"""What was created is there, what was changed is changed, what was deleted is gone; each session on its own."""

from __future__ import annotations

from typing import Any

from tests.mock.desk import FROZEN, HEALTHY, NEW, OTHER, Desk

PURCHASE = {
    "account_id": f"acc_{HEALTHY}",
    "card_id": f"crd_{HEALTHY}",
    "amount": {"amount": "99.00", "currency": "SEK"},
    "description": "Clas Ohlson",
    "purchased_at": "2026-11-15T09:00:00Z",
    "merchant_category": "5200",
}
CARD = {"account_id": f"acc_{HEALTHY}", "holder_name": "Nils Berg", "design": "sand"}


async def test_what_i_created_is_there_when_i_get_it_and_when_i_list(desk: Desk) -> None:
    made = await desk.post("/v1/purchases", PURCHASE)

    assert made["description"] == "Clas Ohlson"
    assert await desk.get(f"/v1/transactions/{made['id']}") == made
    page = await desk.get(f"/v1/transactions?account_id=acc_{HEALTHY}&limit=3")
    assert page["items"][0]["id"] == made["id"]
    assert page["total"] == 58


async def test_a_location_leads_to_what_was_created(desk: Desk) -> None:
    answer = await desk.ask("POST", "/v1/cards", CARD, idempotency_key="location-1")

    assert answer.status_code == 201
    assert (await desk.get(answer.headers["location"])) == answer.json()
    assert answer.headers["etag"] == '"1"'


async def test_a_change_is_seen_by_the_next_get_and_by_the_list(desk: Desk) -> None:
    card = f"/v1/cards/crd_{HEALTHY}"
    answer = await desk.ask("PATCH", card, {"holder_name": "Anna B. Berg"}, if_match='"2"')

    assert answer.status_code == 200, answer.text
    assert (await desk.get(card))["holder_name"] == "Anna B. Berg"
    assert (await desk.get("/v1/cards"))["items"][0]["holder_name"] == "Anna B. Berg"
    assert answer.headers["etag"] == '"3"'


async def test_a_stale_version_is_refused(desk: Desk) -> None:
    answer = await desk.ask("PATCH", f"/v1/cards/crd_{HEALTHY}", {"holder_name": "Anna"}, if_match='"77"')

    assert answer.status_code == 412
    assert answer.json()["type"] == "/problems/precondition-failed"


async def test_what_was_deleted_is_gone_from_get_and_from_the_list(desk: Desk) -> None:
    people = f"/v1/customers/cus_{HEALTHY}/contact-persons"
    before = await desk.get(people)
    one = before["items"][0]["id"]

    assert (await desk.ask("DELETE", f"{people}/{one}")).status_code == 204

    gone = await desk.ask("GET", f"{people}/{one}")
    assert gone.status_code == 404
    assert gone.json()["type"] == "/problems/contact-person-not-found"
    after = await desk.get(people)
    assert after["total"] == before["total"] - 1
    assert one not in [person["id"] for person in after["items"]]
    assert (await desk.ask("DELETE", f"{people}/{one}")).status_code == 404


async def test_an_action_changes_the_state_that_its_example_says(desk: Desk) -> None:
    frozen = await desk.post(f"/v1/cards/crd_{HEALTHY}/freeze", {"reason": "Left it on the train"})

    assert frozen["status"] == "frozen"
    assert frozen["frozen_at"] is not None
    assert frozen["status_reason"] == "Left it on the train"
    assert (await desk.get(f"/v1/cards/crd_{HEALTHY}"))["status"] == "frozen"
    assert (await desk.get(f"/v1/cards?account_id=acc_{HEALTHY}&status=frozen"))["total"] == 1

    thawed = await desk.post(f"/v1/cards/crd_{HEALTHY}/unfreeze")
    assert (thawed["status"], thawed["frozen_at"]) == ("active", None)


async def test_an_action_whose_example_shows_no_change_still_undoes_its_sister(desk: Desk) -> None:
    account = f"/v1/accounts/acc_{HEALTHY}"
    await desk.post(f"{account}/freeze")
    assert (await desk.get(account))["status"] == "frozen"

    await desk.post(f"{account}/unfreeze")

    after = await desk.get(account)
    assert (after["status"], after["frozen_at"]) == ("open", None)


async def test_the_overview_shows_the_card_that_was_just_activated(desk: Desk) -> None:
    overview = f"/v1/accounts/acc_{NEW}/overview"
    assert (await desk.get(overview))["cards"]["items"][0]["can_activate"] is True

    await desk.post(f"/v1/cards/crd_{NEW}/activate", {"last_four": "0917"})

    card = (await desk.get(overview))["cards"]["items"][0]
    assert (card["status"], card["can_activate"]) == ("active", False)


async def test_doing_it_twice_changes_nothing_more(desk: Desk) -> None:
    first = await desk.post(f"/v1/cards/crd_{HEALTHY}/freeze", {"reason": "Lost"})
    again = await desk.post(f"/v1/cards/crd_{HEALTHY}/freeze", {"reason": "Lost"})

    assert again == first


async def test_the_same_key_gives_the_same_answer_and_another_request_is_refused(desk: Desk) -> None:
    first = await desk.ask("POST", "/v1/purchases", PURCHASE, idempotency_key="purchase-1")
    again = await desk.ask("POST", "/v1/purchases", PURCHASE, idempotency_key="purchase-1")
    other = await desk.ask("POST", "/v1/purchases", PURCHASE | {"description": "Biltema"}, idempotency_key="purchase-1")

    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert other.status_code == 422
    assert (await desk.get(f"/v1/transactions?account_id=acc_{HEALTHY}"))["total"] == 58


async def test_reset_brings_the_seed_back(desk: Desk) -> None:
    made = await desk.post("/v1/cards", CARD)
    await desk.post(f"/v1/cards/crd_{HEALTHY}/freeze", {"reason": "Lost"})

    await desk.post("/__tandem/reset")

    cards = await desk.get("/v1/cards")
    assert [(one["id"], one["status"]) for one in cards["items"]] == [(f"crd_{HEALTHY}", "active")]
    assert made["id"] not in str(cards)


async def test_each_session_has_a_memory_of_its_own(desk: Desk) -> None:
    await desk.post(f"/v1/cards/crd_{HEALTHY}/freeze", {"reason": "Lost"}, x_tandem_session="anna")

    mine = await desk.ask("GET", f"/v1/cards/crd_{HEALTHY}", x_tandem_session="anna")
    theirs = await desk.ask("GET", f"/v1/cards/crd_{HEALTHY}", cookie="tandem_session=omar")

    assert (mine.json()["status"], mine.headers["tandem-session"]) == ("frozen", "anna")
    assert (theirs.json()["status"], theirs.headers["tandem-session"]) == ("active", "omar")


async def test_scrolling_on_ends_at_the_total_without_gaps_or_repeats(desk: Desk) -> None:
    seen: list[str] = []
    path = f"/v1/transactions?account_id=acc_{HEALTHY}&limit=20"
    page = await desk.get(path)
    while True:
        seen += [one["id"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        page = await desk.get(f"{path}&cursor={page['next_cursor']}")

    assert len(seen) == len(set(seen)) == page["total"] == 57


async def test_scrolling_on_is_stable_while_others_insert(desk: Desk) -> None:
    path = f"/v1/transactions?account_id=acc_{HEALTHY}&limit=2"
    first = await desk.get(path)
    await desk.post("/v1/purchases", PURCHASE)

    second = await desk.get(f"{path}&cursor={first['next_cursor']}")

    assert not {one["id"] for one in first["items"]} & {one["id"] for one in second["items"]}


async def test_a_cursor_from_elsewhere_is_refused(desk: Desk) -> None:
    answer = await desk.ask("GET", f"/v1/transactions?account_id=acc_{HEALTHY}&cursor=nonsense")

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-cursor")
    assert answer.json()["errors"][0]["pointer"] == "cursor"


async def test_filters_narrow_the_list_and_its_total(desk: Desk) -> None:
    path = f"/v1/transactions?account_id=acc_{HEALTHY}"

    async def found(query: str) -> Any:
        page = await desk.get(f"{path}&limit=100&{query}")
        assert page["total"] == len(page["items"])
        return page["items"]

    assert all(one["kind"] == "refund" for one in await found("kind=refund"))
    assert {one["description"] for one in await found("search=circle")} == {"Circle K Uppsala"}
    assert all(one["amount"]["amount"] == "1849.00" for one in await found("min_amount=1000.00"))
    recent = await found("booked_from=2026-11-13T00:00:00Z")
    assert [one["sequence"] for one in recent] == [57, 56]
    assert 57 not in [one["sequence"] for one in await found("booked_before=2026-11-14T00:00:00Z")]


async def test_a_filter_nobody_can_derive_is_named_in_the_journal(desk: Desk) -> None:
    await desk.get("/v1/invoices?unpaid=true")

    assert "unpaid" in (await desk.get("/__tandem/journal"))["entries"][0]["why"]


async def test_an_unknown_thing_can_be_changed_and_stays_changed(desk: Desk) -> None:
    await desk.post(f"/v1/cards/crd_{OTHER}/freeze", {"reason": "Lost"})

    assert (await desk.get(f"/v1/cards/crd_{OTHER}"))["status"] == "frozen"
    assert (await desk.get(f"/v1/cards/crd_{HEALTHY}"))["status"] == "active"


async def test_a_version_that_is_still_the_newest_is_not_sent_again(desk: Desk) -> None:
    first = await desk.ask("GET", f"/v1/accounts/acc_{FROZEN}")
    again = await desk.ask("GET", f"/v1/accounts/acc_{FROZEN}", if_none_match=first.headers["etag"])

    assert (again.status_code, again.content) == (304, b"")
