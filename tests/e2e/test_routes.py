"""Mock or live, by the command line, while people use it; and how a request is found again."""

from __future__ import annotations

import asyncio
import json

from tandem.local.demo import DemoCustomer
from tests.e2e.api import Account, Api
from tests.e2e.laptop import Laptop, eventually
from tests.e2e.load import asking

SERVED_BY = "x-served-by"


async def test_a_service_is_flipped_to_its_mock_and_back_and_no_request_is_dropped(laptop: Laptop, api: Api) -> None:
    async with asking(lambda: api.send("GET", "/v1/invoices?limit=1", "support"), 2) as answers:
        for target, who in (("mock", "mock"), ("live", "invoice@1.0.0"), ("mock", "mock"), ("live", "invoice@1.0.0")):
            await asyncio.to_thread(laptop.tandem, "route", "invoice", target)
            # The command returns when the new route holds, so whatever is asked from now on goes there.
            assert (await api.send("GET", "/v1/invoices?limit=1", "support")).headers[SERVED_BY] == who
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.headers[SERVED_BY] for answer in answers} == {"mock", "invoice@1.0.0"}


async def test_one_operation_is_mocked_and_the_rest_of_its_service_stays_live(
    laptop: Laptop, api: Api, demo: DemoCustomer
) -> None:
    path = f"/v1/balances/{demo.account_id}"
    try:
        await asyncio.to_thread(laptop.tandem, "route", "transaction.getBalance", "mock")
        assert (await api.send("GET", path, "support")).headers[SERVED_BY] == "mock"
        listed = await api.send("GET", f"/v1/transactions?account_id={demo.account_id}", "support")
        assert listed.headers[SERVED_BY] == "transaction@1.0.0"
    finally:
        await asyncio.to_thread(laptop.tandem, "route", "--reset")
    assert (await api.send("GET", path, "support")).headers[SERVED_BY] == "transaction@1.0.0"


async def test_a_request_is_found_by_its_id_in_every_service_it_passed(
    laptop: Laptop, api: Api, demo: DemoCustomer
) -> None:
    request_id = "e2e-find-me-again"
    path = f"/v1/accounts/{demo.account_id}/overview"
    answer = await api.send("GET", path, demo.customer_id, x_request_id=request_id)
    assert answer.headers["x-request-id"] == request_id

    async def told() -> set[tuple[str, str]]:
        said = await asyncio.to_thread(laptop.tandem, "logs", "--request", request_id, "--json")
        lines = [json.loads(line) for line in said.splitlines()]
        return {(line.get("service", "gateway"), line.get("operation", "")) for line in lines}

    story = {
        ("account", "getAccountOverview"),
        ("card", "listCards"),
        ("invoice", "listInvoices"),
        ("transaction", "listTransactions"),
        ("transaction", "getBalance"),
    }
    # The gateway writes its line some milliseconds after its answer.
    await eventually(told, lambda seen: seen >= story and {service for service, _ in seen} > {s for s, _ in story})


async def test_a_write_carries_its_trace_to_who_hears_of_it(laptop: Laptop, api: Api) -> None:
    """An event keeps the request id, so the story of a purchase does not end at the ledger."""
    account: Account = await api.account(1000)
    request_id = f"e2e-buy-{account.id[-8:]}"
    body = {
        "account_id": account.id,
        "card_id": account.card_id,
        "amount": {"amount": "5.00", "currency": "SEK"},
        "description": "Circle K",
    }
    answer = await api.send("POST", "/v1/purchases", "service", body, request_id, x_request_id=request_id)
    assert answer.status_code == 201

    async def services() -> set[str]:
        said = await asyncio.to_thread(laptop.tandem, "logs", "--request", request_id, "--json")
        return {json.loads(line).get("service", "gateway") for line in said.splitlines()}

    await eventually(services, lambda seen: {"transaction", "invoice"} <= seen)
