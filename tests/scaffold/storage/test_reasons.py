"""What a contract does not say is not guessed: the operation has a reason for which it is left to people."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tandem.kit.contract import Contract, load_contract
from tandem.scaffold.storage import write_service
from tandem.scaffold.storage.inventory import take_inventory
from tandem.scaffold.storage.names import free, identifier, many_of, one_of, snake, sql, variable
from tandem.scaffold.storage.roles import roles_of
from tests.scaffold.storage.clinic import answers, asks, clinic, takes

Plant = Callable[[dict[str, Any]], None]
_TEXT = {"type": "string"}


def _contract(folder: Path, document: dict[str, Any]) -> Contract:
    path = folder / "openapi.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    return load_contract(path)


def _reason(folder: Path, operation: str, *plants: Plant) -> str:
    document = clinic()
    for plant in plants:
        plant(document)
    return roles_of(take_inventory(_contract(folder, document)))[1].get(operation, "")


def _set(*keys: str, to: Any) -> Plant:
    def plant(document: dict[str, Any]) -> None:
        for key in keys[:-1]:
            document = document[key]
        document[keys[-1]] = to

    return plant


def _pet(name: str, *, needed: bool = False, **schema: Any) -> Plant:
    def plant(document: dict[str, Any]) -> None:
        pet = document["components"]["schemas"]["Pet"]
        pet["properties"][name] = schema
        pet["required"] += [name] if needed else []

    return plant


def _sent(name: str, **schema: Any) -> Plant:
    return _set("components", "schemas", "NewPet", "properties", name, to=schema)


_ADD, _FIND, _ONE = ("paths", "/pets", "post"), ("paths", "/pets", "get"), ("paths", "/pets/{petId}")
_TEXTS = {"content": {"text/csv": {"schema": _TEXT}}}
_SHORT = {"type": "object", "required": ["shoe"], "properties": {"shoe": _TEXT}}


@pytest.mark.parametrize(
    ("operation", "plant", "reason"),
    [
        ("addPet", _pet("breed", needed=True, **_TEXT), "`breed` is in every pet, and nobody sends it"),
        ("addPet", _sent("coat", **_TEXT), "`coat` is sent and never shown, so what becomes of it is not said"),
        ("addPet", _sent("weight", **_TEXT), "`weight` is sent as one kind of value and shown as another"),
        ("addPet", _sent("class", **_TEXT), "`class` is sent as one kind of value and shown as another"),
        (
            "addPet",
            _set("components", "schemas", "NewPet", "required", to=["class"]),
            "`name` may be left out, and what it is then is not said",
        ),
        (
            "addPet",
            _sent("nickName", type="string", format="password"),
            "`nickName` is a password, which nobody keeps as it was sent",
        ),
        ("addPet", _set(*_ADD, "requestBody", to=_TEXTS), "it takes something other than JSON"),
        (
            "addPet",
            _set(*_ADD, "requestBody", to=takes(_TEXT)["requestBody"]),
            "what it takes has no name among the schemas of the contract",
        ),
        (
            "find-pets",
            _set(*_FIND, "parameters", to=[asks("near", oneOf=[_TEXT, {"type": "array"}, {"type": "null"}])]),
            "`near` may be several kinds of value",
        ),
        ("addPet", _set(*_ADD, "parameters", to=[asks("dryRun")]), "what `dryRun` changes about it is not said"),
        (
            "addPet",
            _set(*_ADD, "parameters", to=[{**asks("by", type="object"), "required": True}]),
            "it needs `by`, which is no single value",
        ),
        (
            "addPet",
            _set(*_ADD, "responses", "201", to={"description": "Done", **_TEXTS}),
            "it answers something other than JSON",
        ),
        (
            "addPet",
            _set(*_ADD, "responses", to=answers(_SHORT, "201")),
            "it shows `shoe`, and the pet that is kept has no such thing",
        ),
        ("addPet", _set(*_ADD, "requestBody", to=None), "it takes no body, so what it makes or changes is not said"),
        ("find-pets", _set(*_FIND, "parameters", to=[asks("near")]), "what `near` changes about it is not said"),
        ("find-pets", _set(*_FIND, "parameters", to=[asks("tags")]), "what `tags` changes about it is not said"),
        (
            "find-pets",
            _set(*_FIND, "responses", to=answers({"$ref": "#/components/schemas/Pet"})),
            "it answers no list",
        ),
        (
            "listVisits",
            _set("paths", "/pets/{petId}/visits", "get", "parameters", to=[]),
            "how long a page is is not said",
        ),
        (
            "listVisits",
            _set("components", "schemas", "visit.list", "required", to=["data", "limit", "has_more"]),
            "",
        ),
        (
            "listVisits",
            _set("components", "schemas", "visit.list", "properties", "seen", to=_TEXT),
            "",
        ),
        (
            "updatePet",
            _set("components", "schemas", "ChangedPet", "properties", "id", to={"type": "integer", "minimum": 1}),
            "it changes `id`, which the service itself sets",
        ),
        (
            "updatePet",
            _set("components", "schemas", "ChangedPet", "properties", "weight", to=_TEXT),
            "`weight` is sent as one kind of value and shown as another",
        ),
        (
            "updatePet",
            _set(*_ONE, "patch", "parameters", to=[asks("If-Match", "header")]),
            "it takes If-Match, and nothing it shows is a version",
        ),
        (
            "replacePet",
            _set("components", "schemas", "NewPet", "required", to=[]),
            "`name` may be left out, and what it is then is not said",
        ),
        (
            "deletePet",
            _set(*_ONE, "delete", "parameters", to=[asks("hard", type="boolean")]),
            "what `hard` changes about it is not said",
        ),
        (
            "deletePet",
            _set(
                *_ONE,
                "delete",
                "responses",
                to=answers({"type": "object", "required": ["nickName"], "properties": {"nickName": _TEXT}}),
            ),
            "it always shows `nickName`, and not every pet has that",
        ),
        (
            "addPet",
            _sent("owner", type="object", properties={"name": _TEXT}),
            "`owner` is sent as one kind of value and shown as another",
        ),
        (
            "addPet",
            _pet("nickName", type="string", maxLength=5),
            "`nickName` is sent as one kind of value and shown as another",
        ),
        (
            "addPet",
            _pet("nickName", type="string", format="uri"),
            "`nickName` is sent as one kind of value and shown as another",
        ),
        ("groomPet", _set("info", "version", to="2"), "what it takes has no name among the schemas of the contract"),
        (
            "touchPet",
            _set(*_ONE, "post", to={"operationId": "touchPet", "responses": answers(None, "204")}),
            "a POST on one thing may do anything to it",
        ),
        (
            "wipe",
            _set("paths", "/pets", "delete", to={"operationId": "wipe", "responses": answers(None, "204")}),
            "it does something to a whole list",
        ),
        (
            "state",
            _set(
                "paths",
                "/state/{a}/{b}",
                to={
                    "get": {
                        "operationId": "state",
                        "parameters": [asks("a", "path"), asks("b", "path")],
                        "responses": answers(_SHORT),
                    }
                },
            ),
            "its path is neither that of a list nor that of one thing",
        ),
        (
            "shoes",
            _set("paths", "/shoes", to={"post": {"operationId": "shoes", "responses": answers(_SHORT)}}),
            "nothing in it is the `id` that it is found by",
        ),
        (
            "empty",
            _set("paths", "/empty", to={"get": {"operationId": "empty", "responses": answers(None, "204")}}),
            "the contract does not show what is kept here",
        ),
    ],
)
def test_what_is_not_said_is_a_reason(tmp_path: Path, operation: str, plant: Plant, reason: str) -> None:
    if operation == "addPet" and reason.startswith("it takes no body"):
        assert (
            _reason(tmp_path, operation, lambda document: document["paths"]["/pets"]["post"].pop("requestBody"))
            == reason
        )
    else:
        assert _reason(tmp_path, operation, plant) == reason


@pytest.mark.parametrize(
    ("schema", "begins"),
    [
        ({"type": "string", "default": "it's"}, "'it''s'"),
        ({"const": "pet"}, "'pet'"),
        ({"type": "integer", "minimum": 0}, "0"),
        ({"type": "number", "default": 1.5}, "1.5"),
        ({"type": "array", "items": {"type": "string"}}, "'[]'"),
        ({"type": "object", "default": {"a": 1}}, """'{"a": 1}'"""),
    ],
)
def test_what_is_always_there_begins_as_its_schema_says(tmp_path: Path, schema: dict[str, Any], begins: str) -> None:
    document = clinic()
    _pet("more", needed=True, **schema)(document)
    roles, _ = roles_of(take_inventory(_contract(tmp_path, document)))
    creation = next(role.creation for role in roles if role.operation.id == "addPet")
    assert creation is not None
    assert next(one.literal for one in creation.given if one.column.name == "more") == begins


def test_days_and_moments_begin_when_they_are_made(tmp_path: Path) -> None:
    document = clinic()
    _pet("on", needed=True, type="string", format="date")(document)
    _pet("seenAt", needed=True, type="string", format="date-time")(document)
    roles, _ = roles_of(take_inventory(_contract(tmp_path, document)))
    creation = next(role.creation for role in roles if role.operation.id == "addPet")
    assert creation is not None
    assert {one.column.name: one.expressions for one in creation.given if one.column.name in {"on", "seen_at"}} == {
        "on": ("now.date()",),
        "seen_at": ("now",),
    }


def test_an_id_that_callers_may_choose_is_taken_only_once(tmp_path: Path) -> None:
    document = clinic()
    schemas = document["components"]["schemas"]
    schemas["NewPet"]["properties"]["id"] = schemas["Pet"]["properties"]["id"] = {"type": "string"}
    document["paths"]["/pets/{petId}"]["parameters"][0]["schema"] = {"type": "string"}
    document["paths"]["/pets/{petId}/visits"]["parameters"][0]["schema"] = {"type": "string"}
    files = write_service("clinic", _contract(tmp_path, document)).files
    repository = files["services/clinic/repository.py"]
    assert "new.id or pet_id," in repository
    assert "ON CONFLICT (id) DO NOTHING\n" in repository
    assert "            raise PetExists(str(new.id))\n        return _pet(row)\n" in repository
    assert "class PetExists(Conflict):" in files["services/clinic/errors.py"]


def test_nothing_that_can_be_kept_is_still_a_service(tmp_path: Path) -> None:
    document = {
        **clinic(),
        "paths": {"/up": {"get": {"description": "Whether it is up", "responses": answers(None, "204")}}},
    }
    written = write_service("clinic", _contract(tmp_path, document))
    assert [one.operation_id for one in written.unsupported] == ["getUp"]
    assert "services/clinic/repository.py" not in written.files
    handlers = written.files["services/clinic/handlers.py"]
    assert 'async def get_up(call: Call[Peers]) -> None:\n    """Whether it is up"""' in handlers


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("AccountID", "account_id"),
        ("account-id", "account_id"),
        ("2nd", "n2nd"),
        ("贷款", "field"),
        ("Ångström", "angstrom"),
    ],
)
def test_names_of_others_become_ours(name: str, expected: str) -> None:
    assert snake(name) == expected


def test_names_stay_apart_and_within_bounds() -> None:
    long, other = "a_very_long_name" * 5, "a_very_long_name" * 5 + "s"
    assert len(identifier(long)) == 63
    assert identifier(long) != identifier(other)
    assert (sql("user"), sql("name"), variable("class"), variable("loan")) == ('"user"', "name", "class_", "loan")
    assert (one_of("contact-persons"), many_of("contact_person"), many_of("news")) == (
        "contact_person",
        "contact_persons",
        "news",
    )
    assert (free(["a", "b"], {"a"}), free(["a"], {"a", "a2"})) == ("b", "a3")
