"""Schemas get the names that classes may have, also where others named them, or nobody did."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tandem.kit.contract import Contract, load_contract
from tandem.spec.generate import formatted, python_of
from tandem.spec.models import class_names, contract_schemas

_TEXT = {"type": "string"}


def _contract(folder: Path, **schemas: Any) -> Contract:
    operation = {
        "operationId": "list-pets",
        "requestBody": {"content": {"application/json": {"schema": {"type": "object", "properties": {"a": _TEXT}}}}},
        "responses": {
            "200": {
                "description": "Done",
                "content": {
                    "application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/pet.one"}}}
                },
            }
        },
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Pets", "version": "1"},
        "paths": {"/pets": {"post": operation}},
        "components": {"schemas": schemas},
    }
    (folder / "openapi.yaml").write_text(yaml.safe_dump(document))
    return load_contract(folder / "openapi.yaml")


def test_names_of_others_become_names_of_classes(tmp_path: Path) -> None:
    found = class_names(_contract(tmp_path, **{"pet.one": _TEXT, "PetOne": _TEXT, "2nd-pet": _TEXT, "Problem": _TEXT}))
    assert found["PetOne"] != found["pet.one"]
    assert set(found.values()) == {"PetOne", "PetOne2", "N2ndPet", "Problem"}


def test_what_is_described_in_its_place_is_named_after_its_operation(tmp_path: Path) -> None:
    pet = {"type": "object", "required": ["friend"], "properties": {"friend": {"$ref": "#/components/schemas/pet.one"}}}
    schemas = contract_schemas(_contract(tmp_path, **{"pet.one": pet, "Problem": _TEXT}))
    assert list(schemas) == ["PetOne", "ListPetsBody", "ListPetsAnswer"]
    source = formatted(python_of(schemas))
    assert "    friend: PetOne\n" in source
    assert "class ListPetsAnswer(RootModel[list[PetOne]]):" in source


def test_what_only_an_all_of_brings_may_be_left_out(tmp_path: Path) -> None:
    base = {"type": "object", "required": ["name"], "properties": {"name": _TEXT}}
    more = {"type": "object", "properties": {"name": {**_TEXT, "enum": ["Rex"]}, "size": {"type": "integer"}}}
    whole = {"allOf": [{"$ref": "#/components/schemas/Base"}, more]}
    source = python_of(contract_schemas(_contract(tmp_path, **{"Base": base, "Whole": whole, "pet.one": _TEXT})))
    lines = [line for line in source.splitlines() if line.endswith("= None")]
    assert lines, source
    assert all(line.endswith(" | None = None") for line in lines)
