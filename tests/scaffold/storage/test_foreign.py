"""A service from a contract of somebody else: what it says enough about works, the rest says that it is not built."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tandem.kit.auth.jwks import StaticKeys
from tandem.local.issuer import LocalIssuer
from tests.scaffold.storage.clinic import asks, clinic
from tests.scaffold.storage.desk import project_of, running
from tests.service_under_test import Databases, ServiceUnderTest

MIEZE = {
    "name": "Mieze", "class": "cat", "nickName": "Mi", "chip": None, "weight": 3.5, "legs": 10**18,
    "born": "2024-02-29", "tags": ["shy", "ünï"], "owner": {"name": "Linda"},
}  # fmt: skip
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
async def running_clinic(
    tmp_path_factory: pytest.TempPathFactory, databases: Databases, issuer: LocalIssuer, keys: StaticKeys
) -> AsyncIterator[ServiceUnderTest]:
    project = project_of(tmp_path_factory.mktemp("project"), "clinic", clinic())
    assert [one.operation_id for one in project.write().unsupported] == ["groomPet"]
    async with running(project, databases, issuer, keys) as service:
        yield service


@pytest.fixture
async def service(running_clinic: ServiceUnderTest) -> ServiceUnderTest:
    await running_clinic.clear()
    return running_clinic


async def _add(service: ServiceUnderTest, **pet: Any) -> dict[str, Any]:
    answer = await service.post("/pets", pet)
    assert answer.status_code == 201, answer.text
    added: dict[str, Any] = answer.json()
    return added


async def test_everything_that_was_sent_is_shown_as_it_was(service: ServiceUnderTest) -> None:
    pet = await _add(service, **MIEZE)
    assert pet == {**MIEZE, "id": pet["id"], "vaccinated": False, "createdAt": pet["createdAt"]}
    assert (await service.get(f"/pets/{pet['id']}")).json() == pet


async def test_what_was_left_out_is_left_out_again_or_begins_as_the_schema_does(service: ServiceUnderTest) -> None:
    pet = await _add(service, name="Rex")
    assert pet.keys() == {"id", "name", "class", "chip", "createdAt", "vaccinated"}
    assert (pet["class"], pet["vaccinated"]) == ("cat", False)


async def test_a_list_is_narrowed_and_cut(service: ServiceUnderTest) -> None:
    for name, kind in (("Mieze", "cat"), ("Rex", "dog"), ("Tom", "cat")):
        await _add(service, name=name, **{"class": kind})

    async def names(**params: Any) -> list[str]:
        return [one["name"] for one in (await service.get("/pets", params=params)).json()]

    assert await names() == ["Tom", "Rex", "Mieze"]
    assert await names(**{"class": "cat"}) == ["Tom", "Mieze"]
    assert await names(q="EZ") == ["Mieze"]
    assert await names(vaccinated="true") == []
    assert await names(limit=1, page=2) == ["Rex"]
    assert await names(limit=-1) == []


async def test_a_replaced_thing_has_only_what_was_sent(service: ServiceUnderTest) -> None:
    pet = await _add(service, **MIEZE)
    replaced = await service.put(f"/pets/{pet['id']}", {"name": "Mia", "class": "dog"})
    assert (replaced.status_code, replaced.json()["name"], "tags" in replaced.json()) == (200, "Mia", False)
    assert (await service.put("/pets/999", {"name": "Nobody"})).status_code == 404


async def test_a_change_tells_null_from_nothing(service: ServiceUnderTest) -> None:
    pet = await _add(service, **{**MIEZE, "chip": "4711"})
    path = f"/pets/{pet['id']}"
    assert (await service.patch(path, {"vaccinated": True, "tags": []})).json() == {"name": "Mieze"}
    assert (await service.get(path)).json() == {**pet, "vaccinated": True, "tags": []}
    await service.patch(path, {"chip": None})
    assert (await service.get(path)).json()["chip"] is None
    assert (await service.patch(path)).status_code == 200


async def test_a_removed_thing_is_shown_a_last_time_and_takes_what_belongs_to_it(service: ServiceUnderTest) -> None:
    pet = await _add(service, name="Rex")
    await service.post(f"/pets/{pet['id']}/visits", {"reason": "Teeth", "at": "2026-11-20T09:30:00Z"})
    removed = await service.delete(f"/pets/{pet['id']}")
    assert (removed.status_code, removed.json()) == (200, pet)
    assert (await service.get(f"/pets/{pet['id']}")).status_code == 404
    assert await service.pool.fetchval("SELECT count(*) FROM visit_records") == 0


async def test_what_belongs_to_something_is_found_below_it_only(service: ServiceUnderTest) -> None:
    pet, other = await _add(service, name="Rex"), await _add(service, name="Tom")
    path = f"/pets/{pet['id']}/visits"
    made = [(await service.post(path, {"reason": one, "at": "2026-11-20T09:30:00Z"})).json() for one in ("A", "B")]
    assert {one["state"] for one in made} == {"planned"}
    listed = (await service.get(path, params={"limit": 1})).json()
    assert (len(listed["data"]), listed["has_more"], listed["total_count"], listed["limit"]) == (1, True, 2, 1)
    everything = (await service.get(path)).json()
    assert (len(everything["data"]), everything["has_more"], "limit" in everything) == (2, False, False)
    assert (await service.get(f"{path}/{made[0]['visitId']}")).json() == made[0]
    assert (await service.get(f"/pets/{other['id']}/visits/{made[0]['visitId']}")).status_code == 404
    assert (await service.get("/pets/999/visits")).status_code == 404
    assert (await service.post(path)).json()["type"] == "/problems/nothing-sent"
    assert (await service.delete(f"{path}/{made[0]['visitId']}")).status_code == 204
    assert (await service.get(f"{path}/{NOBODY}")).status_code == 404


async def test_a_step_means_what_its_name_says(service: ServiceUnderTest) -> None:
    pet = await _add(service, name="Rex")
    path = f"/pets/{pet['id']}/visits"
    visit = (await service.post(path, {"reason": "Teeth", "at": "2026-11-20T09:30:00Z"})).json()
    cancelled = await service.post(f"{path}/{visit['visitId']}/cancel")
    assert cancelled.json() == {**visit, "state": "cancelled"}
    await service.pool.execute("UPDATE visit_records SET state = 'done'")
    refused = await service.post(f"{path}/{visit['visitId']}/cancel")
    assert (refused.status_code, refused.json()["title"]) == (409, "The visit record is done")


async def test_parameter_that_nobody_understands_is_refused_and_the_rest_works(
    databases: Databases, issuer: LocalIssuer, keys: StaticKeys, tmp_path: Path
) -> None:
    contract = clinic()
    asked = [
        asks("near"),
        asks("raw", type="boolean", default=False),
        asks("all", type="boolean", default=True),
        asks("sort", default="name", type="string"),
    ]
    for path, method in (("/pets", "get"), ("/pets/{petId}", "get"), ("/pets", "post")):
        operation = contract["paths"][path][method]
        operation["parameters"] = [*operation.get("parameters", ()), *asked]
        operation["responses"]["501"] = {"description": "Not built."}
    project = project_of(tmp_path, "ward", contract)
    written = project.write()
    assert [one.operation_id for one in written.partly] == ["find-pets", "addPet", "getPetsPetId"]
    assert written.partly[0].reason == "what `near` and `raw` and `all` and `sort` change about it is not said"
    async with running(project, databases, issuer, keys) as service:
        pet = await _add(service, name="Rex")
        assert (await service.get("/pets", params={"raw": "false", "all": "true", "sort": "name"})).json() == [pet]
        for unknown in ({"near": "here"}, {"raw": "true"}, {"all": "false"}, {"sort": "id"}):
            (name,) = unknown
            for path, called in (("/pets", "find-pets"), (f"/pets/{pet['id']}", "getPetsPetId")):
                answer = await service.get(path, params=unknown)
                said = f"{called} with `{name}` is promised by the contract and not built yet."
                assert (answer.status_code, answer.json()["detail"]) == (501, said)
        assert (await service.post("/pets", {"name": "Tom"}, params={"near": "x"})).status_code == 501
        assert len((await service.get("/pets")).json()) == 1


async def test_what_is_not_built_says_so(service: ServiceUnderTest) -> None:
    answer = await service.post("/pets/1/groom", "short")
    assert (answer.status_code, answer.json()["type"]) == (501, "/problems/not-built")
    assert (await service.post("/pets/1/groom", 5)).status_code == 422
