"""What somebody sees who has just typed `make up`: a believable company, from its picture to its last purchase."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import httpx

from tandem.local.demo import DemoCustomer
from tandem.local.observed import seen_here
from tests.e2e.api import Account, Api, Document
from tests.e2e.laptop import Laptop, eventually


async def _overview(api: Api, demo: DemoCustomer) -> Document:
    return await api.overview(Account(demo.customer_id, demo.account_id, ""))


async def test_the_first_overview_is_whole(api: Api, demo: DemoCustomer) -> None:
    overview = await _overview(api, demo)
    assert [part for part in ("credit", "cards", "invoice", "transactions") if not overview[part]["available"]] == []
    limit, used, remaining = (Decimal(overview["credit"][part]["amount"]) for part in ("limit", "used", "remaining"))
    assert remaining == limit - used
    assert 0 < used < limit
    assert overview["invoice"]["due"]["status"] in {"open", "partially_paid", "overdue"}
    assert len(overview["transactions"]["latest"]) == 3
    assert overview["transactions"]["more"] > 100


async def test_the_overview_says_what_the_services_say(api: Api, demo: DemoCustomer) -> None:
    overview, own = await _overview(api, demo), f"account_id={demo.account_id}"
    cards = await api.get(f"/v1/cards?{own}&limit=100", demo.customer_id)
    assert {card["id"] for card in overview["cards"]["items"]} <= {card["id"] for card in cards["items"]}
    transactions = await api.get(f"/v1/transactions?{own}&limit=3", demo.customer_id)
    latest = [one["id"] for one in overview["transactions"]["latest"]]
    assert latest == [one["id"] for one in transactions["items"]]
    assert overview["transactions"]["more"] == transactions["total"] - 3
    invoice = await api.get(f"/v1/invoices/{overview['invoice']['due']['id']}", demo.customer_id)
    assert invoice["remaining"] == overview["invoice"]["due"]["remaining"]


async def test_every_card_has_its_picture(api: Api, demo: DemoCustomer) -> None:
    cards = (await _overview(api, demo))["cards"]["items"]
    assert cards
    async with httpx.AsyncClient() as anybody:
        for card in cards:
            picture = await anybody.get(card["picture_url"])
            assert (picture.status_code, picture.headers["content-type"]) == (200, "image/svg+xml")
            assert "<svg" in picture.text


async def test_a_year_can_be_paged_through_and_adds_up(api: Api, demo: DemoCustomer) -> None:
    path = f"/v1/transactions?account_id={demo.account_id}&limit=100"
    page = await api.get(path, demo.customer_id)
    seen = page["items"]
    while page["next_cursor"]:
        page = await api.get(f"{path}&cursor={page['next_cursor']}", demo.customer_id)
        seen += page["items"]
    assert len({one["id"] for one in seen}) == len(seen) == page["total"]
    signs = {"purchase": 1, "fee": 1, "refund": -1, "payment": -1}
    used = sum(signs[one["kind"]] * Decimal(one["amount"]["amount"]) for one in seen)
    assert used == Decimal((await _overview(api, demo))["credit"]["used"]["amount"])


async def test_the_support_desk_finds_many_companies_in_every_state(api: Api) -> None:
    assert (await api.get("/v1/customers?limit=1"))["total"] >= 40
    for status in ("open", "partially_paid", "paid", "overdue"):
        assert (await api.get(f"/v1/invoices?status={status}&limit=1"))["total"] > 0, status
    for status in ("inactive", "active", "frozen", "cancelled"):
        assert (await api.get(f"/v1/cards?status={status}&limit=1"))["total"] > 0, status


async def test_who_called_what_is_known_afterwards(laptop: Laptop, api: Api, demo: DemoCustomer) -> None:
    """By the names of the manifest, which is what `can-i-deploy` goes by."""
    await _overview(api, demo)
    wanted = {
        ("customer", "account", "getAccountOverview"),
        ("account", "card", "listCards"),
        ("account", "invoice", "listInvoices"),
        ("account", "transaction", "getBalance"),
    }

    async def all_are_seen() -> bool:
        observed = await asyncio.to_thread(seen_here, laptop.home)
        seen = {(one.consumer, one.service, one.operation) for one in observed.calls} if observed else set()
        return wanted <= seen

    await eventually(all_are_seen)
