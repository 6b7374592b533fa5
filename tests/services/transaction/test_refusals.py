"""Everything the ledger says no to, and that a no leaves no trace."""

from datetime import UTC, datetime, timedelta

import pytest

from tandem.kit.ids import new_id
from tests.service_under_test import SUPPORT, ServiceUnderTest, customer, with_scopes
from tests.services.transaction.books import NETWORK, Books, check_books, created, refusal, sek


async def test_purchase_beyond_the_limit_is_refused_and_leaves_no_trace(service: ServiceUnderTest) -> None:
    books = await Books(service).open("100.00")
    await books.bought("99.50")
    response = await books.buy("0.51")
    assert refusal(response) == (409, "credit-limit-exceeded")
    assert response.json()["detail"] == (
        f"The purchase of 0.51 SEK is more than the 0.50 SEK that remains on account {books.account_id}."
    )
    assert (await books.balance())["transactions"] == 1
    assert len(await service.outbox()) == 1
    await check_books(service)


async def test_purchase_on_a_frozen_account_is_refused_until_it_is_unfrozen(service: ServiceUnderTest) -> None:
    books = await Books(service).open()
    await books.tell("account.frozen")
    assert refusal(await books.buy("1.00")) == (409, "account-is-frozen")
    assert (await books.balance())["status"] == "frozen"
    await books.tell("account.unfrozen")
    await books.bought("1.00")


async def test_closed_account_takes_nothing(service: ServiceUnderTest) -> None:
    books = await Books(service).open()
    purchase = await books.bought("10.00")
    created(await books.pay("10.00"))
    assert (await books.close()).status_code == 200
    refusals = [
        await books.buy("1.00"),
        await books.pay("1.00"),
        await books.charge("1.00"),
        await books.refund(purchase["id"], "1.00"),
    ]
    assert [refusal(response) for response in refusals] == [(409, "account-is-closed")] * 4


@pytest.mark.parametrize(("events", "status"), [([], "inactive"), (["frozen"], "frozen"), (["cancelled"], "cancelled")])
async def test_purchase_with_a_card_that_is_not_active_is_refused(
    service: ServiceUnderTest, events: list[str], status: str
) -> None:
    books = await Books(service).open()
    books.card_id = new_id("crd")
    await service.deliver("card.issued", card_id=books.card_id, account_id=books.account_id)
    for event in events:
        await books.tell(f"card.{event}")
    response = await books.buy("1.00")
    assert refusal(response) == (409, "card-not-active")
    assert status in response.json()["detail"]


async def test_unfrozen_card_can_be_used_again(service: ServiceUnderTest) -> None:
    books = await Books(service).open()
    await books.tell("card.frozen")
    assert refusal(await books.buy("1.00")) == (409, "card-not-active")
    await books.tell("card.unfrozen")
    await books.bought("1.00")


async def test_other_currency_is_refused(service: ServiceUnderTest) -> None:
    books = await Books(service).open()
    purchase = await books.bought("10.00")
    euros = {"amount": "1.00", "currency": "EUR"}
    account = {"account_id": books.account_id, "amount": euros}
    refusals = [
        await books.buy("1.00", amount=euros),
        await books.record("payments", {**account, "reference": "r"}),
        await books.record("fees", {**account, "description": "d"}),
        await books.record("refunds", {"purchase_id": purchase["id"], "amount": euros, "reason": "r"}),
    ]
    assert [refusal(response) for response in refusals] == [(422, "currency-mismatch")] * 4


async def test_unknown_account_is_not_found_by_any_operation(service: ServiceUnderTest) -> None:
    books = Books(service)
    responses = [
        await books.buy("1.00"),
        await books.pay("1.00"),
        await books.charge("1.00"),
        await books.close(),
        await service.get("/v1/transactions", params={"account_id": books.account_id}),
        await service.get("/v1/transaction-export", params={"account_id": books.account_id}),
        await service.get(f"/v1/balances/{books.account_id}"),
    ]
    assert [refusal(response) for response in responses] == [(404, "account-not-found")] * 7


async def test_unknown_card_and_card_of_another_account_are_not_found(service: ServiceUnderTest) -> None:
    books = await Books(service).open()
    other = await Books(service).open()
    assert refusal(await books.buy("1.00", card_id=new_id("crd"))) == (404, "card-not-found")
    assert refusal(await books.buy("1.00", card_id=other.card_id)) == (404, "card-not-found")


async def test_refund_beyond_the_purchase_is_refused(service: ServiceUnderTest) -> None:
    books = await Books(service).open()
    purchase = await books.bought("100.00")
    created(await books.refund(purchase["id"], "60.00"))
    response = await books.refund(purchase["id"], "40.01")
    assert refusal(response) == (409, "refund-exceeds-purchase")
    assert "40.00 SEK that is left to refund" in response.json()["detail"]


async def test_only_a_purchase_can_be_refunded(service: ServiceUnderTest) -> None:
    books = await Books(service).open()
    fee = created(await books.charge("60.00"))
    assert refusal(await books.refund(fee["id"], "60.00")) == (409, "not-refundable")
    assert refusal(await books.refund(new_id("txn"), "60.00")) == (404, "transaction-not-found")


async def test_purchase_dated_later_than_now_is_refused_beyond_a_clock_s_error(service: ServiceUnderTest) -> None:
    books = await Books(service).open()
    soon = datetime.now(UTC) + timedelta(minutes=2)
    await books.bought("1.00", purchased_at=soon.strftime("%Y-%m-%dT%H:%M:%SZ"))
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    response = await books.buy("1.00", purchased_at=tomorrow.strftime("%Y-%m-%dT%H:%M:%SZ"))
    assert refusal(response) == (409, "purchase-dated-later")


async def test_balance_that_money_cannot_express_is_refused(service: ServiceUnderTest) -> None:
    books = await Books(service).open()
    await service.pool.execute("UPDATE ledgers SET used = 900000000000.00")
    assert refusal(await books.charge("0.01")) == (409, "balance-out-of-range")
    await service.pool.execute("UPDATE ledgers SET used = -900000000000.00")
    assert refusal(await books.pay("0.01")) == (409, "balance-out-of-range")


async def test_ledger_with_a_balance_is_not_closed(service: ServiceUnderTest) -> None:
    books = await Books(service).open()
    await books.bought("10.00")
    response = await books.close()
    assert refusal(response) == (409, "balance-not-zero")
    assert "owes 10.00 SEK" in response.json()["detail"]
    created(await books.pay("15.00"))
    response = await books.close()
    assert refusal(response) == (409, "balance-not-zero")
    assert "has 5.00 SEK to its credit" in response.json()["detail"]
    assert (await books.balance())["status"] == "open"


async def test_closing_twice_changes_nothing(service: ServiceUnderTest) -> None:
    books = await Books(service).open()
    first = await books.close()
    second = await books.close()
    assert first.status_code == second.status_code == 200
    assert first.json() == second.json() == await books.balance()
    assert first.json()["status"] == "closed"


async def test_frozen_ledger_without_a_balance_can_be_closed(service: ServiceUnderTest) -> None:
    books = await Books(service).open()
    await books.tell("account.frozen")
    assert (await books.close()).json()["status"] == "closed"


@pytest.mark.parametrize("path", ["purchases", "refunds", "payments", "fees"])
async def test_only_services_record(service: ServiceUnderTest, path: str) -> None:
    books = await Books(service).open()
    for who in (SUPPORT, customer(books.customer_id), with_scopes("service", "transactions:read")):
        response = await service.post(f"/v1/{path}", {}, as_=who, key=new_id("key"))
        assert refusal(response) == (403, "forbidden")


async def test_only_the_account_service_s_scope_closes_a_ledger(service: ServiceUnderTest) -> None:
    books = await Books(service).open()
    for who in (SUPPORT, customer(books.customer_id), with_scopes("service", "transactions:record")):
        response = await service.post(f"/v1/ledgers/{books.account_id}/close", as_=who)
        assert refusal(response) == (403, "forbidden")


@pytest.mark.parametrize(
    "change",
    [
        {"amount": sek("0.00")},
        {"amount": sek("-1.00")},
        {"amount": sek("1")},
        {"amount": {"amount": 1.0, "currency": "SEK"}},
        {"amount": {"amount": "1.00", "currency": "USD"}},
        {"amount": sek("1000000000.00")},
        {"description": " "},
        {"description": "a\0b"},
        {"description": "x" * 201},
        {"merchant_category": "52"},
        {"purchased_at": "yesterday"},
        {"purchased_at": "2026-01-01T10:00:00+01:00"},
        {"purchased_at": "2016-12-31T23:59:60Z"},
        {"purchased_at": "0000-01-01T00:00:00Z"},
        {"account_id": "acc_1"},
        {"card_id": None},
        {"tip": "5.00"},
    ],
)
async def test_purchase_that_departs_from_the_contract_is_refused(
    service: ServiceUnderTest, change: dict[str, object]
) -> None:
    books = await Books(service).open()
    response = await books.buy("1.00", **change)
    assert refusal(response) == (422, "invalid-request")


async def test_same_key_with_another_body_is_refused(service: ServiceUnderTest) -> None:
    books = await Books(service).open()
    key = new_id("key")
    created(await books.record("purchases", books.purchase("10.00"), key))
    response = await books.record("purchases", books.purchase("20.00"), key)
    assert refusal(response) == (422, "idempotency-key-reused")
    assert await books.used() == "10.00"


async def test_without_a_token_nothing_is_told(service: ServiceUnderTest) -> None:
    books = await Books(service).open()
    response = await service.get(f"/v1/balances/{books.account_id}", as_=None)
    assert refusal(response) == (401, "unauthorized")
    assert refusal(await service.post("/v1/fees", {}, as_=None, key=new_id("key"))) == (401, "unauthorized")


async def test_body_that_is_not_json_is_refused(service: ServiceUnderTest) -> None:
    response = await service.post("/v1/fees", content=b"{", as_=NETWORK, key=new_id("key"))
    assert refusal(response) == (400, "malformed-request")
