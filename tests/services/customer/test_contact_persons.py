import asyncio
from typing import Any

import pytest

from tests.service_under_test import ServiceUnderTest, customer
from tests.services.customer.payloads import NUMBERS, UNKNOWN, new_person, register

NOBODY = "per_01k9zc6n0000000000000000zz"


async def _persons_path(service: ServiceUnderTest, number: str = NUMBERS[0]) -> str:
    return f"/v1/customers/{(await register(service, organisation_number=number))['id']}/contact-persons"


async def _add(service: ServiceUnderTest, path: str, **changes: Any) -> dict[str, Any]:
    answer = await service.post(path, new_person(**changes), key=f"add-person-{changes.get('name', '')[-1:]}")
    assert answer.status_code == 201, answer.text
    added: dict[str, Any] = answer.json()
    return added


async def test_an_added_person_can_be_fetched(service: ServiceUnderTest) -> None:
    path = await _persons_path(service)
    answer = await service.post(path, new_person(name="Jonas Lind"), key="add-person-1")
    assert answer.status_code == 201
    assert answer.headers["location"] == f"{path}/{answer.json()['id']}"
    fetched = await service.get(answer.headers["location"])
    assert fetched.json() == answer.json()
    assert fetched.headers["etag"] == '"1"'
    unchanged = await service.get(answer.headers["location"], headers={"if-none-match": '"1"'})
    assert unchanged.status_code == 304


async def test_the_same_key_adds_one_person(service: ServiceUnderTest) -> None:
    path = await _persons_path(service)
    first = await service.post(path, new_person(), key="add-person-1")
    again = await service.post(path, new_person(), key="add-person-1")
    assert again.json() == first.json()
    assert (await service.get(path)).json()["total"] == 2


async def test_persons_are_listed_newest_first_in_pages(service: ServiceUnderTest) -> None:
    path = await _persons_path(service)
    for number in (1, 2):
        await _add(service, path, name=f"Person {number}")
    first = (await service.get(path, params={"limit": 2})).json()
    second = (await service.get(path, params={"limit": 2, "cursor": first["next_cursor"]})).json()
    names = [person["name"] for person in first["items"] + second["items"]]
    assert names == ["Person 2", "Person 1", "Anna Bergström"]
    assert second["next_cursor"] is None
    assert first["total"] == second["total"] == 3


async def test_a_cursor_of_another_customer_is_refused(service: ServiceUnderTest) -> None:
    path, other = await _persons_path(service), await _persons_path(service, NUMBERS[1])
    await _add(service, path, name="Person 1")
    cursor = (await service.get(path, params={"limit": 1})).json()["next_cursor"]
    assert (await service.get(other, params={"cursor": cursor})).status_code == 422


async def test_a_change_leaves_the_rest_as_it_was(service: ServiceUnderTest) -> None:
    path = await _persons_path(service)
    person = await _add(service, path)
    changed = await service.patch(f"{path}/{person['id']}", {"role": "Owner"}, if_match=1)
    assert changed.json() == {**person, "role": "Owner", "version": 2}
    assert changed.headers["etag"] == '"2"'
    late = await service.patch(f"{path}/{person['id']}", {"role": "Late"}, if_match=1)
    assert late.status_code == 412
    assert (await service.patch(f"{path}/{person['id']}", {"role": "Blind"})).status_code == 428
    assert (await service.patch(f"{path}/{person['id']}", {}, if_match=2)).status_code == 422


async def test_everything_about_a_person_can_be_changed(service: ServiceUnderTest) -> None:
    path = await _persons_path(service)
    person = await _add(service, path)
    change = new_person(name="Eva Ny", role="Owner", email="eva@bergstrombygg.example", phone="+46 70 174 06 99")
    changed = await service.patch(f"{path}/{person['id']}", change, if_match=1)
    assert changed.json() == {**person, **change, "version": 2}


async def test_a_removed_person_is_gone(service: ServiceUnderTest) -> None:
    path = await _persons_path(service)
    person = await _add(service, path)
    removed = await service.delete(f"{path}/{person['id']}")
    assert removed.status_code == 204
    assert removed.content == b""
    assert (await service.get(f"{path}/{person['id']}")).status_code == 404
    assert (await service.delete(f"{path}/{person['id']}")).status_code == 404


async def test_the_last_person_cannot_be_removed(service: ServiceUnderTest) -> None:
    path = await _persons_path(service)
    (last,) = (await service.get(path)).json()["items"]
    refused = await service.delete(f"{path}/{last['id']}")
    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/last-contact-person"
    assert (await service.get(path)).json()["total"] == 1


async def test_removing_everybody_at_once_leaves_one(service: ServiceUnderTest) -> None:
    path = await _persons_path(service)
    for number in range(4):
        await _add(service, path, name=f"Person {number}")
    persons = (await service.get(path)).json()["items"]
    answers = await asyncio.gather(*(service.delete(f"{path}/{person['id']}") for person in persons))
    assert sorted(answer.status_code for answer in answers) == [204] * 4 + [409]
    assert (await service.get(path)).json()["total"] == 1


async def test_a_person_is_found_only_at_its_own_customer(service: ServiceUnderTest) -> None:
    path, other = await _persons_path(service), await _persons_path(service, NUMBERS[1])
    person = await _add(service, path)
    assert (await service.get(f"{other}/{person['id']}")).status_code == 404
    assert (await service.patch(f"{other}/{person['id']}", {"role": "X"}, if_match=1)).status_code == 404
    assert (await service.delete(f"{other}/{person['id']}")).status_code == 404


@pytest.mark.parametrize("customer_id", [UNKNOWN])
async def test_persons_of_an_unknown_customer_are_not_found(service: ServiceUnderTest, customer_id: str) -> None:
    path = f"/v1/customers/{customer_id}/contact-persons"
    answers = [
        await service.get(path),
        await service.post(path, new_person(), key="add-person-1"),
        await service.get(f"{path}/{NOBODY}"),
        await service.patch(f"{path}/{NOBODY}", {"role": "X"}, if_match=1),
        await service.delete(f"{path}/{NOBODY}"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 5


async def test_a_customer_manages_its_own_persons_and_nobody_elses(service: ServiceUnderTest) -> None:
    path = await _persons_path(service)
    owner, stranger = customer(path.split("/")[3]), customer(UNKNOWN)
    person = (await service.post(path, new_person(), key="add-person-1", as_=owner)).json()
    one = f"{path}/{person['id']}"
    refused = [
        await service.get(path, as_=stranger),
        await service.post(path, new_person(), key="add-person-2", as_=stranger),
        await service.get(one, as_=stranger),
        await service.patch(one, {"role": "X"}, if_match=1, as_=stranger),
        await service.delete(one, as_=stranger),
    ]
    assert [answer.status_code for answer in refused] == [404] * 5
    assert (await service.patch(one, {"role": "Owner"}, if_match=1, as_=owner)).status_code == 200
    assert (await service.delete(one, as_=owner)).status_code == 204
