"""Purchases, refunds, payments and fees that are accepted."""

from tandem.kit.ids import new_id
from tests.service_under_test import ServiceUnderTest
from tests.services.transaction.books import NETWORK, Books, check_books, created, sek


async def test_purchase_within_the_limit_is_booked_and_lowers_what_remains(service: ServiceUnderTest) -> None:
    books = await Books(service).open("1000.00")
    purchased_at = "2026-01-14T10:11:42Z"
    response = await books.buy("250.50", purchased_at=purchased_at, merchant_category="5211")
    transaction = created(response)
    assert transaction | {"id": "", "booked_at": ""} == {
        "id": "",
        "account_id": books.account_id,
        "card_id": books.card_id,
        "kind": "purchase",
        "description": "Byggmax",
        "amount": sek("250.50"),
        "booked_at": "",
        "purchased_at": purchased_at,
        "sequence": 1,
        "merchant_category": "5211",
        "purchase_id": None,
        "reason": None,
        "invoice_id": None,
        "reference": None,
    }
    assert response.headers["location"] == f"/v1/transactions/{transaction['id']}"
    assert response.headers["etag"] == '"1"'
    assert await books.balance() == {
        "account_id": books.account_id,
        "status": "open",
        "credit_limit": sek("1000.00"),
        "used": sek("250.50"),
        "remaining": sek("749.50"),
        "transactions": 1,
    }
    await check_books(service)


async def test_purchase_of_exactly_what_remains_is_booked(service: ServiceUnderTest) -> None:
    books = await Books(service).open("1000.00")
    await books.bought("999.99")
    await books.bought("0.01")
    assert (await books.balance())["remaining"] == sek("0.00")


async def test_every_transaction_is_told_of_in_sequence(service: ServiceUnderTest) -> None:
    books = await Books(service).open()
    purchase = await books.bought("100.00")
    created(await books.refund(purchase["id"], "40.00"))
    created(await books.pay("50.00"))
    created(await books.charge("60.00"))
    said = await service.outbox()
    assert [event["type"] for event in said] == ["transaction.recorded"] * 4
    assert {event["subject"] for event in said} == {books.account_id}
    assert [(e["data"]["kind"], e["data"]["amount"]["amount"], e["data"]["sequence"]) for e in said] == [
        ("purchase", "100.00", 1),
        ("refund", "40.00", 2),
        ("payment", "50.00", 3),
        ("fee", "60.00", 4),
    ]
    assert said[0]["data"]["transaction_id"] == purchase["id"]
    assert said[0]["data"]["booked_at"] == purchase["booked_at"]
    assert await books.used() == "70.00"
    await check_books(service)


async def test_refund_in_parts_gives_back_the_whole_purchase(service: ServiceUnderTest) -> None:
    books = await Books(service).open()
    purchase = await books.bought("100.00", merchant_category="5211")
    first = created(await books.refund(purchase["id"], "30.00"))
    created(await books.refund(purchase["id"], "70.00"))
    assert (first["kind"], first["purchase_id"], first["reason"]) == ("refund", purchase["id"], "Returned")
    assert (first["description"], first["card_id"]) == ("Byggmax", books.card_id)
    assert (first["merchant_category"], first["purchased_at"]) == ("5211", None)
    assert await books.used() == "0.00"


async def test_payment_beyond_what_is_owed_leaves_money_to_the_credit_of_the_company(service: ServiceUnderTest) -> None:
    books = await Books(service).open("1000.00")
    payment = created(await books.pay("300.00", "OCR 77"))
    assert (payment["reference"], payment["card_id"], payment["description"]) == ("OCR 77", None, "Payment")
    balance = await books.balance()
    assert (balance["used"], balance["remaining"]) == (sek("-300.00"), sek("1300.00"))
    await books.bought("1300.00")
    await check_books(service)


async def test_fee_goes_beyond_the_limit(service: ServiceUnderTest) -> None:
    books = await Books(service).open("100.00")
    await books.bought("100.00")
    fee = created(await books.charge("60.00", "Reminder fee"))
    assert (fee["kind"], fee["description"]) == ("fee", "Reminder fee")
    assert (await books.balance())["remaining"] == sek("-60.00")
    await check_books(service)


async def test_frozen_account_takes_refunds_payments_and_fees(service: ServiceUnderTest) -> None:
    books = await Books(service).open()
    purchase = await books.bought("500.00")
    await books.tell("account.frozen")
    created(await books.refund(purchase["id"], "100.00"))
    created(await books.pay("100.00"))
    created(await books.charge("25.00"))
    assert await books.used() == "325.00"


async def test_purchase_with_a_cancelled_card_can_still_be_refunded(service: ServiceUnderTest) -> None:
    books = await Books(service).open()
    purchase = await books.bought("500.00")
    await books.tell("card.cancelled")
    created(await books.refund(purchase["id"], "500.00"))


async def test_clock_that_goes_back_never_books_before_the_latest(service: ServiceUnderTest) -> None:
    books = await Books(service).open()
    await books.bought("1.00")
    await service.pool.execute("UPDATE ledgers SET last_booked_at = '2999-01-01T00:00:00Z'")
    assert (await books.bought("1.00"))["booked_at"] == "2999-01-01T00:00:00Z"


async def test_currency_of_the_account_is_kept(service: ServiceUnderTest) -> None:
    books = await Books(service).open("100.00", "EUR")
    euros = {"amount": "40.00", "currency": "EUR"}
    assert (await books.bought("40.00", amount=euros))["amount"] == euros
    assert (await books.balance())["remaining"] == {"amount": "60.00", "currency": "EUR"}


async def test_postings_of_each_kind_are_a_debit_and_a_credit(service: ServiceUnderTest) -> None:
    books = await Books(service).open()
    purchase = await books.bought("100.00")
    refund = created(await books.refund(purchase["id"], "10.00"))
    payment = created(await books.pay("20.00"))
    fee = created(await books.charge("5.00"))
    receivable = f"receivable:{books.account_id}"
    assert await _lines(service, purchase) == [(1, receivable, "debit", "100.00"), (2, "clearing", "credit", "100.00")]
    assert await _lines(service, refund) == [(1, receivable, "credit", "10.00"), (2, "clearing", "debit", "10.00")]
    assert await _lines(service, payment) == [(1, receivable, "credit", "20.00"), (2, "bank", "debit", "20.00")]
    assert await _lines(service, fee) == [(1, receivable, "debit", "5.00"), (2, "fee_income", "credit", "5.00")]


async def _lines(service: ServiceUnderTest, transaction: dict[str, str]) -> list[tuple[int, str, str, str]]:
    response = await service.get(f"/v1/transactions/{transaction['id']}/postings")
    page = response.json()
    assert (page["total"], page["next_cursor"]) == (2, None)
    return [(one["line"], one["ledger_account"], one["side"], one["amount"]["amount"]) for one in page["items"]]


async def test_same_key_gives_the_same_answer_and_books_once(service: ServiceUnderTest) -> None:
    books = await Books(service).open()
    key = new_id("key")
    first = await books.record("purchases", books.purchase("10.00"), key)
    second = await books.record("purchases", books.purchase("10.00"), key)
    assert (second.status_code, second.content) == (201, first.content)
    assert second.headers["idempotency-replayed"] == "true"
    assert second.headers["location"] == first.headers["location"]
    assert await books.used() == "10.00"


async def test_refused_purchase_may_be_tried_again_under_the_same_key(service: ServiceUnderTest) -> None:
    books = await Books(service).open("100.00")
    created(await books.charge("100.00"))
    key = new_id("key")
    assert (await books.record("purchases", books.purchase("10.00"), key)).status_code == 409
    created(await books.pay("100.00"))
    created(await books.record("purchases", books.purchase("10.00"), key))


async def test_each_operation_needs_its_own_key(service: ServiceUnderTest) -> None:
    books = await Books(service).open()
    response = await service.post("/v1/purchases", books.purchase("10.00"), as_=NETWORK)
    assert response.status_code == 422
    assert response.json()["errors"][0]["in"] == "header"
