from pathlib import Path
from typing import Any

import orjson

from tests.service_under_test import ServiceUnderTest
from tests.services.card.cards import ACCOUNT_ID, CUSTOMER_ID, OTHER_ACCOUNT_ID, OTHER_CUSTOMER_ID, account, answer_of

SEED = Path(__file__).parents[3] / "services" / "card" / "migrations" / "seed.sql"


def card(number: int, status: str, account_id: str = ACCOUNT_ID, customer_id: str = CUSTOMER_ID) -> dict[str, Any]:
    return {
        "id": f"crd_01k9zc6n000000000000000{number:03d}",
        "account_id": account_id,
        "customer_id": customer_id,
        "holder_name": "Sara Holm",
        "last_four": f"000{number}",
        "token": f"tok_{number}",
        "design": "forest",
        "status": status,
        "issued_at": f"2026-01-0{number}T09:00:00Z",
        "activated_at": None if status == "inactive" else "2026-02-01T09:00:00Z",
        "frozen_at": "2026-03-01T09:00:00Z" if status == "frozen" else None,
        "cancelled_at": "2026-04-01T09:00:00Z" if status == "cancelled" else None,
        "version": 1,
    }


WORLD = {
    "accounts": [account(status="frozen"), account(OTHER_ACCOUNT_ID, OTHER_CUSTOMER_ID, "closed")],
    "cards": [
        card(1, "inactive"),
        card(2, "active"),
        card(3, "frozen"),
        card(4, "cancelled", OTHER_ACCOUNT_ID, OTHER_CUSTOMER_ID),
    ],
    "customers": [],
}


async def test_seed_world_becomes_accounts_and_cards(service: ServiceUnderTest) -> None:
    await service.pool.execute(SEED.read_text("utf-8"), orjson.dumps(WORLD).decode())
    page = answer_of(await service.get("/v1/cards"))
    assert [item["status"] for item in page["items"]] == ["cancelled", "frozen", "active", "inactive"]
    rows = await service.pool.fetch("SELECT id, status FROM accounts ORDER BY id DESC")
    assert [tuple(row) for row in rows] == [(ACCOUNT_ID, "open"), (OTHER_ACCOUNT_ID, "closed")]


async def test_seeding_twice_adds_nothing(service: ServiceUnderTest) -> None:
    for _ in range(2):
        await service.pool.execute(SEED.read_text("utf-8"), orjson.dumps(WORLD).decode())
    assert answer_of(await service.get("/v1/cards"))["total"] == 4
