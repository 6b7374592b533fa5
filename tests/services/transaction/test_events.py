"""What other services say, in order or not, once or twice."""

from typing import Any

import pytest

from services.transaction.errors import AccountNotFound
from tandem.kit.ids import new_id
from tests.service_under_test import ServiceUnderTest
from tests.services.transaction.books import Books, check_books, created, refusal, sek


async def test_opened_account_has_its_whole_limit_left(service: ServiceUnderTest) -> None:
    books = await Books(service).open("500.00")
    balance = await books.balance()
    assert (balance["status"], balance["used"], balance["remaining"]) == ("open", sek("0.00"), sek("500.00"))


async def test_card_issued_before_its_account_is_known_works_once_the_account_is(service: ServiceUnderTest) -> None:
    books = Books(service)
    await service.deliver("card.issued", card_id=books.card_id, account_id=books.account_id)
    await books.tell("card.activated")
    assert refusal(await books.buy("1.00")) == (404, "account-not-found")
    await books.open_account(sek("10.00"))
    await books.bought("1.00")


async def test_card_activated_before_it_is_issued_is_active(service: ServiceUnderTest) -> None:
    books = await Books(service).open()
    books.card_id = new_id("crd")
    await books.tell("card.activated")
    assert refusal(await books.buy("1.00")) == (404, "card-not-found")
    await service.deliver("card.issued", card_id=books.card_id, account_id=books.account_id)
    await books.bought("1.00")


@pytest.mark.parametrize("late", ["card.activated", "card.unfrozen", "card.frozen"])
async def test_cancelled_card_stays_cancelled(service: ServiceUnderTest, late: str) -> None:
    books = await Books(service).open()
    await books.tell("card.cancelled")
    await books.tell(late)
    response = await books.buy("1.00")
    assert refusal(response) == (409, "card-not-active")
    assert "cancelled" in response.json()["detail"]


@pytest.mark.parametrize("late", ["account.frozen", "account.unfrozen"])
async def test_closed_ledger_stays_closed(service: ServiceUnderTest, late: str) -> None:
    books = await Books(service).open()
    await books.tell("account.closed")
    await books.tell(late)
    assert (await books.balance())["status"] == "closed"


async def test_raised_limit_lets_the_next_purchase_through(service: ServiceUnderTest) -> None:
    books = await Books(service).open("10.00")
    assert refusal(await books.buy("15.00")) == (409, "credit-limit-exceeded")
    await service.deliver("account.limit_changed", account_id=books.account_id, credit_limit=sek("20.00"))
    await books.bought("15.00")


async def test_limit_lowered_below_what_is_used_takes_nothing_back(service: ServiceUnderTest) -> None:
    books = await Books(service).open("100.00")
    await books.bought("80.00")
    await service.deliver("account.limit_changed", account_id=books.account_id, credit_limit=sek("50.00"))
    balance = await books.balance()
    assert (balance["used"], balance["remaining"]) == (sek("80.00"), sek("-30.00"))
    assert refusal(await books.buy("0.01")) == (409, "credit-limit-exceeded")
    created(await books.pay("40.00"))
    await books.bought("10.00")


@pytest.mark.parametrize("event", ["account.limit_changed", "account.frozen", "account.unfrozen", "account.closed"])
async def test_event_about_an_unknown_account_fails_so_that_it_is_delivered_again(
    service: ServiceUnderTest, event: str
) -> None:
    data: dict[str, Any] = {"account_id": new_id("acc")}
    if event == "account.limit_changed":
        data["credit_limit"] = sek("1.00")
    with pytest.raises(AccountNotFound):
        await service.deliver(event, **data)


async def test_account_opened_again_keeps_its_books(service: ServiceUnderTest) -> None:
    books = await Books(service).open("100.00")
    await books.bought("40.00")
    await books.open("100.00")
    assert await books.used() == "40.00"


async def test_invoice_payment_is_booked(service: ServiceUnderTest) -> None:
    books = await Books(service).open()
    await books.bought("100.00")
    payment = await _pay_invoice(books, "60.00")
    (booked,) = (await books.list(kind="payment"))["items"]
    assert (booked["amount"], booked["invoice_id"]) == (sek("60.00"), payment["invoice_id"])
    assert (booked["reference"], booked["description"]) == (payment["payment_id"], "Invoice payment")
    assert await books.used() == "40.00"
    said = (await service.outbox())[-1]
    assert (said["type"], said["data"]["transaction_id"]) == ("transaction.recorded", booked["id"])


async def test_event_delivered_twice_is_applied_once(service: ServiceUnderTest) -> None:
    books = await Books(service).open()
    await books.bought("100.00")
    event_id = new_id("evt")
    payment = await _pay_invoice(books, "60.00", event_id=event_id)
    await _pay_invoice(books, "60.00", event_id=event_id, **payment)
    assert await books.used() == "40.00"


async def test_payment_told_of_in_two_events_is_booked_once(service: ServiceUnderTest) -> None:
    books = await Books(service).open()
    await books.bought("100.00")
    payment = await _pay_invoice(books, "60.00")
    await _pay_invoice(books, "60.00", **payment)
    assert await books.used() == "40.00"
    assert (await books.balance())["transactions"] == 2
    await check_books(service)


@pytest.mark.parametrize("state", ["account.frozen", "account.closed"])
async def test_invoice_payment_is_booked_whatever_became_of_the_account(service: ServiceUnderTest, state: str) -> None:
    books = await Books(service).open()
    await books.tell(state)
    await _pay_invoice(books, "60.00")
    assert await books.used() == "-60.00"
    await check_books(service)


async def test_invoice_payment_of_an_unknown_account_fails_so_that_it_is_delivered_again(
    service: ServiceUnderTest,
) -> None:
    with pytest.raises(AccountNotFound):
        await _pay_invoice(Books(service), "60.00")


async def _pay_invoice(books: Books, amount: str, event_id: str | None = None, **same: str) -> dict[str, str]:
    payment = {"payment_id": new_id("pay"), "invoice_id": new_id("inv"), **same}
    await books.service.deliver(
        "invoice.payment_registered", event_id, account_id=books.account_id, amount=sek(amount), **payment
    )
    return payment
