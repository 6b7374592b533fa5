import asyncio
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from tests.service_under_test import customer
from tests.services.invoice.story import ACCOUNT, CUSTOMER, NO_INVOICE, STRANGER, Story


async def test_a_part_payment_lowers_what_remains(story: Story) -> None:
    invoice = await story.invoiced("1000.00")

    answer = await story.pay(invoice, "400.00")

    assert answer.status_code == 201
    assert answer.json() == {
        "id": answer.json()["id"],
        "invoice_id": invoice["id"],
        "amount": {"amount": "400.00", "currency": "SEK"},
        "reference": f"OCR {invoice['number']}",
        "received_on": "2026-11-14",
        "registered_at": "2026-11-15T12:00:00Z",
    }
    assert answer.json()["id"].startswith("pay_")
    now = await story.invoice(invoice["id"])
    assert (now["status"], now["version"]) == ("partially_paid", 2)
    assert (now["paid"]["amount"], now["remaining"]["amount"]) == ("400.00", "600.00")


async def test_a_part_payment_is_announced_for_the_ledger(story: Story) -> None:
    invoice = await story.invoiced("1000.00")
    payment = (await story.pay(invoice, "400.00")).json()
    assert await story.said("invoice.payment_registered") == [
        {
            "payment_id": payment["id"],
            "invoice_id": invoice["id"],
            "account_id": ACCOUNT,
            "amount": {"amount": "400.00", "currency": "SEK"},
        }
    ]
    assert await story.said("invoice.paid") == []


async def test_the_last_payment_makes_the_invoice_paid(story: Story) -> None:
    invoice = await story.invoiced("1000.00")
    await story.pay(invoice, "400.00")
    await story.pay(invoice, "600.00")
    now = await story.invoice(invoice["id"])
    assert (now["status"], now["remaining"]["amount"]) == ("paid", "0.00")
    assert await story.said("invoice.paid") == [{"invoice_id": invoice["id"], "account_id": ACCOUNT}]
    assert [one["type"] for one in await story.service.outbox()][-2:] == ["invoice.payment_registered", "invoice.paid"]


async def test_an_overdue_invoice_can_still_be_paid(story: Story) -> None:
    invoice = await story.invoiced("1000.00")
    story.now = datetime(2027, 2, 1, tzinfo=UTC)
    assert (await story.pay(invoice, "999.00", "2027-01-31")).status_code == 201
    assert (await story.invoice(invoice["id"]))["status"] == "overdue"
    assert (await story.pay(invoice, "1.00", "2027-01-31")).status_code == 201
    assert (await story.invoice(invoice["id"]))["status"] == "paid"


async def refused(story: Story, invoice: dict[str, Any], amount: str, **options: Any) -> tuple[int, str]:
    """What a payment is refused with, once it is sure that nothing changed."""
    before = (await story.invoice(invoice["id"]), await story.service.outbox())
    answer = await story.pay(invoice, amount, **options)
    assert (await story.invoice(invoice["id"]), await story.service.outbox()) == before
    return answer.status_code, answer.json()["type"]


async def test_more_than_remains_is_refused(story: Story) -> None:
    invoice = await story.invoiced("1000.00")
    await story.pay(invoice, "400.00")
    assert await refused(story, invoice, "600.01") == (409, "/problems/payment-too-large")


async def test_paying_a_paid_invoice_is_refused(story: Story) -> None:
    invoice = await story.invoiced("1000.00")
    await story.pay(invoice, "1000.00")
    assert await refused(story, invoice, "0.01") == (409, "/problems/invoice-is-paid")


async def test_another_currency_is_refused(story: Story) -> None:
    invoice = await story.invoiced("1000.00")
    assert await refused(story, invoice, "10.00", currency="EUR") == (422, "/problems/currency-differs")


@pytest.mark.parametrize("day", ["2026-09-30", "2026-11-17", "0001-01-01", "9999-12-31"])
async def test_a_day_of_receipt_that_cannot_be_is_refused(story: Story, day: str) -> None:
    invoice = await story.invoiced("1000.00")
    assert await refused(story, invoice, "10.00", received_on=day) == (422, "/problems/received-on-implausible")


@pytest.mark.parametrize(
    "change",
    [
        {"amount": {"amount": "0.00", "currency": "SEK"}},
        {"amount": {"amount": "-1.00", "currency": "SEK"}},
        {"amount": {"amount": "1", "currency": "SEK"}},
        {"amount": {"amount": 1.00, "currency": "SEK"}},
        {"amount": {"amount": "1.00", "currency": "USD"}},
        {"reference": ""},
        {"reference": "   "},
        {"reference": "x" * 101},
        {"received_on": "2026-02-30"},
        {"received_on": "0000-01-01"},
        {"received_on": "yesterday"},
        {"note": "not in the contract"},
    ],
)
async def test_a_body_that_is_not_as_the_contract_says_is_refused(story: Story, change: dict[str, Any]) -> None:
    invoice = await story.invoiced("1000.00")
    body = {
        "amount": {"amount": "1.00", "currency": "SEK"},
        "reference": "OCR 1",
        "received_on": "2026-11-14",
        **change,
    }
    answer = await story.service.post(f"/v1/invoices/{invoice['id']}/payments", body, key=story.new_key())
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid-request")


async def test_paying_an_unknown_invoice_is_not_found(story: Story) -> None:
    answer = await story.pay({"id": NO_INVOICE, "number": "none"}, "1.00")
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/invoice-not-found")


async def test_a_customer_may_not_register_payments(story: Story) -> None:
    invoice = await story.invoiced("1000.00")
    assert (await story.pay(invoice, "1.00", as_=customer(CUSTOMER))).status_code == 403


async def test_the_same_key_registers_one_payment(story: Story) -> None:
    invoice = await story.invoiced("1000.00")
    first = await story.pay(invoice, "400.00", key="bank-file-7-line-3")
    again = await story.pay(invoice, "400.00", key="bank-file-7-line-3")
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert (await story.invoice(invoice["id"]))["paid"]["amount"] == "400.00"


async def test_the_same_key_with_another_amount_is_refused(story: Story) -> None:
    invoice = await story.invoiced("1000.00")
    await story.pay(invoice, "400.00", key="bank-file-7-line-3")
    expected = (422, "/problems/idempotency-key-reused")
    assert await refused(story, invoice, "500.00", key="bank-file-7-line-3") == expected


async def test_parallel_payments_never_exceed_the_total(story: Story) -> None:
    invoice = await story.invoiced("1000.00")
    answers = await asyncio.gather(*(story.pay(invoice, "150.00") for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [201] * 6 + [409] * 14
    assert (await story.invoice(invoice["id"]))["paid"]["amount"] == "900.00"
    kept = await story.service.pool.fetchval("SELECT sum(amount) FROM payments")
    assert kept == Decimal("900.00")
    assert len(await story.said("invoice.payment_registered")) == 6


async def test_parallel_full_payments_announce_it_as_paid_once(story: Story) -> None:
    invoice = await story.invoiced("1000.00")
    answers = await asyncio.gather(*(story.pay(invoice, "1000.00") for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 9
    assert len(await story.said("invoice.paid")) == 1


async def test_the_database_itself_refuses_an_overpaid_invoice(story: Story) -> None:
    invoice = await story.invoiced("1000.00")
    with pytest.raises(asyncpg.CheckViolationError, match="never_overpaid"):
        await story.service.pool.execute("UPDATE invoices SET paid = 1000.01 WHERE id = $1", invoice["id"])


async def test_payments_are_listed_newest_first_page_by_page(story: Story) -> None:
    invoice = await story.invoiced("1000.00")
    for amount in ("1.00", "2.00", "3.00"):
        await story.pay(invoice, amount)
        story.now = story.now.replace(hour=story.now.hour + 1)
    path = f"/v1/invoices/{invoice['id']}/payments"

    first = (await story.service.get(path, params={"limit": 2})).json()
    second = (await story.service.get(path, params={"limit": 2, "cursor": first["next_cursor"]})).json()

    assert [one["amount"]["amount"] for one in first["items"] + second["items"]] == ["3.00", "2.00", "1.00"]
    assert (first["total"], second["total"], second["next_cursor"]) == (3, 3, None)


async def test_an_owner_sees_the_payments_and_a_stranger_does_not(story: Story) -> None:
    invoice = await story.invoiced("1000.00")
    path = f"/v1/invoices/{invoice['id']}/payments"
    assert (await story.service.get(path, as_=customer(CUSTOMER))).json()["total"] == 0
    assert (await story.service.get(path, as_=customer(STRANGER))).status_code == 404
