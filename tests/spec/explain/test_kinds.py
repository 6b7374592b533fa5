from pathlib import Path
from typing import Any

import orjson
import pytest

from tandem.spec.document import assemble
from tandem.spec.explain.kinds import Kinds
from tests.spec.garbage import sound

SCHEMAS: dict[str, Any] = {
    "Pet": {"type": "object", "properties": {"name": {"type": "string"}}},
    "Dog": {"allOf": [{"$ref": "#/components/schemas/Pet"}, {"properties": {"bone": {"type": "boolean"}}}]},
    "Money": {"type": "object", "properties": {"amount": {"type": "string"}, "currency": {"type": "string"}}},
    "Many": {"oneOf": [{"const": n} for n in range(9)]},
    "Tree": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
}
PET = {"$ref": "#/components/schemas/Pet"}


@pytest.fixture
def kinds(tmp_path: Path) -> Kinds:
    path = tmp_path / "pets.json"
    path.write_bytes(orjson.dumps(sound(components={"schemas": SCHEMAS})))
    return Kinds(assemble(path))


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": "string"}, "text"),
        ({"type": "string", "minLength": 1, "maxLength": 60}, "text of up to 60 characters"),
        ({"type": "string", "minLength": 2, "maxLength": 60}, "text of 2 to 60 characters"),
        ({"type": "string", "minLength": 4, "maxLength": 4}, "text of 4 characters"),
        ({"type": "string", "format": "date-time"}, "a day and time"),
        ({"type": "string", "pattern": "^crd_[0-9]+$"}, "a reference"),
        ({"type": ["string", "null"], "format": "email"}, "an e-mail address"),
        ({"type": "integer", "minimum": 1, "maximum": 100}, "a whole number from 1 to 100"),
        ({"type": "integer", "maximum": 1000}, "a whole number up to 1,000"),
        ({"type": "integer", "minimum": 0}, "a whole number"),
        ({"type": "integer", "maximum": 2**63 - 1}, "a whole number"),
        ({"type": "integer", "format": "unix-time"}, "a day and time"),
        ({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": True}, "a number above 0"),
        ({"type": "boolean"}, "yes or no"),
        ({"enum": ["lost", "stolen", None]}, "one of: lost or stolen"),
        ({"enum": ["lost"]}, "always “lost”"),
        ({"const": True}, "always “yes”"),
        (PET, "a pet"),
        ({"$ref": "#/components/schemas/Dog"}, "a dog"),
        ({"$ref": "#/components/schemas/Money"}, "an amount of money"),
        ({"$ref": "#/components/schemas/Many"}, "a many"),
        (
            {"$ref": "#/components/schemas/Tree"},
            f"a list{' of lists' * 5}",
        ),
        ({"type": "array", "items": PET, "maxItems": 5}, "a list of up to 5 pets"),
        ({"type": "array", "items": PET, "minItems": 2}, "a list of at least 2 pets"),
        ({"type": "array", "items": {"type": "string", "maxLength": 5}}, "a list of texts"),
        ({"type": "array", "items": {"enum": ["a", "b"]}}, "a list, each of them one of: a or b"),
        ({"type": "array"}, "a list"),
        ({"items": {"items": {"enum": ["x", "o"]}}}, "a list of lists, each of them one of: x or o"),
        ({"anyOf": [PET, {"type": "null"}]}, "a pet"),
        ({"oneOf": [PET, {"$ref": "#/components/schemas/Dog"}]}, "a pet or a dog"),
        ({"anyOf": [{"type": "string"}, PET]}, "a pet, or only a reference to it"),
        ({"anyOf": [{"const": n} for n in range(9)]}, "one of several kinds"),
        ({"type": "object"}, "names and values of your own"),
        ({"properties": {"a": {}}}, "a detail: a"),
        ({"properties": {"a": {}, "b": {}}}, "several details: a and b"),
        ({}, "anything"),
        (True, "anything"),
    ],
)
def test_schema_is_said_in_words(kinds: Kinds, schema: Any, said: str) -> None:
    assert kinds.kind(schema) == said


def test_what_all_of_adds_is_part_of_the_thing(kinds: Kinds) -> None:
    assert set(kinds.merged({"$ref": "#/components/schemas/Dog"})["properties"]) == {"name", "bone"}
