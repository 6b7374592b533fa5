import asyncio
from typing import Any

import pytest

from tandem.kit.peers import PeerRefused
from tandem.kit.peers.transport import ConnectionFailed
from tests.service_under_test import ServiceUnderTest, customer
from tests.services.account.payloads import CUSTOMER, money, open_account, said


def settled(account_id: str) -> dict[str, Any]:
    return {
        "account_id": account_id,
        "status": "closed",
        "credit_limit": money("50000.00"),
        "used": money("0.00"),
        "remaining": money("50000.00"),
        "transactions": 2,
    }


async def test_freezing_and_unfreezing_happen_once_each(service: ServiceUnderTest) -> None:
    account = await open_account(service)
    path = f"/v1/accounts/{account['id']}"
    frozen = await service.post(f"{path}/freeze")
    assert frozen.headers["etag"] == '"2"'
    frozen_at = frozen.json()["frozen_at"]
    assert frozen.json() == {**account, "status": "frozen", "frozen_at": frozen_at, "version": 2}
    assert (await service.post(f"{path}/freeze")).json() == frozen.json()
    unfrozen = await service.post(f"{path}/unfreeze")
    assert unfrozen.json() == {**account, "version": 3}
    assert (await service.post(f"{path}/unfreeze")).json() == unfrozen.json()
    assert await said(service) == ["account.opened", "account.frozen", "account.unfrozen"]


async def test_freezing_many_times_at_once_is_one_change(service: ServiceUnderTest) -> None:
    path = f"/v1/accounts/{(await open_account(service))['id']}"
    answers = await asyncio.gather(*(service.post(f"{path}/freeze") for _ in range(6)))
    assert {answer.json()["version"] for answer in answers} == {2}
    assert await said(service) == ["account.opened", "account.frozen"]


async def test_a_settled_account_is_closed(service: ServiceUnderTest) -> None:
    account = await open_account(service)
    path = f"/v1/accounts/{account['id']}"
    service.peers.answers("closeLedger", settled(account["id"]))
    closed = await service.post(f"{path}/close")
    assert closed.status_code == 200
    assert closed.headers["etag"] == '"2"'
    closed_at = closed.json()["closed_at"]
    assert closed.json() == {**account, "status": "closed", "closed_at": closed_at, "version": 2}
    (asked,) = service.peers.asked("closeLedger")
    assert asked.url.endswith(f"/v1/ledgers/{account['id']}/close")
    event = (await service.outbox())[-1]
    assert (event["type"], event["data"]) == ("account.closed", {"account_id": account["id"]})


async def test_closing_twice_changes_nothing_more(service: ServiceUnderTest) -> None:
    account = await open_account(service)
    service.peers.answers("closeLedger", settled(account["id"]))
    answers = await asyncio.gather(*(service.post(f"/v1/accounts/{account['id']}/close") for _ in range(5)))
    assert {answer.json()["version"] for answer in answers} == {2}
    # Before the account is locked: closing a ledger twice changes nothing either.
    asked = len(service.peers.asked("closeLedger"))
    assert (await service.post(f"/v1/accounts/{account['id']}/close")).json() == answers[0].json()
    assert len(service.peers.asked("closeLedger")) == asked
    assert await said(service) == ["account.opened", "account.closed"]


def unpaid_invoices(account_id: str, how_many: int) -> dict[str, Any]:
    invoice = {
        "id": "inv_01k9zc6n00000000000000h001",
        "account_id": account_id,
        "customer_id": CUSTOMER,
        "number": "2026-000431",
        "period": "2026-10",
        "status": "open",
        **{part: money("100.00") for part in ("total", "paid", "remaining")},
        "issued_at": "2026-10-31T23:05:00Z",
        "due_on": "2026-11-30",
        "version": 1,
    }
    return {"items": [invoice] * min(how_many, 1), "next_cursor": None, "total": how_many}


@pytest.fixture(autouse=True)
def everything_is_paid(service: ServiceUnderTest) -> None:
    service.peers.answers("listInvoices", unpaid_invoices("", 0))


@pytest.mark.parametrize(("how_many", "what"), [(1, "1 invoice that is not"), (2, "2 invoices that are not")])
async def test_an_account_with_an_unpaid_invoice_stays_open_and_so_does_its_ledger(
    service: ServiceUnderTest, how_many: int, what: str
) -> None:
    account = await open_account(service)
    path = f"/v1/accounts/{account['id']}"
    service.peers.forget("listInvoices")
    service.peers.answers("listInvoices", unpaid_invoices(account["id"], how_many))
    refused = await service.post(f"{path}/close")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/account-has-unpaid-invoices")
    assert what in refused.json()["detail"]
    assert service.peers.asked("listInvoices")[0].url.endswith(f"?account_id={account['id']}&unpaid=true&limit=1")
    assert service.peers.asked("closeLedger") == []
    assert (await service.get(path)).json() == account
    assert await said(service) == ["account.opened"]


async def test_an_account_stays_open_while_its_invoices_cannot_be_seen(service: ServiceUnderTest) -> None:
    account = await open_account(service)
    service.peers.forget("listInvoices")
    service.peers.fails("listInvoices", ConnectionFailed())
    assert (await service.post(f"/v1/accounts/{account['id']}/close")).status_code == 503
    assert service.peers.asked("closeLedger") == []


async def test_a_ledger_that_hangs_keeps_nobody_from_the_account(service: ServiceUnderTest, hanging: set[str]) -> None:
    account = await open_account(service)
    path = f"/v1/accounts/{account['id']}"
    hanging.add("closeLedger")
    closing = [asyncio.create_task(service.post(f"{path}/close")) for _ in range(20)]
    frozen, *closed = await asyncio.gather(service.post(f"{path}/freeze"), *closing)
    assert frozen.json()["status"] == "frozen"
    assert {answer.status_code for answer in closed} == {503}


async def test_a_frozen_account_can_be_closed(service: ServiceUnderTest) -> None:
    account = await open_account(service)
    await service.post(f"/v1/accounts/{account['id']}/freeze")
    service.peers.answers("closeLedger", settled(account["id"]))
    closed = (await service.post(f"/v1/accounts/{account['id']}/close")).json()
    assert (closed["status"], closed["frozen_at"]) == ("closed", None)


async def test_an_account_with_a_balance_stays_open(service: ServiceUnderTest) -> None:
    account = await open_account(service)
    path = f"/v1/accounts/{account['id']}"
    reason = f"Account {account['id']} owes 120.00 SEK. It can be closed when the balance is zero."
    service.peers.refuses("closeLedger", 409, "/problems/balance-not-zero", reason)
    refused = await service.post(f"{path}/close")
    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/account-has-balance"
    assert refused.json()["detail"] == reason
    assert (await service.get(path)).json() == account
    assert await said(service) == ["account.opened"]


async def test_a_refusal_without_a_reason_is_still_explained(service: ServiceUnderTest) -> None:
    account = await open_account(service)
    service.peers.refuses("closeLedger", 409, "/problems/balance-not-zero")
    refused = await service.post(f"/v1/accounts/{account['id']}/close")
    assert "when its balance is zero" in refused.json()["detail"]


@pytest.mark.parametrize(
    "prepare",
    [
        lambda peers: peers.answers("closeLedger", {"title": "broken"}, status=500),
        lambda peers: peers.answers("closeLedger", {"title": "busy"}, status=503),
        lambda peers: peers.fails("closeLedger", TimeoutError()),
        lambda peers: peers.fails("closeLedger", ConnectionFailed()),
        lambda peers: peers.refuses("closeLedger", 404, "/problems/ledger-not-found"),
    ],
    ids=["broken", "busy", "late", "dead", "not-ready"],
)
async def test_an_account_stays_open_while_its_ledger_cannot_be_closed(service: ServiceUnderTest, prepare: Any) -> None:
    account = await open_account(service)
    path = f"/v1/accounts/{account['id']}"
    prepare(service.peers)
    answer = await service.post(f"{path}/close")
    assert answer.status_code == 503
    assert (await service.get(path)).json() == account
    service.peers.forget("closeLedger")
    service.peers.answers("closeLedger", settled(account["id"]))
    assert (await service.post(f"{path}/close")).json()["status"] == "closed"


async def test_an_unforeseen_refusal_of_the_ledger_is_our_mistake(service: ServiceUnderTest) -> None:
    account = await open_account(service)
    service.peers.refuses("closeLedger", 403, "/problems/forbidden")
    with pytest.raises(PeerRefused, match="403"):
        await service.post(f"/v1/accounts/{account['id']}/close")
    assert (await service.get(f"/v1/accounts/{account['id']}")).json() == account


async def test_a_closed_account_is_neither_frozen_nor_unfrozen(service: ServiceUnderTest) -> None:
    account = await open_account(service)
    path = f"/v1/accounts/{account['id']}"
    service.peers.answers("closeLedger", settled(account["id"]))
    await service.post(f"{path}/close")
    for step in ("freeze", "unfreeze"):
        refused = await service.post(f"{path}/{step}")
        assert refused.status_code == 409
        assert refused.json()["type"] == "/problems/account-is-closed"


async def test_a_customer_changes_no_state_of_its_account(service: ServiceUnderTest) -> None:
    path = f"/v1/accounts/{(await open_account(service))['id']}"
    for step in ("freeze", "unfreeze", "close"):
        assert (await service.post(f"{path}/{step}", as_=customer(CUSTOMER))).status_code == 403
