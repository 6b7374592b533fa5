import asyncio

import pytest

from tests.service_under_test import ServiceUnderTest
from tests.services.card.cards import OWNER, STRANGER, UNKNOWN_CARD_ID, answer_of, card_in, issue, problem_of, said


async def test_only_what_is_sent_changes(service: ServiceUnderTest) -> None:
    card = await issue(service)
    response = await service.patch(f"/v1/cards/{card['id']}", {"holder_name": "Anna Lindqvist"}, if_match=1, as_=OWNER)
    changed = answer_of(response)
    assert changed["holder_name"] == "Anna Lindqvist"
    assert (changed["design"], changed["status"], changed["version"]) == ("midnight", "inactive", 2)
    assert response.headers["etag"] == '"2"'


async def test_another_design_has_another_picture(service: ServiceUnderTest) -> None:
    card = await issue(service)
    changed = answer_of(await service.patch(f"/v1/cards/{card['id']}", {"design": "forest"}, if_match=1))
    assert "designs/forest.svg" in changed["picture"]["url"]


async def test_change_to_what_it_is_already_keeps_the_version(service: ServiceUnderTest) -> None:
    card = await issue(service)
    same = answer_of(await service.patch(f"/v1/cards/{card['id']}", {"design": "midnight"}, if_match=1))
    assert same["version"] == 1


async def test_change_is_no_event(service: ServiceUnderTest) -> None:
    card = await issue(service)
    answer_of(await service.patch(f"/v1/cards/{card['id']}", {"design": "sand"}, if_match=1))
    assert [kind for kind, _ in await said(service)] == ["card.issued"]


async def test_stale_version_is_refused(service: ServiceUnderTest) -> None:
    card = await card_in(service, "active")
    response = await service.patch(f"/v1/cards/{card['id']}", {"design": "sand"}, if_match=1)
    assert problem_of(response) == (412, "precondition-failed")
    assert answer_of(await service.get(f"/v1/cards/{card['id']}"))["design"] == "midnight"


async def test_missing_version_is_refused(service: ServiceUnderTest) -> None:
    card = await issue(service)
    response = await service.patch(f"/v1/cards/{card['id']}", {"design": "sand"})
    assert problem_of(response) == (428, "precondition-required")


async def test_parallel_changes_of_one_version_succeed_once(service: ServiceUnderTest) -> None:
    card = await issue(service)
    path = f"/v1/cards/{card['id']}"
    changes = (service.patch(path, {"holder_name": f"Anna {n}"}, if_match=1) for n in range(6))
    statuses = [response.status_code for response in await asyncio.gather(*changes)]
    assert sorted(statuses) == [200] + [412] * 5


async def test_cancelled_card_cannot_be_changed(service: ServiceUnderTest) -> None:
    card = await card_in(service, "cancelled")
    response = await service.patch(f"/v1/cards/{card['id']}", {"design": "sand"}, if_match=card["version"])
    assert problem_of(response) == (409, "card-is-cancelled")


@pytest.mark.parametrize(
    "body", [{}, {"holder_name": None}, {"status": "active"}, {"last_four": "0000"}, {"design": "x"}]
)
async def test_change_that_is_not_as_the_contract_says_is_refused(
    service: ServiceUnderTest, body: dict[str, object]
) -> None:
    response = await service.patch(f"/v1/cards/{UNKNOWN_CARD_ID}", body, if_match=1)
    assert problem_of(response) == (422, "invalid-request")


async def test_card_of_somebody_else_is_not_changed(service: ServiceUnderTest) -> None:
    card = await issue(service)
    response = await service.patch(f"/v1/cards/{card['id']}", {"design": "sand"}, if_match=1, as_=STRANGER)
    assert problem_of(response) == (404, "card-not-found")
    assert problem_of(await service.patch(f"/v1/cards/{UNKNOWN_CARD_ID}", {"design": "sand"}, if_match=1))[0] == 404
