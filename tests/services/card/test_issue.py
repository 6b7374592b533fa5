import asyncio

import pytest

from tandem.kit.ids import new_id
from tandem.kit.peers import PeerRefused
from tests.service_under_test import ServiceUnderTest
from tests.services.card.cards import (
    ACCOUNT_ID,
    CUSTOMER_ID,
    OWNER,
    account,
    answer_of,
    issue,
    problem_of,
    said,
    try_to_issue,
)

NEW = {"account_id": ACCOUNT_ID, "holder_name": "Anna Bergström"}


async def test_issued_card_is_inactive_and_found_at_its_location(service: ServiceUnderTest) -> None:
    service.peers.answers("getAccount", account())
    response = await try_to_issue(service, design="forest")
    card = answer_of(response, 201)
    assert (card["status"], card["design"], card["version"]) == ("inactive", "forest", 1)
    assert (card["customer_id"], card["replaces"], card["activated_at"]) == (CUSTOMER_ID, None, None)
    assert response.headers["location"] == f"/v1/cards/{card['id']}"
    assert response.headers["etag"] == '"1"'
    found = answer_of(await service.get(response.headers["location"]))
    assert {**found, "picture": None} == {**card, "picture": None}


async def test_card_without_a_design_is_midnight(service: ServiceUnderTest) -> None:
    assert (await issue(service))["design"] == "midnight"


async def test_issued_card_is_announced(service: ServiceUnderTest) -> None:
    card = await issue(service)
    [event] = await service.outbox()
    assert event["type"] == "card.issued"
    assert event["data"] == {"card_id": card["id"], "account_id": ACCOUNT_ID}


async def test_account_is_asked_for_by_its_id(service: ServiceUnderTest) -> None:
    await issue(service)
    [asked] = service.peers.asked("getAccount")
    assert asked.url.endswith(f"/v1/accounts/{ACCOUNT_ID}")


async def test_unknown_account_gets_no_card(service: ServiceUnderTest) -> None:
    service.peers.refuses("getAccount", 404, "/problems/account-not-found")
    assert problem_of(await try_to_issue(service)) == (404, "account-not-found")
    assert await service.outbox() == []


@pytest.mark.parametrize("status", ["frozen", "closed"])
async def test_account_that_is_not_open_gets_no_card(service: ServiceUnderTest, status: str) -> None:
    service.peers.answers("getAccount", account(status=status))
    assert problem_of(await try_to_issue(service)) == (409, "account-not-open")


async def test_account_that_was_closed_since_it_was_asked_gets_no_card(service: ServiceUnderTest) -> None:
    await issue(service)
    await service.deliver("account.closed", account_id=ACCOUNT_ID)
    assert problem_of(await try_to_issue(service)) == (409, "account-not-open")


async def test_silent_account_service_is_a_503_and_leaves_no_card(service: ServiceUnderTest) -> None:
    service.peers.answers("getAccount", status=503)
    status, _ = problem_of(await try_to_issue(service))
    assert status == 503
    assert answer_of(await service.get("/v1/cards"))["total"] == 0


async def test_refusal_nobody_foresaw_is_a_bug_and_leaves_no_card(service: ServiceUnderTest) -> None:
    service.peers.refuses("getAccount", 403, "/problems/forbidden")
    with pytest.raises(PeerRefused):
        await try_to_issue(service)
    assert answer_of(await service.get("/v1/cards"))["total"] == 0


async def test_sixth_card_is_refused_until_one_is_cancelled(service: ServiceUnderTest) -> None:
    cards = [await issue(service) for _ in range(5)]
    assert problem_of(await try_to_issue(service)) == (409, "too-many-cards")
    answer_of(await service.post(f"/v1/cards/{cards[0]['id']}/cancel"))
    answer_of(await try_to_issue(service), 201)


async def test_cards_of_one_account_end_in_different_digits(service: ServiceUnderTest) -> None:
    assert len({(await issue(service))["last_four"] for _ in range(5)}) == 5


async def test_parallel_issues_never_pass_five(service: ServiceUnderTest) -> None:
    service.peers.answers("getAccount", account())
    responses = await asyncio.gather(*(try_to_issue(service) for _ in range(20)))
    assert sorted(response.status_code for response in responses) == [201] * 5 + [409] * 15
    assert {problem_of(response) for response in responses if response.status_code == 409} == {(409, "too-many-cards")}
    assert await service.pool.fetchval("SELECT count(*) FROM cards") == 5


async def test_same_key_gives_the_same_card(service: ServiceUnderTest) -> None:
    service.peers.answers("getAccount", account())
    first, again = [await service.post("/v1/cards", NEW, key="issue-anna-1") for _ in range(2)]
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"]
    assert len(await said(service)) == 1


async def test_same_key_in_parallel_issues_one_card(service: ServiceUnderTest) -> None:
    service.peers.answers("getAccount", account())
    responses = await asyncio.gather(*(service.post("/v1/cards", NEW, key="issue-anna-1") for _ in range(10)))
    assert len({answer_of(response, 201)["id"] for response in responses}) == 1
    assert await service.pool.fetchval("SELECT count(*) FROM cards") == 1


async def test_same_key_with_another_body_is_refused(service: ServiceUnderTest) -> None:
    await issue(service)
    answer_of(await service.post("/v1/cards", NEW, key="issue-anna-1"), 201)
    response = await service.post("/v1/cards", {**NEW, "holder_name": "Per Nyström"}, key="issue-anna-1")
    assert problem_of(response) == (422, "idempotency-key-reused")


async def test_missing_key_is_refused(service: ServiceUnderTest) -> None:
    assert problem_of(await service.post("/v1/cards", NEW)) == (422, "invalid-request")


@pytest.mark.parametrize(
    "wrong",
    [
        {"account_id": "acc_1"},
        {"account_id": None},
        {"holder_name": ""},
        {"holder_name": "   "},
        {"holder_name": "Anna\nBergström"},
        {"holder_name": "A" * 61},
        {"holder_name": 7},
        {"design": "gold"},
        {"last_four": "4821"},
        {"number": "4571000000004821"},
    ],
)
async def test_new_card_that_is_not_as_the_contract_says_is_refused(
    service: ServiceUnderTest, wrong: dict[str, object]
) -> None:
    response = await service.post("/v1/cards", {**NEW, **wrong}, key=new_id("key"))
    assert problem_of(response) == (422, "invalid-request")


async def test_customer_may_not_issue_cards(service: ServiceUnderTest) -> None:
    assert problem_of(await service.post("/v1/cards", NEW, key="issue-anna-1", as_=OWNER)) == (403, "forbidden")
