"""Numbers have the digits that a database has room for, and what a body cannot do without has to be sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.scaffold.adoption.document import ANSWER, adopt, contract, operation

_INT32 = 2**31 - 1
_LONG = 10**18 - 1


@pytest.mark.parametrize(
    ("schema", "bounds"),
    [
        ({"type": "integer"}, (-_INT32, _INT32)),
        ({"type": "integer", "format": "int64"}, (-_LONG, _LONG)),
        ({"type": "integer", "minimum": 1}, (1, _INT32)),
        ({"type": "integer", "example": 1_760_000_000_000}, (-_LONG, _LONG)),
        ({"type": "integer", "minimum": 10**20}, (10**20, None)),
        ({"$ref": "#/components/schemas/Number"}, (0, _INT32)),
        ({"type": "string"}, (None, None)),
    ],
)
def test_what_is_asked_in_a_query_is_bounded(schema: dict[str, Any], bounds: tuple[Any, Any], tmp_path: Path) -> None:
    get = {"parameters": [{"name": "page", "in": "query", "schema": schema}], "responses": ANSWER}
    components = {"schemas": {"Number": {"type": "integer", "minimum": 0}}}
    made = adopt(tmp_path, contract({"/pets": {"get": get}}, components=components))
    found = operation(made)["parameters"][0]["schema"]
    assert (found.get("minimum"), found.get("maximum")) == bounds
    assert made.data["components"]["schemas"]["Number"] == {"type": "integer", "minimum": 0, "maximum": _LONG}


def test_what_is_sent_and_shown_is_bounded_and_what_is_bounded_stays(tmp_path: Path) -> None:
    numbers = {"properties": {
        "a": {"type": "integer", "nullable": True},
        "b": {"type": "integer", "exclusiveMinimum": True, "minimum": 0},
        "c": {"type": "array", "items": {"type": "integer", "format": "int32"}},
    }}  # fmt: skip
    made = adopt(tmp_path, contract({"/pets": {"get": {"responses": ANSWER}}}, components={"schemas": {"N": numbers}}))
    found = made.data["components"]["schemas"]["N"]["properties"]
    assert found["a"] == {"type": ["integer", "null"], "minimum": -_LONG, "maximum": _LONG}
    assert found["b"] == {"type": "integer", "exclusiveMinimum": 0, "maximum": _LONG}
    assert found["c"]["items"]["maximum"] == _INT32


@pytest.mark.parametrize("location", ["query", "header"])
def test_text_in_an_address_is_as_long_as_an_address_may_be(location: str, tmp_path: Path) -> None:
    long = {"name": "wanted", "in": location, "schema": {"$ref": "#/components/schemas/Long"}}
    short = {"name": "other", "in": location, "schema": {"type": "string", "maxLength": 9}}
    components = {"schemas": {"Long": {"type": "string", "maxLength": 150_000}}}
    get = {"parameters": [long, short], "responses": ANSWER}
    made = adopt(tmp_path, contract({"/pets": {"get": get}}, components=components))
    assert [one["schema"]["maxLength"] for one in operation(made)["parameters"]] == [2000, 9]
    assert made.data["components"]["schemas"]["Long"]["maxLength"] == 150_000


def test_choice_among_nothing_is_no_choice(tmp_path: Path) -> None:
    components = {"schemas": {"Kind": {"type": "string", "enum": []}}}
    made = adopt(tmp_path, contract({"/pets": {"get": {"responses": ANSWER}}}, components=components))
    assert made.data["components"]["schemas"]["Kind"] == {"type": "string"}


_NEEDS = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}


@pytest.mark.parametrize(
    ("schema", "said", "is_needed"),
    [
        (_NEEDS, None, True),
        ({"allOf": [{"type": "object"}, _NEEDS]}, None, True),
        (_NEEDS, False, False),
        ({"type": "object"}, None, None),
    ],
)
def test_body_with_a_field_that_has_to_be_there_has_to_be_sent(
    schema: dict[str, Any], said: Any, is_needed: Any, tmp_path: Path
) -> None:
    body = {"content": {"application/json": {"schema": schema}}} | ({} if said is None else {"required": said})
    made = adopt(tmp_path, contract({"/pets": {"post": {"requestBody": body, "responses": ANSWER}}}))
    assert operation(made, method="post")["requestBody"].get("required") is is_needed
    said_of = "They have fields that have to be there, so that a body has to be sent now: POST /pets."
    assert made.notes == ((said_of,) if is_needed else ())
