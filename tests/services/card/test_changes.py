"""Activating, freezing, unfreezing and cancelling at the wire."""

import asyncio
from typing import Any

import pytest

from tests.service_under_test import SUPPORT, ServiceUnderTest, with_scopes
from tests.services.card.cards import (
    CUSTOMER_ID,
    OWNER,
    STATES,
    STRANGER,
    UNKNOWN_CARD_ID,
    activate,
    answer_of,
    card_in,
    issue,
    problem_of,
    said,
)

ACTIONS = ("activate", "freeze", "unfreeze", "cancel")
# A status is an answer, anything else the problem of a refusal.
OUTCOMES = {
    "activate": ("active", "active", "card-is-frozen", "card-is-cancelled"),
    "freeze": ("card-not-activated", "frozen", "frozen", "card-is-cancelled"),
    "unfreeze": ("card-not-activated", "active", "active", "card-is-cancelled"),
    "cancel": ("cancelled", "cancelled", "cancelled", "card-is-cancelled"),
}
EVENTS = {
    "activate": "card.activated",
    "freeze": "card.frozen",
    "unfreeze": "card.unfrozen",
    "cancel": "card.cancelled",
}


def body_of(action: str, card: dict[str, Any]) -> dict[str, Any] | None:
    return {"last_four": card["last_four"]} if action == "activate" else None


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("state", STATES)
async def test_every_action_in_every_state_has_its_answer(service: ServiceUnderTest, state: str, action: str) -> None:
    card = await card_in(service, state)
    before = await said(service)
    outcome = OUTCOMES[action][STATES.index(state)]
    response = await service.post(f"/v1/cards/{card['id']}/{action}", body_of(action, card))
    after = answer_of(await service.get(f"/v1/cards/{card['id']}"))
    if outcome not in STATES:
        assert problem_of(response) == (409, outcome)
        assert after["version"] == card["version"]
    else:
        assert (answer_of(response)["status"], after["status"]) == (outcome, outcome)
        assert response.headers["etag"] == f'"{after["version"]}"'
    has_changed = after["status"] != state
    assert (await said(service))[len(before) :] == ([(EVENTS[action], card["id"])] if has_changed else [])


async def test_wrong_last_four_does_not_activate(service: ServiceUnderTest) -> None:
    card = await issue(service)
    wrong = f"{(int(card['last_four']) + 1) % 10_000:04d}"
    response = await service.post(f"/v1/cards/{card['id']}/activate", {"last_four": wrong}, as_=OWNER)
    assert problem_of(response) == (409, "wrong-last-four")
    assert card["last_four"] not in response.text
    assert answer_of(await service.get(f"/v1/cards/{card['id']}"))["status"] == "inactive"


@pytest.mark.parametrize("last_four", ["482", "48211", "482x", "", None, 4821])
async def test_last_four_that_is_not_four_digits_is_refused(service: ServiceUnderTest, last_four: object) -> None:
    card = await issue(service)
    response = await service.post(f"/v1/cards/{card['id']}/activate", {"last_four": last_four})
    assert problem_of(response) == (422, "invalid-request")


async def test_activation_remembers_when_it_was_first_done(service: ServiceUnderTest) -> None:
    card = await card_in(service, "frozen")
    thawed = answer_of(await service.post(f"/v1/cards/{card['id']}/unfreeze"))
    assert thawed["activated_at"] == card["activated_at"]
    assert (thawed["frozen_at"], thawed["status_reason"]) == (None, None)


async def test_reason_of_freezing_is_kept(service: ServiceUnderTest) -> None:
    card = await card_in(service, "active")
    frozen = answer_of(await service.post(f"/v1/cards/{card['id']}/freeze", {"reason": "Left it in the van"}))
    assert frozen["status_reason"] == "Left it in the van"
    assert frozen["frozen_at"]


@pytest.mark.parametrize("body", [{"reason": " "}, {"reason": "x" * 201}, {"why": "lost"}, []])
async def test_reason_that_is_not_as_the_contract_says_is_refused(service: ServiceUnderTest, body: object) -> None:
    card = await card_in(service, "active")
    assert problem_of(await service.post(f"/v1/cards/{card['id']}/freeze", body)) == (422, "invalid-request")


async def test_freezing_in_parallel_happens_once(service: ServiceUnderTest) -> None:
    card = await card_in(service, "active")
    responses = await asyncio.gather(*(service.post(f"/v1/cards/{card['id']}/freeze") for _ in range(8)))
    assert {answer_of(response)["version"] for response in responses} == {3}
    assert [kind for kind, _ in await said(service)].count("card.frozen") == 1


@pytest.mark.parametrize("action", ACTIONS)
async def test_owner_may_do_everything_with_their_card(service: ServiceUnderTest, action: str) -> None:
    card = await card_in(service, "inactive" if action == "activate" else "active")
    answer_of(await service.post(f"/v1/cards/{card['id']}/{action}", body_of(action, card), as_=OWNER))


@pytest.mark.parametrize("action", ACTIONS)
async def test_card_of_somebody_else_is_answered_like_a_missing_one(service: ServiceUnderTest, action: str) -> None:
    card = await card_in(service, "active")
    response = await service.post(f"/v1/cards/{card['id']}/{action}", body_of(action, card), as_=STRANGER)
    assert problem_of(response) == (404, "card-not-found")
    assert answer_of(await service.get(f"/v1/cards/{card['id']}"))["version"] == card["version"]
    missing = await service.post(f"/v1/cards/{UNKNOWN_CARD_ID}/{action}", body_of(action, card), as_=STRANGER)
    theirs, nobodys = response.json()["detail"], missing.json()["detail"]
    assert theirs.replace(card["id"], "") == nobodys.replace(UNKNOWN_CARD_ID, "")


@pytest.mark.parametrize("action", [*ACTIONS, "replace"])
async def test_reading_scope_is_not_enough_to_use_a_card(service: ServiceUnderTest, action: str) -> None:
    reader = with_scopes("customer", "cards:read", customer_id=CUSTOMER_ID)
    response = await service.post(f"/v1/cards/{UNKNOWN_CARD_ID}/{action}", as_=reader)
    assert problem_of(response) == (403, "forbidden")


async def test_without_a_token_nothing_is_possible(service: ServiceUnderTest) -> None:
    card = await issue(service)
    response = await activate(service, card, as_=None)
    assert problem_of(response) == (401, "unauthorized")
    assert answer_of(await activate(service, card, as_=SUPPORT))["status"] == "active"
