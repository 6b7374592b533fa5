from datetime import date
from pathlib import Path
from typing import Any

import orjson

from tandem.local.seed.world import world as seed_world
from tests.services.invoice.story import ACCOUNT, CUSTOMER, Story, event, money, transaction_id

SEED = Path(__file__).parents[3] / "services" / "invoice" / "migrations" / "seed.sql"
INVOICE = "inv_01k9zc6n00000000000000h001"


def transaction(sequence: int, amount: str, kind: str = "purchase", **changes: Any) -> dict[str, Any]:
    told = event(sequence, amount, kind, **changes)
    return {"id": told.pop("transaction_id"), "customer_id": CUSTOMER, "card_id": None, **told}


def line(of: dict[str, Any]) -> dict[str, Any]:
    return {"transaction_id": of["id"], **{name: of[name] for name in ("kind", "description", "amount", "booked_at")}}


def world() -> dict[str, Any]:
    bought, given_back = transaction(1, "900.00"), transaction(2, "100.00", "refund")
    later = transaction(4, "70.00", booked_at="2026-11-10T08:00:00Z")
    return {
        "customers": [],
        "accounts": [
            {
                "id": ACCOUNT,
                "customer_id": CUSTOMER,
                "credit_limit": money("150000.00"),
                "opened_at": "2025-01-20T09:00:00Z",
            }
        ],
        "transactions": [bought, given_back, transaction(3, "300.00", "payment", invoice_id=INVOICE), later],
        "invoices": [
            {
                "id": INVOICE,
                "account_id": ACCOUNT,
                "customer_id": CUSTOMER,
                "period": "2026-10",
                "number": "2026-000431",
                "total": money("800.00"),
                "issued_at": "2026-11-01T00:05:00Z",
                "due_on": "2026-12-01",
                "lines": [line(bought), line(given_back)],
                "payments": [
                    {
                        "id": "pay_01k9zc6n00000000000000h001",
                        "amount": money("300.00"),
                        "reference": "OCR 2026000431",
                        "registered_at": "2026-11-12T09:00:00Z",
                    }
                ],
                "version": 2,
            }
        ],
    }


async def seed(story: Story) -> None:
    await story.service.pool.fetch(SEED.read_text(), orjson.dumps(world()).decode())
    story.ledger_has(4)


async def test_the_seeded_invoice_has_its_lines_and_payments(story: Story) -> None:
    await seed(story)
    invoice = await story.invoice(INVOICE)
    assert (invoice["status"], invoice["version"], invoice["number"]) == ("partially_paid", 2, "2026-000431")
    assert (invoice["paid"]["amount"], invoice["remaining"]["amount"]) == ("300.00", "500.00")
    lines = await story.lines(INVOICE)
    assert sorted(one["amount"]["amount"] for one in lines) == ["-100.00", "900.00"]
    payments = (await story.service.get(f"/v1/invoices/{INVOICE}/payments")).json()
    assert [(one["amount"]["amount"], one["received_on"]) for one in payments["items"]] == [("300.00", "2026-11-12")]


async def test_the_next_invoice_goes_on_where_the_seed_ends(story: Story) -> None:
    await seed(story)
    assert (await story.create("2026-10")).status_code == 409
    invoice = (await story.create("2026-11")).json()
    assert invoice["number"] == "2026-000432"
    assert [one["transaction_id"] for one in await story.lines(invoice["id"])] == [transaction_id(4)]


async def test_seeding_twice_changes_nothing(story: Story) -> None:
    await seed(story)
    await story.pay(await story.invoice(INVOICE), "500.00")
    await seed(story)
    assert (await story.invoice(INVOICE))["status"] == "paid"


async def test_in_the_whole_seed_world_every_invoice_is_the_sum_of_its_lines(story: Story) -> None:
    document = seed_world(date(2026, 11, 15))
    await story.service.pool.fetch(SEED.read_text(), orjson.dumps(document).decode())
    rows = await story.service.pool.fetch(
        """
        SELECT invoices.total, sum(CASE kind WHEN 'refund' THEN -amount ELSE amount END) AS lines
        FROM invoices
        JOIN ledger_lines ON ledger_lines.invoice_id = invoices.id
        GROUP BY invoices.id
        """
    )
    assert len(rows) == len(document["invoices"]) > 100
    assert all(row["total"] == row["lines"] for row in rows)
