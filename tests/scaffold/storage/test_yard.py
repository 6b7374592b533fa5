"""A contract that is half the house's: scopes and versions, shortened lists, things below things."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tandem.kit.auth.jwks import StaticKeys
from tandem.local.issuer import LocalIssuer
from tests.scaffold.storage.clinic import answers, asks, takes
from tests.scaffold.storage.desk import project_of, running
from tests.service_under_test import Databases, ServiceUnderTest, customer

_TEXT: dict[str, Any] = {"type": "string"}
_IDS = {"yardId": asks("yardId", "path"), "boatId": asks("boatId", "path")}
_SEEN = {**asks("If-Match", "header"), "required": True}
_OWN, _OTHER = "cus_01k9zc6n00000000000000h001", "cus_01k9zc6n00000000000000n001"
_STATES = [f"rather_long_state_number_{number}" for number in range(1, 6)]

_MARKED = "Its state becomes `rather_long_state_number_3`. Only a rather long state number 1 boat can be marked."


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _object(*required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties}


def _operation(id_: str, answer: dict[str, Any], *parameters: Any, **more: Any) -> dict[str, Any]:
    return {
        "operationId": id_,
        "security": [{"token": ["yards:use"]}],
        "parameters": list(parameters),
        "responses": answer,
        **more,
    }


def _example(body: dict[str, Any], **value: Any) -> dict[str, Any]:
    body["requestBody"]["content"]["application/json"]["example"] = value
    return body


_BOAT = {"allOf": [_ref("Floating"), _object("id", "yardId", "version", "state", "Dock-Nr", **{
    "id": _TEXT, "yardId": _TEXT, "version": {"type": "integer"}, "state": {"type": "string", "enum": _STATES},
    "Dock-Nr": {"type": "integer", "default": 7}, "dock_nr": {"type": "integer", "minimum": 0, "maximum": 9**12},
    "sold": {"type": "boolean", "default": True},
})]}  # fmt: skip
YARD: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Yards", "version": "1"},
    "paths": {
        "/yards": {
            "post": _operation(
                "openYard", answers(_ref("Yard"), "201"), **_example(takes(_ref("NewYard")), about="Far " * 40)
            ),
            "get": _operation(
                "listYards",
                answers(_ref("Yards")),
                asks("offset", type="integer"),
                asks("limit", type="integer", default=2),
            ),
        },
        "/yards/{yardId}": {"get": _operation("getYard", answers(_ref("Yard")), _IDS["yardId"])},
        "/yards/{yardId}/boats": {
            "post": _operation(
                "moorBoat",
                answers(_ref("Boat"), "201"),
                _IDS["yardId"],
                **_example(takes(_ref("NewBoat")), name="Ada", tags=["a"]),
            ),
            "get": _operation(
                "listBoats",
                answers({"type": "array", "items": _ref("BoatMini")}),
                _IDS["yardId"],
                {**asks("Dock-Nr", type="integer"), "required": True},
            ),
        },
        "/yards/{yardId}/boats/{boatId}": {
            "get": _operation("getBoat", answers(_ref("Boat")), *_IDS.values()),
            "delete": _operation("scrapBoat", answers(None, "204"), *_IDS.values(), _SEEN),
        },
        "/yards/{yardId}/boats/{boatId}/mark": {
            "post": _operation("markBoat", answers(_ref("Boat")), *_IDS.values(), _SEEN, description=_MARKED)
        },
    },
    "components": {
        "securitySchemes": {
            "token": {
                "type": "oauth2",
                "x-callers": {"support": ["yards:use"], "customer": ["yards:use"]},
                "flows": {"clientCredentials": {"tokenUrl": "/", "scopes": {"yards:use": "All"}}},
            }
        },
        "schemas": {
            "Floating": _object("name", name=_TEXT, tags={"type": "array", "items": _TEXT}),
            "Boat": _BOAT,
            "BoatMini": _object("name", name=_TEXT),
            "NewBoat": {"allOf": [_ref("Floating")]},
            "Yard": _object(
                "id",
                "createdAt",
                id=_TEXT,
                customer_id=_TEXT,
                about=_TEXT,
                createdAt={"type": "string", "format": "date-time"},
            ),
            "NewYard": _object(customer_id=_TEXT, about=_TEXT),
            "Yards": _object("some-yards", **{"some-yards": {"type": "array", "items": _ref("Yard")}}),
        },
    },
}


@pytest.fixture(scope="module")
async def written(
    tmp_path_factory: pytest.TempPathFactory, databases: Databases, issuer: LocalIssuer, keys: StaticKeys
) -> AsyncIterator[tuple[ServiceUnderTest, dict[str, str]]]:
    project = project_of(tmp_path_factory.mktemp("project"), "yard", YARD)
    done = project.write()
    assert done.unsupported == ()
    async with running(project, databases, issuer, keys) as service:
        yield service, done.files


@pytest.fixture
async def service(written: tuple[ServiceUnderTest, dict[str, str]]) -> ServiceUnderTest:
    await written[0].clear()
    return written[0]


async def test_a_thing_that_may_be_nobodys_is_a_customers_where_it_says_so(service: ServiceUnderTest) -> None:
    yard = (await service.post("/yards", {"customer_id": _OWN})).json()
    assert (await service.get(f"/yards/{yard['id']}", as_=customer(_OWN))).json() == yard
    assert (await service.get(f"/yards/{yard['id']}", as_=customer(_OTHER))).status_code == 404
    assert (await service.post("/yards", {"customer_id": _OWN}, as_=customer(_OTHER))).status_code == 403
    await service.post("/yards", {"about": "Nobody's"})
    assert len((await service.get("/yards", params={"limit": 1, "offset": 1})).json()["some-yards"]) == 1
    assert (await service.get("/yards", params={"offset": -5})).json()["some-yards"][1] == yard


async def test_a_thing_below_another_is_changed_by_who_saw_its_version(service: ServiceUnderTest) -> None:
    yard = (await service.post("/yards", {})).json()
    path = f"/yards/{yard['id']}/boats"
    boat = (await service.post(path, {"name": "Ada", "tags": ["old"]})).json()
    expected = {"yardId": yard["id"], "version": 1, "state": _STATES[0], "Dock-Nr": 7, "sold": True, "tags": ["old"]}
    assert {**boat, **expected} == boat
    assert (await service.get(path, params={"Dock-Nr": 7})).json() == [{"name": "Ada"}]
    assert (await service.get(path, params={"Dock-Nr": 8})).json() == []
    assert (await service.post(f"{path}/{boat['id']}/mark", if_match=4)).status_code == 412
    marked = await service.post(f"{path}/{boat['id']}/mark", if_match=1)
    assert (marked.json()["state"], marked.json()["version"]) == (_STATES[2], 2)
    assert (await service.delete(f"{path}/{boat['id']}", if_match=1)).status_code == 412
    assert (await service.delete(f"{path}/{boat['id']}", if_match=2)).status_code == 204


def test_tests_make_what_a_thing_belongs_to(written: tuple[ServiceUnderTest, dict[str, str]]) -> None:
    boats, payloads = (written[1][f"tests/services/yard/{name}.py"] for name in ("test_boats", "payloads"))
    assert "path = await path_of_boats(service)\n    boat = await moor_boat(service, path)" in boats
    assert "yard = await open_yard(service)" in payloads
