import asyncio

from tandem.kit.ids import new_id
from tests.service_under_test import ServiceUnderTest
from tests.services.card.cards import (
    ACCOUNT_ID,
    CUSTOMER_ID,
    OTHER_ACCOUNT_ID,
    OTHER_CUSTOMER_ID,
    account,
    answer_of,
    card_in,
    issue,
    said,
    try_to_issue,
)

LIMIT = {"amount": "150000.00", "currency": "SEK"}


async def hear_opened(service: ServiceUnderTest, event_id: str | None = None) -> None:
    opened = {"account_id": ACCOUNT_ID, "customer_id": CUSTOMER_ID, "credit_limit": LIMIT}
    await service.deliver("account.opened", event_id, **opened, opened_at="2025-01-20T09:00:00Z")


async def hear_closed(service: ServiceUnderTest, event_id: str | None = None) -> None:
    await service.deliver("account.closed", event_id, account_id=ACCOUNT_ID)


async def accounts(service: ServiceUnderTest) -> list[tuple[str, ...]]:
    return [tuple(row) for row in await service.pool.fetch("SELECT id, customer_id, status FROM accounts")]


async def test_opened_account_is_remembered_once(service: ServiceUnderTest) -> None:
    for event_id in ("evt_1", "evt_1", "evt_2"):
        await hear_opened(service, event_id)
    assert await accounts(service) == [(ACCOUNT_ID, CUSTOMER_ID, "open")]


async def test_opening_heard_after_the_first_card_changes_nothing(service: ServiceUnderTest) -> None:
    card = await issue(service)
    await hear_opened(service)
    assert await accounts(service) == [(ACCOUNT_ID, CUSTOMER_ID, "open")]
    assert answer_of(await service.get(f"/v1/cards/{card['id']}"))["status"] == "inactive"


async def test_closed_account_cancels_each_of_its_cards(service: ServiceUnderTest) -> None:
    live = [await card_in(service, state) for state in ("inactive", "active", "frozen")]
    cancelled = await card_in(service, "cancelled")
    elsewhere = await issue(service, OTHER_ACCOUNT_ID, OTHER_CUSTOMER_ID)
    before = await said(service)
    await hear_closed(service)
    assert sorted((await said(service))[len(before) :]) == sorted(("card.cancelled", card["id"]) for card in live)
    for card in live:
        now = answer_of(await service.get(f"/v1/cards/{card['id']}"))
        assert (now["status"], now["status_reason"]) == ("cancelled", "account closed")
        assert now["version"] == card["version"] + 1
    assert answer_of(await service.get(f"/v1/cards/{cancelled['id']}"))["status_reason"] is None
    assert answer_of(await service.get(f"/v1/cards/{elsewhere['id']}"))["status"] == "inactive"


async def test_closing_heard_twice_cancels_once(service: ServiceUnderTest) -> None:
    await issue(service)
    for event_id in ("evt_1", "evt_1", "evt_2"):
        await hear_closed(service, event_id)
    assert [kind for kind, _ in await said(service)] == ["card.issued", "card.cancelled"]


async def test_closing_of_an_account_never_heard_of_is_no_trouble(service: ServiceUnderTest) -> None:
    await hear_closed(service)
    assert await accounts(service) == []


async def test_late_opening_does_not_reopen(service: ServiceUnderTest) -> None:
    await hear_opened(service)
    await hear_closed(service)
    await hear_opened(service, new_id("evt"))
    assert await accounts(service) == [(ACCOUNT_ID, CUSTOMER_ID, "closed")]


async def test_closing_while_cards_are_issued_leaves_no_live_card(service: ServiceUnderTest) -> None:
    await hear_opened(service)
    service.peers.answers("getAccount", account())
    issuing = asyncio.gather(*(try_to_issue(service) for _ in range(5)))
    responses, _ = await asyncio.gather(issuing, hear_closed(service))
    assert {response.status_code for response in responses} <= {201, 409}
    assert await service.pool.fetchval("SELECT count(*) FROM cards WHERE status <> 'cancelled'") == 0
