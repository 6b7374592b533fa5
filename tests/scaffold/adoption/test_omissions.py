"""What cannot be served is left out of an adopted contract, with a sentence; nothing else is."""

from __future__ import annotations

from pathlib import Path

from tests.scaffold.adoption.document import ANSWER, adopt, contract, operation

_PET = {"type": "object", "properties": {"age": {"type": "integer", "example": "old"}}, "example": {"age": 4}}


def test_examples_that_do_not_fit_are_left_out_wherever_they_stand(tmp_path: Path) -> None:
    examples = {
        "right": {"value": {"age": 1}},
        "wrong": {"value": {"age": "old"}},
        "elsewhere": {"$ref": "#/components/examples/Old"},
    }
    media = {"schema": {"$ref": "#/components/schemas/Pet"}, "examples": examples}
    answer = {"200": {"description": "It.", "content": {"application/json": media}}}
    components = {"schemas": {"Pet": _PET}, "examples": {"Old": {"value": {"age": "very"}}}}
    made = adopt(tmp_path, contract({"/pets": {"get": {"responses": answer}}}, components=components))
    assert list(operation(made)["responses"]["200"]["content"]["application/json"]["examples"]) == ["right"]
    pet = made.data["components"]["schemas"]["Pet"]
    assert ("example" in pet["properties"]["age"], pet["example"]) == (False, {"age": 4})
    (said,) = made.notes
    assert said.startswith("Left out because they do not fit their schemas: ")
    assert said.count("pets.yaml:") == 3


def test_requests_that_no_service_sees_are_left_out(tmp_path: Path) -> None:
    item = {"get": {"responses": ANSWER}}
    paths = {"/pets": {**item, "options": {"responses": ANSWER}}, "/pets#old": item, "/pets?all": item}
    made = adopt(tmp_path, contract(paths))
    assert [(path, list(methods)) for path, methods in made.data["paths"].items()] == [("/pets", ["get"])]
    assert made.notes == (
        "Left out because no server sees what stands after their `#` or `?`: /pets#old, /pets?all.",
        "Left out because no service answers such requests by itself: OPTIONS /pets.",
    )


def test_location_is_left_out_where_nobody_says_what_it_is_made_of(tmp_path: Path) -> None:
    header = {"headers": {"location": {"required": True, "schema": {"type": "string"}}}}
    told = {**header, "links": {"self": {"operationId": "getPets"}}}
    paths = {
        "/pets": {
            "get": {"operationId": "getPets", "responses": ANSWER},
            "post": {"responses": {"201": {"description": "Made.", **header}}},
            "put": {"responses": {"201": {"description": "Made.", **told}}},
        }
    }
    made = adopt(tmp_path, contract(paths))
    assert operation(made, method="post")["responses"]["201"]["headers"] == {}
    assert "location" in operation(made, method="put")["responses"]["201"]["headers"]
    assert "no link `self` says what it is made of: POST /pets." in made.notes[0]


def test_long_lists_of_what_was_left_out_are_counted(tmp_path: Path) -> None:
    paths = {f"/pets#{number}": {"get": {"responses": ANSWER}} for number in range(5)}
    made = adopt(tmp_path, contract({"/pets": {"get": {"responses": ANSWER}}, **paths}))
    assert made.notes[0].endswith("/pets#0, /pets#1, /pets#2 and 2 more.")
