import time
from collections.abc import Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from tandem.kit.peers.transport import ConnectionFailed
from tests.service_under_test import ServiceUnderTest, customer
from tests.services.account.payloads import CUSTOMER, money, open_account

OPERATIONS = ("getBalance", "listCards", "listInvoices", "listTransactions")
CARD_IDS = ("crd_01k9zc6n00000000000000h001", "crd_01k9zc6n00000000000000h002", "crd_01k9zc6n00000000000000h003")
INVOICE_IDS = ("inv_01k9zc6n00000000000000h001", "inv_01k9zc6n00000000000000h002")
TRANSACTION_IDS = tuple(f"txn_01k9zc6n00000000000000h{n:03d}" for n in (3, 2, 1))
PICTURE = "https://pictures.example.com/designs/midnight.svg"


def balance(account_id: str, used: str, remaining: str) -> dict[str, Any]:
    return {
        "account_id": account_id,
        "status": "open",
        "credit_limit": money("50000.00"),
        "used": money(used),
        "remaining": money(remaining),
        "transactions": 57,
    }


def card(account_id: str, card_id: str, status: str) -> dict[str, Any]:
    return {
        "id": card_id,
        "account_id": account_id,
        "customer_id": CUSTOMER,
        "holder_name": "Anna Bergström",
        "last_four": "4821",
        "status": status,
        "design": "midnight",
        "picture": {"url": PICTURE, "expires_at": "2026-11-15T09:45:00Z"},
        "issued_at": "2025-01-20T09:00:00Z",
        "activated_at": None,
        "frozen_at": None,
        "cancelled_at": None,
        "status_reason": None,
        "replaces": None,
        "version": 1,
    }


def invoice(account_id: str, invoice_id: str, due_on: str, status: str) -> dict[str, Any]:
    return {
        "id": invoice_id,
        "account_id": account_id,
        "customer_id": CUSTOMER,
        "number": "2026-000431",
        "period": due_on[:7],
        "status": status,
        "total": money("18240.00"),
        "paid": money("0.00"),
        "remaining": money("18240.00"),
        "issued_at": "2026-10-31T23:05:00Z",
        "due_on": due_on,
        "version": 1,
    }


def transaction(account_id: str, transaction_id: str) -> dict[str, Any]:
    nothing = dict.fromkeys(("card_id", "merchant_category", "purchase_id", "reason", "invoice_id", "reference"))
    return {
        **nothing,
        "id": transaction_id,
        "account_id": account_id,
        "kind": "purchase",
        "description": "Byggmax Solna",
        "amount": money("1849.00"),
        "booked_at": "2026-11-14T10:12:00Z",
        "purchased_at": None,
        "sequence": 57,
    }


def page(*items: dict[str, Any], total: int | None = None) -> dict[str, Any]:
    return {"items": list(items), "next_cursor": None, "total": len(items) if total is None else total}


def everything(account_id: str) -> dict[str, Any]:
    """What each peer answers for an account that is in use, by operation."""
    return {
        "getBalance": balance(account_id, "42310.50", "7689.50"),
        "listCards": page(
            card(account_id, CARD_IDS[0], "inactive"),
            card(account_id, CARD_IDS[1], "cancelled"),
            card(account_id, CARD_IDS[2], "frozen"),
        ),
        "listInvoices": page(
            invoice(account_id, INVOICE_IDS[0], "2026-11-30", "open"),
            invoice(account_id, INVOICE_IDS[1], "2026-10-31", "overdue"),
        ),
        "listTransactions": page(*(transaction(account_id, id_) for id_ in TRANSACTION_IDS), total=57),
    }


def prepare(service: ServiceUnderTest, account_id: str, without: str | None = None) -> None:
    for operation_id, body in everything(account_id).items():
        if operation_id != without:
            service.peers.answers(operation_id, body)


async def overview(service: ServiceUnderTest, account_id: str) -> dict[str, Any]:
    answer = await service.get(f"/v1/accounts/{account_id}/overview", as_=customer(CUSTOMER))
    assert answer.status_code == 200, answer.text
    seen: dict[str, Any] = answer.json()
    return seen


async def test_the_overview_shows_everything(service: ServiceUnderTest) -> None:
    account_id = (await open_account(service))["id"]
    prepare(service, account_id)
    seen = await overview(service, account_id)
    assert (seen["account_id"], seen["status"]) == (account_id, "open")
    assert seen["credit"] == {
        "available": True,
        "limit": money("50000.00"),
        "used": money("42310.50"),
        "remaining": money("7689.50"),
    }
    assert seen["cards"] == {
        "available": True,
        "items": [
            {
                "id": id_,
                "holder_name": "Anna Bergström",
                "last_four": "4821",
                "status": status,
                "can_activate": status == "inactive",
                "picture_url": PICTURE,
            }
            for id_, status in ((CARD_IDS[0], "inactive"), (CARD_IDS[2], "frozen"))
        ],
    }
    assert seen["invoice"] == {
        "available": True,
        "due": {
            "id": INVOICE_IDS[1],
            "status": "overdue",
            "period": "2026-10",
            "total": money("18240.00"),
            "remaining": money("18240.00"),
            "due_on": "2026-10-31",
        },
    }
    assert seen["transactions"]["more"] == 54
    assert [item["id"] for item in seen["transactions"]["latest"]] == list(TRANSACTION_IDS)


async def test_each_peer_is_asked_once_for_what_is_shown(service: ServiceUnderTest) -> None:
    account_id = (await open_account(service))["id"]
    prepare(service, account_id)
    service.peers.requests.clear()
    await overview(service, account_id)
    asked = {request.operation.id: request.url.partition(".invalid")[2] for request in service.peers.requests}
    assert len(service.peers.requests) == len(OPERATIONS)
    assert asked == {
        "getBalance": f"/v1/balances/{account_id}",
        "listCards": f"/v1/cards?account_id={account_id}&limit=100",
        "listInvoices": f"/v1/invoices?account_id={account_id}&unpaid=true&limit=100",
        "listTransactions": f"/v1/transactions?account_id={account_id}&limit=3",
    }


PARTS = {"getBalance": "credit", "listCards": "cards", "listInvoices": "invoice", "listTransactions": "transactions"}
FAILURES: dict[str, Callable[[ServiceUnderTest, str], None]] = {
    "broken": lambda service, id_: service.peers.answers(id_, {"title": "broken"}, status=500),
    "nonsense": lambda service, id_: service.peers.answers(id_, {"surprise": True}),
    "dead": lambda service, id_: service.peers.fails(id_, ConnectionFailed()),
    "refused": lambda service, id_: service.peers.refuses(id_, 403, "/problems/forbidden"),
}


def assert_only_this_is_missing(seen: dict[str, Any], missing: str) -> None:
    available = {part: seen[part]["available"] for part in PARTS.values()}
    assert available == {part: part != missing for part in PARTS.values()}


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("operation_id", OPERATIONS)
async def test_a_part_that_fails_is_marked_and_the_rest_is_shown(
    service: ServiceUnderTest, operation_id: str, failure: str
) -> None:
    account_id = (await open_account(service))["id"]
    prepare(service, account_id, without=operation_id)
    FAILURES[failure](service, operation_id)
    assert_only_this_is_missing(await overview(service, account_id), PARTS[operation_id])


@pytest.mark.parametrize("operation_id", OPERATIONS)
async def test_a_part_that_hangs_is_marked_and_the_rest_is_shown(
    service: ServiceUnderTest, hanging: set[str], monkeypatch: pytest.MonkeyPatch, operation_id: str
) -> None:
    monkeypatch.setattr(service.app.state.runtime.settings, "overview_part_seconds", 0.1)
    account_id = (await open_account(service))["id"]
    prepare(service, account_id)
    hanging.add(operation_id)
    assert_only_this_is_missing(await overview(service, account_id), PARTS[operation_id])


async def test_the_limit_is_shown_even_when_nothing_else_is(service: ServiceUnderTest) -> None:
    account_id = (await open_account(service))["id"]
    for operation_id in OPERATIONS:
        service.peers.fails(operation_id, ConnectionFailed())
    assert await overview(service, account_id) == {
        "account_id": account_id,
        "status": "open",
        "credit": {"available": False, "limit": money("50000.00"), "used": None, "remaining": None},
        "cards": {"available": False, "items": []},
        "invoice": {"available": False, "due": None},
        "transactions": {"available": False, "latest": [], "more": None},
    }


async def test_peers_that_all_hang_cost_well_below_the_promised_time(
    service: ServiceUnderTest, hanging: set[str]
) -> None:
    account_id = (await open_account(service))["id"]
    hanging.update(OPERATIONS)
    for _ in range(2):
        started = time.monotonic()
        await overview(service, account_id)
        assert time.monotonic() - started < 1.0


async def test_a_brand_new_account_has_all_of_its_credit(service: ServiceUnderTest) -> None:
    account_id = (await open_account(service))["id"]
    for operation_id in ("getBalance", "listTransactions"):
        service.peers.refuses(operation_id, 404, "/problems/ledger-not-found")
    service.peers.answers("listCards", page())
    service.peers.answers("listInvoices", page())
    assert await overview(service, account_id) == {
        "account_id": account_id,
        "status": "open",
        "credit": {
            "available": True,
            "limit": money("50000.00"),
            "used": money("0.00"),
            "remaining": money("50000.00"),
        },
        "cards": {"available": True, "items": []},
        "invoice": {"available": True, "due": None},
        "transactions": {"available": True, "latest": [], "more": 0},
    }


async def test_values_that_peers_add_later_do_no_harm(service: ServiceUnderTest) -> None:
    account_id = (await open_account(service))["id"]
    prepare(service, account_id, without="listCards")
    new_kind = {**card(account_id, CARD_IDS[0], "melted"), "colour": "red"}
    service.peers.answers("listCards", page(new_kind, card(account_id, CARD_IDS[1], "active")))
    seen = await overview(service, account_id)
    assert [item["id"] for item in seen["cards"]["items"]] == [CARD_IDS[1]]


def with_a_new_value(account_id: str, operation_id: str) -> dict[str, Any]:
    """What a peer answers once its contract knows more than ours."""
    answer: dict[str, Any] = everything(account_id)[operation_id]
    if operation_id == "listTransactions":
        answer["items"][0]["kind"] = "secret-kind"
    if operation_id == "listInvoices":
        answer["items"][0]["total"]["currency"] = "secret-currency"
        answer["items"][0]["due_on"] = "2026-01-01"
    return answer


@pytest.mark.parametrize("operation_id", ["listInvoices", "listTransactions"])
async def test_a_part_with_a_value_nobody_knows_is_marked_and_logged_without_it(
    service: ServiceUnderTest, operation_id: str
) -> None:
    account_id = (await open_account(service))["id"]
    prepare(service, account_id, without=operation_id)
    service.peers.answers(operation_id, with_a_new_value(account_id, operation_id))
    with capture_logs() as logs:
        assert_only_this_is_missing(await overview(service, account_id), PARTS[operation_id])
    (told,) = [line for line in logs if line["event"] == "overview part not understood"]
    assert told["log_level"] == "error"
    assert len(told["wrong"]) == 1
    assert "secret" not in str(logs)
