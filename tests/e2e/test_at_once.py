"""Many at once, through the gateway."""

from __future__ import annotations

import asyncio
from collections import Counter
from decimal import Decimal

from tests.e2e.api import MONTH, Account, Api, Document, new_key, sek
from tests.e2e.laptop import eventually


async def test_of_200_purchases_at_once_exactly_the_100_that_fit_succeed(api: Api) -> None:
    account = await api.account(10_000)
    seen: list[tuple[str, str, str]] = []
    done = asyncio.Event()
    watching = asyncio.create_task(_watch(api, account, seen, done))
    answers = await asyncio.gather(*(api.purchase(account, 100) for _ in range(200)))
    done.set()
    await watching
    assert Counter(answer.status_code for answer in answers) == {201: 100, 409: 100}
    refused = {answer.json()["type"] for answer in answers if answer.status_code == 409}
    assert refused == {"/problems/credit-limit-exceeded"}
    balance = await api.balance(account)
    assert (balance["used"], balance["remaining"], balance["transactions"]) == (sek(10_000), sek(0), 100)
    assert len(seen) > 1
    assert all(Decimal(used) == Decimal(limit) - Decimal(remaining) for limit, used, remaining in seen)
    await _every_entry_balances(api, [answer.json() for answer in answers if answer.status_code == 201])


async def _watch(api: Api, account: Account, seen: list[tuple[str, str, str]], done: asyncio.Event) -> None:
    while not (done.is_set() and seen):
        balance = await api.balance(account)
        seen.append(tuple(balance[part]["amount"] for part in ("credit_limit", "used", "remaining")))


async def _every_entry_balances(api: Api, transactions: list[Document]) -> None:
    for transaction in transactions:
        lines = (await api.get(f"/v1/transactions/{transaction['id']}/postings"))["items"]
        sides = sorted((line["side"], line["amount"]["amount"]) for line in lines)
        assert sides == [("credit", "100.00"), ("debit", "100.00")]


async def test_one_key_in_50_requests_at_once_is_one_purchase_and_one_answer(api: Api) -> None:
    account, key = await api.account(10_000), new_key()
    answers = await asyncio.gather(*(api.purchase(account, 100, key) for _ in range(50)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert Counter(answer.headers.get("idempotency-replayed") for answer in answers) == {"true": 49, None: 1}
    assert (await api.balance(account))["transactions"] == 1
    other = await api.purchase(account, 101, key)
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key-reused")


async def test_one_key_in_50_registrations_at_once_is_one_invoice_payment(api: Api) -> None:
    """What one service does on another's event is done once, too."""
    account = await api.account(10_000)
    await api.purchase(account, 500)
    invoice = await api.eventually_create("/v1/invoices", {"account_id": account.id, "period": MONTH})
    body = {"amount": sek(200), "reference": "once", "received_on": f"{MONTH}-01"}
    path, key = f"/v1/invoices/{invoice['id']}/payments", new_key()
    answers = await asyncio.gather(*(api.send("POST", path, "support", body, key) for _ in range(50)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    balance = await eventually(lambda: api.balance(account), lambda seen: seen["transactions"] == 2)
    assert balance["used"]["amount"] == "300.00"
