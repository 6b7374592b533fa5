import asyncio

import pytest

from tests.service_under_test import ServiceUnderTest
from tests.services.card.cards import (
    ACCOUNT_ID,
    OWNER,
    STRANGER,
    UNKNOWN_CARD_ID,
    answer_of,
    card_in,
    issue,
    problem_of,
    said,
)

LOST = {"reason": "lost"}


@pytest.mark.parametrize("state", ["inactive", "active", "frozen"])
async def test_replacing_cancels_the_old_card_and_issues_a_new_one(service: ServiceUnderTest, state: str) -> None:
    old = await card_in(service, state, design="sand")
    response = await service.post(f"/v1/cards/{old['id']}/replace", LOST, key="replace-1", as_=OWNER)
    new = answer_of(response, 201)
    assert response.headers["location"] == f"/v1/cards/{new['id']}"
    assert (new["status"], new["version"], new["replaces"]) == ("inactive", 1, old["id"])
    assert new["last_four"] != old["last_four"]
    assert all(new[name] == old[name] for name in ("account_id", "customer_id", "holder_name", "design"))
    cancelled = answer_of(await service.get(f"/v1/cards/{old['id']}"))
    assert (cancelled["status"], cancelled["status_reason"], cancelled["frozen_at"]) == ("cancelled", "lost", None)


async def test_both_cards_are_announced_in_order(service: ServiceUnderTest) -> None:
    old = await issue(service)
    new = answer_of(await service.post(f"/v1/cards/{old['id']}/replace", LOST, key="replace-1"), 201)
    assert await said(service) == [
        ("card.issued", old["id"]),
        ("card.cancelled", old["id"]),
        ("card.issued", new["id"]),
    ]


async def test_same_key_replaces_once(service: ServiceUnderTest) -> None:
    old = await issue(service)
    first, again = [await service.post(f"/v1/cards/{old['id']}/replace", LOST, key="replace-1") for _ in range(2)]
    assert answer_of(first, 201) == answer_of(again, 201)
    assert again.headers["idempotency-replayed"] == "true"
    assert await service.pool.fetchval("SELECT count(*) FROM cards") == 2


async def test_parallel_replacements_make_one_new_card(service: ServiceUnderTest) -> None:
    old = await issue(service)
    path = f"/v1/cards/{old['id']}/replace"
    responses = await asyncio.gather(*(service.post(path, LOST, key=f"replace-{n}") for n in range(8)))
    assert sorted(response.status_code for response in responses) == [201] + [409] * 7
    assert await service.pool.fetchval("SELECT count(*) FROM cards") == 2


async def test_cancelled_card_is_not_replaced(service: ServiceUnderTest) -> None:
    old = await card_in(service, "cancelled")
    response = await service.post(f"/v1/cards/{old['id']}/replace", LOST, key="replace-1")
    assert problem_of(response) == (409, "card-is-cancelled")


async def test_account_with_all_its_cards_can_replace_one(service: ServiceUnderTest) -> None:
    cards = [await issue(service) for _ in range(5)]
    answer_of(await service.post(f"/v1/cards/{cards[0]['id']}/replace", LOST, key="replace-1"), 201)


async def test_closing_the_account_meanwhile_leaves_no_live_card(service: ServiceUnderTest) -> None:
    cards = [await issue(service) for _ in range(5)]
    replacements = (
        service.post(f"/v1/cards/{card['id']}/replace", LOST, key=f"replace-{n}") for n, card in enumerate(cards)
    )
    closing = service.deliver("account.closed", account_id=ACCOUNT_ID)
    responses, _ = await asyncio.gather(asyncio.gather(*replacements), closing)
    assert {response.status_code for response in responses} <= {201, 409}
    assert await service.pool.fetchval("SELECT count(*) FROM cards WHERE status <> 'cancelled'") == 0


@pytest.mark.parametrize("body", [{"reason": "eaten"}, {}, {"reason": None}])
async def test_unknown_reason_is_refused(service: ServiceUnderTest, body: dict[str, object]) -> None:
    response = await service.post(f"/v1/cards/{UNKNOWN_CARD_ID}/replace", body, key="replace-1")
    assert problem_of(response) == (422, "invalid-request")


async def test_missing_key_is_refused(service: ServiceUnderTest) -> None:
    response = await service.post(f"/v1/cards/{UNKNOWN_CARD_ID}/replace", LOST)
    assert problem_of(response) == (422, "invalid-request")


async def test_card_of_somebody_else_is_not_replaced(service: ServiceUnderTest) -> None:
    old = await issue(service)
    response = await service.post(f"/v1/cards/{old['id']}/replace", LOST, key="replace-1", as_=STRANGER)
    assert problem_of(response) == (404, "card-not-found")
    assert await service.pool.fetchval("SELECT count(*) FROM cards") == 1
