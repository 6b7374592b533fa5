from pathlib import Path
from typing import Any

import orjson

from tests.service_under_test import REPOSITORY, ServiceUnderTest
from tests.services.customer.payloads import NUMBERS

SEED = Path(REPOSITORY / "services" / "customer" / "migrations" / "seed.sql").read_text(encoding="utf-8")
COMPANY: dict[str, Any] = {
    "id": "cus_01k9zc6n00000000000000h001",
    "name": "Bergström Bygg AB",
    "organisation_number": NUMBERS[0],
    "status": "active",
    "email": "info@bergstrombygg.example",
    "phone": "+46 8 465 004 12",
    "address": {"street": "Råsundavägen 48", "postal_code": "169 57", "city": "Solna", "country": "SE"},
    "registered_at": "2025-01-17T08:30:00Z",
    "version": 1,
}
PERSON = {
    "id": "per_01k9zc6n00000000000000h001",
    "customer_id": COMPANY["id"],
    "name": "Anna Bergström",
    "role": "Managing director",
    "email": "anna@bergstrombygg.example",
    "phone": "+46 70 174 06 12",
    "added_at": "2025-01-17T08:30:00Z",
    "version": 1,
}
REQUEST = {
    "id": "req_01k9zc6n00000000000000h001",
    "customer_id": COMPANY["id"],
    "status": "answered",
    "channel": "email",
    "topic": "credit",
    "message": "Can our limit be raised?",
    "preferred_time": None,
    "sent_at": "2026-05-04T07:20:00Z",
    "answer": "We have raised your limit.",
    "answered_at": "2026-05-04T10:05:00Z",
    "version": 2,
}


async def test_the_seed_world_is_served_as_it_was_given_and_only_once(service: ServiceUnderTest) -> None:
    world = {"customers": [{**COMPANY, "contact_persons": [PERSON]}], "contact_requests": [REQUEST]}
    for _ in range(2):
        await service.pool.execute(SEED, orjson.dumps(world).decode())
    path = f"/v1/customers/{COMPANY['id']}"
    assert (await service.get(path)).json() == COMPANY
    assert (await service.get(f"{path}/contact-persons")).json()["items"] == [PERSON]
    assert (await service.get("/v1/contact-requests")).json()["items"] == [REQUEST]
