"""Requests that are right, for tests to send or to spoil."""

from typing import Any

from tests.service_under_test import ServiceUnderTest

UNKNOWN = "cus_01k9zc6n0000000000000000zz"
NUMBERS = ("5566778899", "5567890123", "5599887766", "5591234561")


def new_person(**changes: Any) -> dict[str, Any]:
    person = {
        "name": "Anna Bergström",
        "role": "Managing director",
        "email": "anna@bergstrombygg.example",
        "phone": "+46 70 174 06 12",
    }
    return {**person, **changes}


def new_customer(**changes: Any) -> dict[str, Any]:
    company = {
        "name": "Bergström Bygg AB",
        "organisation_number": NUMBERS[0],
        "email": "info@bergstrombygg.example",
        "phone": "+46 8 465 004 12",
        "address": {"street": "Råsundavägen 48", "postal_code": "169 57", "city": "Solna", "country": "SE"},
        "contact_person": new_person(),
    }
    return {**company, **changes}


async def register(service: ServiceUnderTest, **changes: Any) -> dict[str, Any]:
    new = new_customer(**changes)
    answer = await service.post("/v1/customers", new, key=f"register-{new['organisation_number']}")
    assert answer.status_code == 201, answer.text
    registered: dict[str, Any] = answer.json()
    return registered
