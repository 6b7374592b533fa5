import asyncio
from typing import Any

import pytest

from tests.service_under_test import ServiceUnderTest, customer
from tests.services.account.payloads import CUSTOMER, money, open_account, said


def _change(limit: str = "80000.00", currency: str = "SEK") -> dict[str, Any]:
    return {"credit_limit": money(limit, currency), "reason": "Asked for more room"}


async def test_a_changed_limit_is_kept_with_its_reason(service: ServiceUnderTest) -> None:
    account = await open_account(service)
    path = f"/v1/accounts/{account['id']}"
    changed = await service.put(f"{path}/credit-limit", _change(), if_match=1)
    assert changed.status_code == 200
    assert changed.headers["etag"] == '"2"'
    assert changed.json() == {**account, "credit_limit": money("80000.00"), "version": 2}
    changes = (await service.get(f"{path}/credit-limit-changes", as_=customer(CUSTOMER))).json()
    assert [(change["credit_limit"]["amount"], change["reason"]) for change in changes["items"]] == [
        ("80000.00", "Asked for more room"),
        ("50000.00", "Opened"),
    ]


async def test_a_changed_limit_is_told_to_others(service: ServiceUnderTest) -> None:
    account = await open_account(service)
    await service.put(f"/v1/accounts/{account['id']}/credit-limit", _change("1.00"), if_match=1)
    event = (await service.outbox())[-1]
    assert (event["type"], event["subject"]) == ("account.limit_changed", account["id"])
    assert event["data"] == {"account_id": account["id"], "credit_limit": money("1.00")}


async def test_of_many_changes_at_once_one_wins(service: ServiceUnderTest) -> None:
    path = f"/v1/accounts/{(await open_account(service))['id']}"
    answers = await asyncio.gather(
        *(service.put(f"{path}/credit-limit", _change(f"{n}000.00"), if_match=1) for n in range(1, 9))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7
    winner = next(answer for answer in answers if answer.status_code == 200)
    assert (await service.get(path)).json() == winner.json()
    assert (await service.get(f"{path}/credit-limit-changes")).json()["total"] == 2
    assert await said(service) == ["account.opened", "account.limit_changed"]


async def test_a_change_must_name_the_version_seen(service: ServiceUnderTest) -> None:
    path = f"/v1/accounts/{(await open_account(service))['id']}/credit-limit"
    assert (await service.put(path, _change())).status_code == 428
    assert (await service.put(path, _change(), if_match=2)).status_code == 412
    assert (await service.put(path, _change(), headers={"if-match": "*"})).status_code == 422


async def test_a_limit_in_another_currency_is_refused(service: ServiceUnderTest) -> None:
    path = f"/v1/accounts/{(await open_account(service))['id']}/credit-limit"
    answer = await service.put(path, _change(currency="EUR"), if_match=1)
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/other-currency"


async def test_the_limit_of_a_closed_account_stays(service: ServiceUnderTest) -> None:
    account = await open_account(service)
    await service.pool.execute("UPDATE accounts SET status = 'closed', closed_at = now() WHERE id = $1", account["id"])
    answer = await service.put(f"/v1/accounts/{account['id']}/credit-limit", _change(), if_match=1)
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/account-is-closed"
    assert await said(service) == ["account.opened"]


async def test_the_limit_of_a_frozen_account_can_be_changed(service: ServiceUnderTest) -> None:
    path = f"/v1/accounts/{(await open_account(service))['id']}"
    await service.post(f"{path}/freeze")
    changed = await service.put(f"{path}/credit-limit", _change(), if_match=2)
    assert changed.json()["status"] == "frozen"


@pytest.mark.parametrize(
    "body",
    [
        {"credit_limit": money("1.00")},
        {"credit_limit": money("1.00"), "reason": " "},
        {"credit_limit": money("1.00"), "reason": "x" * 201},
        {"credit_limit": money("0.00"), "reason": "None"},
        {"credit_limit": money("1234567890.00"), "reason": "Too much"},
        {"credit_limit": money("1.00"), "reason": "Fine", "status": "open"},
    ],
)
async def test_a_change_against_the_contract_is_refused(service: ServiceUnderTest, body: dict[str, Any]) -> None:
    path = f"/v1/accounts/{(await open_account(service))['id']}/credit-limit"
    assert (await service.put(path, body, if_match=1)).status_code == 422


async def test_a_customer_cannot_change_its_limit(service: ServiceUnderTest) -> None:
    path = f"/v1/accounts/{(await open_account(service))['id']}/credit-limit"
    assert (await service.put(path, _change(), if_match=1, as_=customer(CUSTOMER))).status_code == 403


async def test_past_limits_come_in_pages(service: ServiceUnderTest) -> None:
    path = f"/v1/accounts/{(await open_account(service))['id']}"
    for version in (1, 2):
        await service.put(f"{path}/credit-limit", _change(f"{version}.00"), if_match=version)
    first = (await service.get(f"{path}/credit-limit-changes", params={"limit": 2})).json()
    await service.put(f"{path}/credit-limit", _change("3.00"), if_match=3)
    cursor = {"limit": 2, "cursor": first["next_cursor"]}
    second = (await service.get(f"{path}/credit-limit-changes", params=cursor)).json()
    amounts = [change["credit_limit"]["amount"] for change in first["items"] + second["items"]]
    assert amounts == ["2.00", "1.00", "50000.00"]
    assert second["next_cursor"] is None
    assert (first["total"], second["total"]) == (3, 4)
    other = f"/v1/accounts/{(await open_account(service))['id']}"
    assert (await service.get(f"{other}/credit-limit-changes", params=cursor)).status_code == 422
