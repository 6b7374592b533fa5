"""The whole story of a company, over HTTP at the gateway; events carry it from service to service."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import httpx
import pytest

from tests.e2e.api import MONTH, Account, Api, Document, new_company, new_key, sek
from tests.e2e.laptop import eventually


async def test_a_company_registers_buys_is_invoiced_and_pays(api: Api) -> None:
    company = new_company()
    customer = await api.create("/v1/customers", company)
    assert customer["organisation_number"] == company["organisation_number"]
    account = await _open(api, customer["id"])
    await _buy(api, account)
    invoice = await _invoice(api, account)
    await _pay(api, account, invoice)


async def _open(api: Api, customer_id: str) -> Account:
    opened = await api.create("/v1/accounts", {"customer_id": customer_id, "credit_limit": sek(5000)})
    nothing_yet = Account(customer_id, opened["id"], "")
    # The ledger opens when the event arrives; until then the overview leaves out what it cannot know.
    overview = await eventually(lambda: api.overview(nothing_yet), lambda seen: seen["credit"]["available"])
    assert _credit(overview) == ("5000.00", "0.00", "5000.00")
    assert overview["cards"] == {"available": True, "items": []}
    assert overview["invoice"] == {"available": True, "due": None}
    assert overview["transactions"] == {"available": True, "latest": [], "more": 0}
    issued = await api.eventually_create("/v1/cards", {"account_id": opened["id"], "holder_name": "Eva Ek"})
    (card,) = (await api.overview(nothing_yet))["cards"]["items"]
    assert (card["id"], card["status"], card["can_activate"]) == (issued["id"], "inactive", True)
    return await _activate(api, Account(customer_id, opened["id"], card["id"]), card["last_four"])


async def _activate(api: Api, account: Account, last_four: str) -> Account:
    refused = await eventually(lambda: api.purchase(account, 100), lambda answer: answer.status_code == 409)
    assert refused.json()["type"] == "/problems/card-not-active"
    path = f"/v1/cards/{account.card_id}/activate"
    activated = await api.send("POST", path, account.customer_id, {"last_four": last_four})
    assert activated.json()["status"] == "active"
    (card,) = (await api.overview(account))["cards"]["items"]
    assert (card["status"], card["can_activate"]) == ("active", False)
    return account


async def _buy(api: Api, account: Account) -> None:
    bought = await eventually(lambda: api.purchase(account, 1200), lambda answer: answer.status_code == 201)
    for amount in (800, 650.50, 349.50):
        bought = await api.purchase(account, amount)
        assert bought.status_code == 201, bought.text
    overview = await api.overview(account)
    assert _credit(overview) == ("5000.00", "3000.00", "2000.00")
    assert [one["amount"]["amount"] for one in overview["transactions"]["latest"]] == ["349.50", "650.50", "800.00"]
    assert overview["transactions"]["more"] == 1
    refused = await api.purchase(account, 2000.01)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/credit-limit-exceeded")
    refund = {"purchase_id": bought.json()["id"], "amount": sek(49.50), "reason": "Returned"}
    await api.create("/v1/refunds", refund, "service")
    assert _credit(await api.overview(account)) == ("5000.00", "2950.50", "2049.50")


async def _invoice(api: Api, account: Account) -> Document:
    invoice = await api.eventually_create("/v1/invoices", {"account_id": account.id, "period": MONTH})
    assert (invoice["status"], invoice["total"]) == ("open", sek(2950.50))
    lines = (await api.get(f"/v1/invoices/{invoice['id']}/lines", account.customer_id))["items"]
    amounts = [Decimal(line["amount"]["amount"]) for line in lines]
    assert sorted(amounts) == [Decimal(one) for one in ("-49.50", "349.50", "650.50", "800.00", "1200.00")]
    again = await api.send("POST", "/v1/invoices", "support", {"account_id": account.id, "period": MONTH}, new_key())
    assert again.status_code == 409
    document = await api.send("GET", f"/v1/invoices/{invoice['id']}/document", account.customer_id)
    assert document.headers["content-type"] == "application/pdf"
    assert document.content.startswith(b"%PDF-")
    due = (await api.overview(account))["invoice"]["due"]
    assert (due["id"], due["remaining"]) == (invoice["id"], sek(2950.50))
    return invoice


async def _pay(api: Api, account: Account, invoice: Document) -> None:
    await _register_payment(api, invoice, 1000)
    overview = await eventually(lambda: api.overview(account), lambda seen: _credit(seen)[1] == "1950.50")
    assert overview["invoice"]["due"]["status"] == "partially_paid"
    assert overview["transactions"]["latest"][0]["kind"] == "payment"
    await _register_payment(api, invoice, 1950.50)
    overview = await eventually(lambda: api.overview(account), lambda seen: _credit(seen)[1] == "0.00")
    assert _credit(overview) == ("5000.00", "0.00", "5000.00")
    assert overview["invoice"]["due"] is None
    assert (await api.get(f"/v1/invoices/{invoice['id']}"))["status"] == "paid"


async def _register_payment(api: Api, invoice: Document, amount: float) -> None:
    body = {"amount": sek(amount), "reference": invoice["number"], "received_on": f"{datetime.now(UTC):%Y-%m-%d}"}
    await api.create(f"/v1/invoices/{invoice['id']}/payments", body)


def _credit(overview: Document) -> tuple[str, str, str]:
    credit = overview["credit"]
    return credit["limit"]["amount"], credit["used"]["amount"], credit["remaining"]["amount"]


async def test_an_account_with_a_balance_cannot_be_closed_and_a_settled_one_can(api: Api) -> None:
    account = await api.account(1000)
    bought = (await api.purchase(account, 400)).json()
    refused = await _close(api, account)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/account-has-balance")
    await api.create("/v1/refunds", {"purchase_id": bought["id"], "amount": sek(400), "reason": "Returned"}, "service")
    assert (await _close(api, account)).json()["status"] == "closed"
    # Its cards stop working as soon as the event arrives.
    path = f"/v1/cards/{account.card_id}"
    await eventually(lambda: api.get(path), lambda card: card["status"] == "cancelled")
    assert (await api.purchase(account, 1)).status_code == 409


async def _close(api: Api, account: Account) -> httpx.Response:
    return await api.send("POST", f"/v1/accounts/{account.id}/close", "support")


@pytest.mark.parametrize("what", ["account", "card"])
async def test_a_frozen_account_or_card_refuses_purchases_until_unfrozen(api: Api, what: str) -> None:
    account = await api.account(1000)
    path, who, body = {
        "account": (f"/v1/accounts/{account.id}", "support", None),
        "card": (f"/v1/cards/{account.card_id}", account.customer_id, {"reason": "Lost it"}),
    }[what]
    assert (await api.send("POST", f"{path}/freeze", who, body)).status_code == 200
    await eventually(lambda: api.purchase(account, 1), lambda answer: answer.status_code == 409)
    assert (await api.send("POST", f"{path}/unfreeze", who)).status_code == 200
    await eventually(lambda: api.purchase(account, 1), lambda answer: answer.status_code == 201)
