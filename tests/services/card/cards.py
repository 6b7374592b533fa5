"""The company the card tests are about, and cards brought into each state over the wire."""

from typing import Any

from httpx import Response

from tandem.kit.ids import new_id
from tests.service_under_test import ServiceUnderTest, customer

CUSTOMER_ID = "cus_01k9zc6n00000000000000h001"
ACCOUNT_ID = "acc_01k9zc6n00000000000000h001"
OTHER_CUSTOMER_ID = "cus_01k9zc6n00000000000000f001"
OTHER_ACCOUNT_ID = "acc_01k9zc6n00000000000000f001"
UNKNOWN_CARD_ID = "crd_01k9zc6n00000000000000zzzz"
OWNER = customer(CUSTOMER_ID)
STRANGER = customer(OTHER_CUSTOMER_ID)
STATES = ("inactive", "active", "frozen", "cancelled")


def account(account_id: str = ACCOUNT_ID, customer_id: str = CUSTOMER_ID, status: str = "open") -> dict[str, Any]:
    return {
        "id": account_id,
        "customer_id": customer_id,
        "name": "Bergström Bygg AB",
        "status": status,
        "credit_limit": {"amount": "150000.00", "currency": "SEK"},
        "opened_at": "2025-01-20T09:00:00Z",
        "frozen_at": None,
        "closed_at": None,
        "version": 1,
    }


async def try_to_issue(service: ServiceUnderTest, account_id: str = ACCOUNT_ID, **new: Any) -> Response:
    body = {"account_id": account_id, "holder_name": "Anna Bergström", **new}
    return await service.post("/v1/cards", body, key=new_id("key"))


async def issue(
    service: ServiceUnderTest, account_id: str = ACCOUNT_ID, customer_id: str = CUSTOMER_ID, **new: Any
) -> dict[str, Any]:
    service.peers.forget("getAccount")
    service.peers.answers("getAccount", account(account_id, customer_id))
    return answer_of(await try_to_issue(service, account_id, **new), 201)


async def card_in(service: ServiceUnderTest, status: str, **new: Any) -> dict[str, Any]:
    card = await issue(service, **new)
    if status in ("active", "frozen"):
        card = answer_of(await activate(service, card))
    if status == "frozen":
        card = answer_of(await service.post(f"/v1/cards/{card['id']}/freeze", {"reason": "Cannot find my card"}))
    if status == "cancelled":
        card = answer_of(await service.post(f"/v1/cards/{card['id']}/cancel"))
    return card


async def activate(service: ServiceUnderTest, card: dict[str, Any], **options: Any) -> Response:
    return await service.post(f"/v1/cards/{card['id']}/activate", {"last_four": card["last_four"]}, **options)


def answer_of(response: Response, status: int = 200) -> dict[str, Any]:
    assert response.status_code == status, response.text
    answer: dict[str, Any] = response.json()
    return answer


def problem_of(response: Response) -> tuple[int, str]:
    problem = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["status"] == response.status_code
    return response.status_code, problem["type"].removeprefix("/problems/")


async def said(service: ServiceUnderTest) -> list[tuple[str, str]]:
    return [(event["type"], event["subject"]) for event in await service.outbox()]
