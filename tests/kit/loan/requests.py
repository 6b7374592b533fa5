"""What the tests of the loan service send, and what every problem has in common."""

from typing import Any

import httpx

from tests.kit.loan.service import LoanService

LOAN = {"name": "Anna", "amount": 500}
ALL = ("loans", "guarantees", "outbox", "idempotency_keys")


async def open_loan(loan: LoanService, key: str = "key-00000001", **options: Any) -> httpx.Response:
    return await loan.send("POST", "/v1/loans", options.pop("json", LOAN), key=key, **options)


def problem(response: httpx.Response, status: int, type_: str) -> dict[str, Any]:
    """The problem document, after checking what all of them have in common."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = response.json()
    assert (document["status"], document["type"]) == (status, f"/problems/{type_}")
    assert document["request_id"] == response.headers["x-request-id"]
    assert document["title"]
    return document
