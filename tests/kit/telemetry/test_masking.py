"""What the contract calls sensitive is never written down, wherever it hides."""

from pathlib import Path
from typing import Any

import pytest

from tandem.kit.contract import load_contract
from tandem.kit.telemetry.masking import masked, sensitive_names

ALWAYS = {"authorization", "token", "password", "secret", "cookie"}
SECRET = {"type": "string", "x-sensitive": True}


TEXT = {"$ref": "#/components/schemas/Text"}
OTHER = {"$ref": "#/components/schemas/Other"}


def person(phone: Any) -> dict[str, Any]:
    return {"properties": {"phone": phone, "age": {"type": "integer"}}}


def names(**schemas: Any) -> set[str]:
    return set(sensitive_names({"components": {"schemas": schemas}})) - ALWAYS


@pytest.mark.parametrize(
    "schemas",
    [
        {"Person": person(SECRET)},
        {"Person": person(TEXT), "Text": SECRET},
        {"Person": person(TEXT), "Text": OTHER, "Other": SECRET},
        {"Person": person({"anyOf": [TEXT, {"type": "null"}]}), "Text": SECRET},
        {"Person": person({**TEXT, "x-sensitive": True}), "Text": {}},
        {"People": {"items": {"allOf": [person(SECRET)]}}},
        {"Person": {"properties": {"properties": person(SECRET)}}},
    ],
)
def test_marked_property_is_found(schemas: Any) -> None:
    assert names(**schemas) == {"phone"}


def test_marked_parameter_is_found_by_itself_or_its_schema() -> None:
    parameters = [
        {"name": "phone", "in": "query", "schema": SECRET},
        {"name": "name", "in": "query", "x-sensitive": True, "schema": {}},
        {"name": "page", "in": "query", "schema": {}},
    ]
    assert sensitive_names({"paths": {"/a": {"parameters": parameters}}}) == ALWAYS | {"phone", "name"}


def test_schema_that_contains_itself_is_no_trouble() -> None:
    assert names(Person=person(TEXT), Text=TEXT) == set()


def test_tokens_are_always_sensitive() -> None:
    assert sensitive_names({}) == ALWAYS


def test_sensitive_values_are_hidden_however_deep() -> None:
    value = {"phone": "070", "people": [{"phone": {"home": "08"}, "age": 5}, ("x", {"phone": None})]}
    assert masked(value, frozenset({"phone"})) == {
        "phone": "***",
        "people": [{"phone": "***", "age": 5}, ["x", {"phone": "***"}]],
    }
    assert value["phone"] == "070"


def test_our_contracts_hide_what_is_about_people() -> None:
    contracts = Path(__file__).parents[3] / "contracts"
    found = {
        service: sensitive_names(load_contract(contracts / service / "openapi.yaml").document)
        for service in ("customer", "card", "account")
    }
    assert {"message", "answer"} <= found["customer"]
    assert {"holder_name", "status_reason"} <= found["card"]
    assert "holder_name" in found["account"]
