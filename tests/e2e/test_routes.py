"""Mock or live, by the command line, while people use it; and how a request is found again."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import httpx
import pytest

from tandem.local.demo import DemoCustomer
from tests.e2e.api import Account, Api, Document
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


class Backend(BaseHTTPRequestHandler):
    """Somebody's server on this machine, which answers cards of its own kind."""

    card: ClassVar[Document] = {}

    def do_GET(self) -> None:
        body = json.dumps(self.card).encode()
        self.send_response(200)
        for name, value in (("content-type", "application/json"), ("content-length", str(len(body))), ("etag", '"1"')):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def backend() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Backend) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


async def test_one_operation_goes_to_a_server_of_mine_and_what_departs_is_told(
    laptop: Laptop, api: Api, backend: str
) -> None:
    (card,) = (await api.get("/v1/cards?limit=1"))["items"]
    Backend.card, path = {**card, "version": "3"}, f"/v1/cards/{card['id']}"
    wrong = "GET /v1/cards/{card_id}: `version` was a string, the contract says integer"
    try:
        await asyncio.to_thread(laptop.tandem, "route", "card.getCard", backend)
        answer = await api.send("GET", path, "support")
        assert (answer.headers[SERVED_BY], answer.headers["tandem-drift"]) == (backend, wrong)
        assert answer.json()["version"] == "3"
        # The mock's own port sends it there as well, and one that was started again still does.
        await asyncio.to_thread(laptop.tandem, "restart", "mock")
        async with httpx.AsyncClient(base_url=laptop.mock) as mock:
            assert (await mock.get(path)).headers["tandem-drift"] == wrong
        assert (await api.send("GET", path, "support")).headers["tandem-drift"] == wrong
        drift = json.loads(await asyncio.to_thread(laptop.tandem, "drift", "--json"))
        assert [(row["sentence"], row["times"]) for row in drift["drift"]] == [(wrong, 2)]
    finally:
        await asyncio.to_thread(laptop.tandem, "route", "--reset")
        await asyncio.to_thread(laptop.tandem, "drift", "--clear")
    assert "tandem-drift" not in (await api.send("GET", path, "support")).headers


async def test_every_live_answer_of_ours_is_checked_and_nothing_departs(
    laptop: Laptop, api: Api, demo: DemoCustomer
) -> None:
    await asyncio.to_thread(laptop.tandem, "drift", "--clear")
    await api.send("GET", f"/v1/accounts/{demo.account_id}/overview", demo.customer_id)
    drift = json.loads(await asyncio.to_thread(laptop.tandem, "drift", "--fail", "--json"))
    assert drift["drift"] == []
    asked = {"account.getAccountOverview", "card.listCards", "invoice.listInvoices", "transaction.listTransactions"}
    assert drift["checked"].keys() >= asked


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
