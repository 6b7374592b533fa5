"""The seed world becomes ledgers that balance and can be booked on."""

import json
from typing import Any

from tandem.kit.ids import new_id
from tests.service_under_test import REPOSITORY, ServiceUnderTest
from tests.services.transaction.books import Books, check_books, created, refusal, sek

_SEED = REPOSITORY / "services" / "transaction" / "migrations" / "seed.sql"


def _world(books: Books) -> dict[str, list[dict[str, Any]]]:
    def transaction(sequence: int, kind: str, amount: str, **fields: Any) -> dict[str, Any]:
        plain: dict[str, Any] = {
            "id": new_id("txn"),
            "account_id": books.account_id,
            "customer_id": books.customer_id,
            "card_id": None,
            "kind": kind,
            "description": kind.title(),
            "amount": sek(amount),
            "purchased_at": None,
            "booked_at": f"2026-03-0{sequence}T09:00:00Z",
            "sequence": sequence,
            "refunds": None,
            "invoice_id": None,
            "payment_id": None,
        }
        return {**plain, **fields}

    purchase = transaction(1, "purchase", "100.00", card_id=books.card_id, purchased_at="2026-02-28T17:00:00Z")
    return {
        "accounts": [
            {"id": books.account_id, "customer_id": books.customer_id, "credit_limit": sek("500.00"), "status": "open"},
            {"id": new_id("acc"), "customer_id": new_id("cus"), "credit_limit": sek("10.00"), "status": "closed"},
        ],
        "cards": [
            {"id": books.card_id, "account_id": books.account_id, "status": "active"},
            {"id": new_id("crd"), "account_id": books.account_id, "status": "cancelled"},
        ],
        "transactions": [
            purchase,
            transaction(2, "refund", "30.00", card_id=books.card_id, refunds=purchase["id"]),
            transaction(3, "fee", "60.00"),
            transaction(4, "payment", "50.00", invoice_id=new_id("inv"), payment_id="pay_1"),
        ],
    }


async def _seed(service: ServiceUnderTest, world: dict[str, Any]) -> None:
    await service.pool.execute(_SEED.read_text("utf-8"), json.dumps(world))


async def test_seeded_ledger_balances_and_goes_on(service: ServiceUnderTest) -> None:
    books = Books(service)
    world = _world(books)
    await _seed(service, world)
    balance = await books.balance()
    assert (balance["used"], balance["remaining"], balance["transactions"]) == (sek("80.00"), sek("420.00"), 4)
    payment, fee, refund, purchase = (await books.list())["items"]
    assert [item["sequence"] for item in (payment, fee, refund, purchase)] == [4, 3, 2, 1]
    assert (refund["purchase_id"], refund["reason"]) == (purchase["id"], "Returned")
    assert (payment["reference"], payment["invoice_id"]) == ("pay_1", world["transactions"][3]["invoice_id"])
    assert (await books.bought("420.00"))["sequence"] == 5
    assert refusal(await books.refund(purchase["id"], "70.01")) == (409, "refund-exceeds-purchase")
    created(await books.refund(purchase["id"], "70.00"))
    await check_books(service)


async def test_seeding_twice_adds_nothing(service: ServiceUnderTest) -> None:
    books = Books(service)
    world = _world(books)
    await _seed(service, world)
    await books.bought("1.00")
    await _seed(service, world)
    assert (await books.balance())["transactions"] == 5
    await check_books(service)
