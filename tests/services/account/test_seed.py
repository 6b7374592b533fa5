from typing import Any

import orjson

from tests.service_under_test import REPOSITORY, ServiceUnderTest
from tests.services.account.payloads import CUSTOMER, OTHER_CUSTOMER, money

SEED = (REPOSITORY / "services" / "account" / "migrations" / "seed.sql").read_text(encoding="utf-8")
OPEN: dict[str, Any] = {
    "id": "acc_01k9zc6n00000000000000h001",
    "customer_id": CUSTOMER,
    "name": "Bergström Bygg AB",
    "status": "open",
    "credit_limit": money("150000.00"),
    "opened_at": "2025-01-20T09:00:00Z",
    "frozen_at": None,
    "closed_at": None,
    "version": 2,
}
FROZEN: dict[str, Any] = {
    **OPEN,
    "id": "acc_01k9zc6n00000000000000v001",
    "customer_id": OTHER_CUSTOMER,
    "status": "frozen",
    "opened_at": "2024-06-02T09:00:00Z",
    "frozen_at": "2026-11-01T10:00:00Z",
}
CHANGES = [
    {"credit_limit": money("150000.00"), "reason": "Asked for more room", "changed_at": "2026-05-04T10:00:00Z"},
    {"credit_limit": money("100000.00"), "reason": "Opened", "changed_at": "2025-01-20T09:00:00Z"},
]


async def test_the_seed_world_is_served_as_it_was_given_and_only_once(service: ServiceUnderTest) -> None:
    changes = [{**change, "account_id": OPEN["id"]} for change in CHANGES]
    world = {"accounts": [OPEN, FROZEN], "credit_limit_changes": changes}
    for _ in range(2):
        await service.pool.execute(SEED, orjson.dumps(world).decode())
    assert (await service.get("/v1/accounts")).json()["items"] == [OPEN, FROZEN]
    listed = await service.get(f"/v1/accounts/{OPEN['id']}/credit-limit-changes")
    assert listed.json()["items"] == CHANGES


async def test_a_seeded_limit_can_be_changed(service: ServiceUnderTest) -> None:
    changes = [{**change, "account_id": OPEN["id"]} for change in CHANGES]
    await service.pool.execute(SEED, orjson.dumps({"accounts": [OPEN], "credit_limit_changes": changes}).decode())
    path = f"/v1/accounts/{OPEN['id']}"
    change = {"credit_limit": money("1.00"), "reason": "Less"}
    assert (await service.put(f"{path}/credit-limit", change, if_match=2)).status_code == 200
    listed = (await service.get(f"{path}/credit-limit-changes")).json()
    assert [item["reason"] for item in listed["items"]] == ["Less", "Asked for more room", "Opened"]
