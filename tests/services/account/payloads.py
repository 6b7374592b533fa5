"""Requests that are right, answers that peers give, and accounts made with them."""

from typing import Any

from tests.service_under_test import ServiceUnderTest

CUSTOMER = "cus_01k9zc6n00000000000000h001"
OTHER_CUSTOMER = "cus_01k9zc6n00000000000000v001"
UNKNOWN = "acc_01k9zc6n0000000000000000zz"


def money(amount: str, currency: str = "SEK") -> dict[str, str]:
    return {"amount": amount, "currency": currency}


def new_account(customer_id: str = CUSTOMER, limit: str = "50000.00", currency: str = "SEK") -> dict[str, Any]:
    return {"customer_id": customer_id, "credit_limit": money(limit, currency)}


def company(customer_id: str = CUSTOMER, status: str = "active") -> dict[str, Any]:
    return {
        "id": customer_id,
        "name": "Bergström Bygg AB",
        "organisation_number": "5566778899",
        "status": status,
        "email": "info@bergstrombygg.example",
        "phone": "+46 8 465 004 12",
        "address": {"street": "Råsundavägen 48", "postal_code": "169 57", "city": "Solna", "country": "SE"},
        "registered_at": "2025-01-17T08:30:00Z",
        "version": 1,
    }


async def open_account(service: ServiceUnderTest, **changes: Any) -> dict[str, Any]:
    new = new_account(**changes)
    service.peers.forget("getCustomer")
    service.peers.answers("getCustomer", company(new["customer_id"]))
    opened_before = await service.pool.fetchval("SELECT count(*) FROM accounts")
    answer = await service.post("/v1/accounts", new, key=f"open-account-{opened_before}")
    assert answer.status_code == 201, answer.text
    account: dict[str, Any] = answer.json()
    return account


async def said(service: ServiceUnderTest) -> list[str]:
    return [event["type"] for event in await service.outbox()]
