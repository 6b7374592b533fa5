"""What is wrong with a value is said in words, without repeating the value."""

import time
from typing import Any

import pytest

from tandem.kit.contract.schema_check import SchemaCheck

ADDRESS = {"type": "object", "additionalProperties": False, "properties": {"street": {"type": "string"}}}


def messages(schema: dict[str, Any], value: Any) -> dict[str, str]:
    return {complaint.pointer: complaint.message for complaint in SchemaCheck(schema).complaints(value, "body")}


@pytest.mark.parametrize(
    ("schema", "value", "message"),
    [
        ({"enum": ["SEK", 5, None, True, {"a": 1}]}, "x", 'none of those allowed: SEK, 5, null, true, {"a":1}'),
        ({"const": "SEK"}, "NOK", '"SEK" was expected'),
        ({"type": ["string", "null"]}, 5, 'this value is not of types "null", "string"'),
        ({"type": "integer"}, True, 'this value is not of type "integer"'),
        ({"pattern": "^a+$"}, "b", 'this value does not match "^a+$"'),
        ({"format": "date-time"}, "yesterday", 'this value is not a "date-time"'),
        ({"required": ["name"]}, {}, '"name" is a required property'),
        (ADDRESS, {"road": 1, "zip": 2}, "there is no such field: road, zip; allowed are: street"),
        (
            {"additionalProperties": False, "patternProperties": {"^x": {}}},
            {"a": 1},
            "no such field: a; allowed are: none",
        ),
        ({"anyOf": [{"type": "null"}, {"minLength": 3}]}, "a", "none of the alternatives fits: this value is not of"),
        ({"oneOf": [{"type": "null"}, ADDRESS]}, {"x": 1}, ", or there is no such field: x; allowed are: street"),
        ({"oneOf": [{"type": "string"}, {"minLength": 1}]}, "a", "valid under more than one of the schemas"),
    ],
)
def test_message_says_what_is_allowed(schema: dict[str, Any], value: Any, message: str) -> None:
    (found,) = messages(schema, value).values()
    assert message in found


def test_field_of_an_object_that_has_none_is_refused() -> None:
    assert messages({"type": "object", "additionalProperties": False}, {"a": 1}) == {"/": "no field is allowed here"}


def test_allowed_fields_are_those_of_the_schema_behind_the_reference() -> None:
    schema = {"$ref": "#/components/schemas/Person", "components": {"schemas": {"Person": ADDRESS}}}
    assert messages(schema, {"road": 1}) == {"/": "there is no such field: road; allowed are: street"}


def test_value_is_never_repeated() -> None:
    schema = {"additionalProperties": {"type": "integer", "enum": [1]}}
    assert "19800101-1234" not in str(messages(schema, {"a": "19800101-1234"}))


def test_name_of_endless_length_is_cut() -> None:
    (complaint,) = SchemaCheck(ADDRESS).complaints({"x" * 10_000: 1}, "body")
    assert len(complaint.message) < 400
    (complaint,) = SchemaCheck({"additionalProperties": {"type": "null"}}).complaints({"x" * 10_000: 1}, "body")
    assert len(complaint.pointer) < 400


def test_pointer_is_escaped() -> None:
    assert list(messages({"properties": {"a/b~c": {"type": "null"}}}, {"a/b~c": 1})) == ["/a~1b~0c"]


def test_first_complaint_alone_costs_little_however_much_is_wrong() -> None:
    check = SchemaCheck({"items": {"type": "string"}})
    started = time.perf_counter()
    (complaint,) = check.complaints([0] * 300_000, "body", first_only=True)
    assert complaint.pointer == "/0"
    assert time.perf_counter() - started < 0.5


def test_right_value_has_no_complaints() -> None:
    assert SchemaCheck(ADDRESS).is_valid({"street": "Storgatan"})
    for first_only in (True, False):
        assert SchemaCheck(ADDRESS).complaints({"street": "Storgatan"}, "body", first_only=first_only) == []
