import asyncio
from typing import Any

import pytest

from tandem.kit.peers import PeerRefused
from tandem.local.issuer import LocalIssuer
from tests.service_under_test import ServiceUnderTest, Who, customer, with_scopes
from tests.services.account.payloads import (
    CUSTOMER,
    OTHER_CUSTOMER,
    UNKNOWN,
    company,
    money,
    new_account,
    open_account,
    said,
)


async def test_an_opened_account_can_be_fetched(service: ServiceUnderTest) -> None:
    service.peers.answers("getCustomer", company())
    answer = await service.post("/v1/accounts", new_account(), key="open-account-1")
    assert answer.status_code == 201
    account = answer.json()
    assert account == {
        "id": account["id"],
        "customer_id": CUSTOMER,
        "name": "Bergström Bygg AB",
        "status": "open",
        "credit_limit": money("50000.00"),
        "opened_at": account["opened_at"],
        "frozen_at": None,
        "closed_at": None,
        "version": 1,
    }
    assert answer.headers["location"] == f"/v1/accounts/{account['id']}"
    assert answer.headers["etag"] == '"1"'
    assert (await service.get(answer.headers["location"])).json() == account
    unchanged = await service.get(answer.headers["location"], headers={"if-none-match": '"1"'})
    assert unchanged.status_code == 304


async def test_opening_is_told_to_others(service: ServiceUnderTest) -> None:
    account = await open_account(service)
    (event,) = await service.outbox()
    assert (event["type"], event["subject"]) == ("account.opened", account["id"])
    assert event["data"] == {
        "account_id": account["id"],
        "customer_id": CUSTOMER,
        "credit_limit": money("50000.00"),
        "opened_at": account["opened_at"],
    }


async def test_opening_keeps_the_first_limit(service: ServiceUnderTest) -> None:
    account = await open_account(service)
    changes = (await service.get(f"/v1/accounts/{account['id']}/credit-limit-changes")).json()
    first = {"credit_limit": money("50000.00"), "reason": "Opened", "changed_at": account["opened_at"]}
    assert changes == {"items": [first], "next_cursor": None, "total": 1}


async def test_the_same_key_opens_one_account(service: ServiceUnderTest) -> None:
    service.peers.answers("getCustomer", company())
    answers = await asyncio.gather(
        *(service.post("/v1/accounts", new_account(), key="open-account-1") for _ in range(8))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    other = await service.post("/v1/accounts", new_account(limit="1.00"), key="open-account-1")
    assert other.status_code == 422
    assert await said(service) == ["account.opened"]


async def test_a_customer_nobody_knows_gets_no_account(service: ServiceUnderTest) -> None:
    service.peers.refuses("getCustomer", 404, "/problems/customer-not-found")
    answer = await service.post("/v1/accounts", new_account(), key="open-account-1")
    assert answer.status_code == 404
    assert answer.json()["type"] == "/problems/customer-not-found"
    assert await said(service) == []


async def test_an_inactive_customer_gets_no_account(service: ServiceUnderTest) -> None:
    service.peers.answers("getCustomer", company(status="inactive"))
    answer = await service.post("/v1/accounts", new_account(), key="open-account-1")
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/customer-not-active"


async def test_no_account_is_opened_while_customers_cannot_be_asked(service: ServiceUnderTest) -> None:
    service.peers.answers("getCustomer", {"title": "broken"}, status=500)
    answer = await service.post("/v1/accounts", new_account(), key="open-account-1")
    assert answer.status_code == 503
    assert "retry-after" in answer.headers
    service.peers.forget("getCustomer")
    service.peers.answers("getCustomer", company())
    again = await service.post("/v1/accounts", new_account(), key="open-account-1")
    assert again.status_code == 201


async def test_a_refusal_that_nobody_foresaw_is_our_mistake(service: ServiceUnderTest) -> None:
    service.peers.refuses("getCustomer", 403, "/problems/forbidden")
    with pytest.raises(PeerRefused, match="403"):
        await service.post("/v1/accounts", new_account(), key="open-account-1")
    assert await said(service) == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {**new_account(), "name": "Mine"},
        new_account(customer_id="acc_01k9zc6n00000000000000h001"),
        new_account(limit="0.00"),
        new_account(limit="-1.00"),
        new_account(limit="12"),
        new_account(currency="USD"),
        {"customer_id": CUSTOMER, "credit_limit": {"amount": 12.0, "currency": "SEK"}},
    ],
)
async def test_an_opening_against_the_contract_is_refused(service: ServiceUnderTest, body: dict[str, Any]) -> None:
    assert (await service.post("/v1/accounts", body, key="open-account-1")).status_code == 422
    assert service.peers.asked("getCustomer") == []


async def test_only_those_who_may_open_accounts_do(service: ServiceUnderTest) -> None:
    for caller in (customer(CUSTOMER), with_scopes("support", "accounts:read")):
        answer = await service.post("/v1/accounts", new_account(), key="open-account-1", as_=caller)
        assert answer.status_code == 403


async def test_an_unknown_account_is_not_found(service: ServiceUnderTest) -> None:
    path = f"/v1/accounts/{UNKNOWN}"
    change = {"credit_limit": money("1.00"), "reason": "Because"}
    answers = [
        await service.get(path),
        await service.get(f"{path}/overview"),
        await service.get(f"{path}/credit-limit-changes"),
        await service.put(f"{path}/credit-limit", change, if_match=1),
        *[await service.post(f"{path}/{step}") for step in ("freeze", "unfreeze", "close")],
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert {answer.json()["type"] for answer in answers} == {"/problems/account-not-found"}
    assert service.peers.requests == []


async def test_a_customer_sees_its_own_accounts_and_nobody_elses(service: ServiceUnderTest) -> None:
    mine = await open_account(service)
    theirs = await open_account(service, customer_id=OTHER_CUSTOMER)
    me = customer(CUSTOMER)
    assert (await service.get(f"/v1/accounts/{mine['id']}", as_=me)).json() == mine
    for part in ("", "/overview", "/credit-limit-changes"):
        answer = await service.get(f"/v1/accounts/{theirs['id']}{part}", as_=me)
        assert answer.status_code == 404
        assert answer.json()["type"] == "/problems/account-not-found"
    assert (await service.get("/v1/accounts", as_=me)).json()["items"] == [mine]
    assert (await service.get("/v1/accounts", params={"customer_id": OTHER_CUSTOMER}, as_=me)).status_code == 403


async def test_a_scope_given_by_mistake_reaches_no_other_companys_account(
    service: ServiceUnderTest, issuer: LocalIssuer
) -> None:
    account = await open_account(service)
    careless = LocalIssuer(issuer.jwks_path.parent, {"customer": frozenset({"accounts:manage"})})
    headers = {"authorization": f"Bearer {careless.issue('customer', 'stranger', None, OTHER_CUSTOMER)}"}
    for step in ("freeze", "unfreeze", "close"):
        answer = await service.post(f"/v1/accounts/{account['id']}/{step}", as_=None, headers=headers)
        assert answer.status_code == 404


async def test_accounts_are_narrowed_by_customer_and_state(service: ServiceUnderTest) -> None:
    one = await open_account(service)
    two = await open_account(service, customer_id=OTHER_CUSTOMER)
    await service.post(f"/v1/accounts/{two['id']}/freeze")

    async def found(**params: str) -> list[str]:
        page = (await service.get("/v1/accounts", params=params, as_=Who("service", "card"))).json()
        assert page["total"] == len(page["items"])
        return [item["id"] for item in page["items"]]

    assert await found() == [two["id"], one["id"]]
    assert await found(customer_id=CUSTOMER) == [one["id"]]
    assert await found(status="frozen") == [two["id"]]
    assert await found(status="open", customer_id=OTHER_CUSTOMER) == []


async def test_pages_stay_right_while_accounts_are_opened(service: ServiceUnderTest) -> None:
    expected = [(await open_account(service))["id"] for _ in range(3)][::-1]
    first = (await service.get("/v1/accounts", params={"limit": 2})).json()
    await open_account(service)
    second = (await service.get("/v1/accounts", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [item["id"] for item in first["items"] + second["items"]] == expected
    assert (first["total"], second["total"]) == (3, 4)
    assert second["next_cursor"] is None
    foreign = {"cursor": first["next_cursor"], "status": "open"}
    assert (await service.get("/v1/accounts", params=foreign)).status_code == 422
