"""Parameters: which there are, which must be sent, and how they are written down."""

from __future__ import annotations

import pytest

from tests.spec.diff.asking import Ask, Json

TEXT, LIST = {"type": "string"}, {"type": "array", "items": {"type": "string"}}


def parameters(*said: Json) -> Json:
    return {"parameters": [{"name": f"p{index}", "in": "query", **one} for index, one in enumerate(said)]}


@pytest.mark.parametrize(
    ("base", "revision", "told"),
    [
        pytest.param([], [{"required": True}], [("required-parameter-added", "breaking", "request")], id="new, must"),
        pytest.param([], [{}], [("parameter-added", "note", "")], id="new, may"),
        pytest.param([{}], [], [("parameter-removed", "warning", "request")], id="gone"),
        pytest.param([{}], [{"required": True}], [("parameter-became-required", "breaking", "request")], id="now must"),
        pytest.param([{"required": True}], [{}], [("parameter-became-optional", "note", "")], id="now may"),
    ],
)
def test_presence(ask: Ask, base: list[Json], revision: list[Json], told: Json) -> None:
    assert ask.operations(parameters(*base), parameters(*revision)) == told


def test_moved_parameter_left_one_place_and_came_to_another(ask: Ask) -> None:
    found = ask.operations(parameters({"required": True}), parameters({"required": True, "in": "header"}))
    assert found == [("parameter-removed", "warning", "request"), ("required-parameter-added", "breaking", "request")]


def test_header_is_one_whatever_its_case(ask: Ask) -> None:
    assert ask.parameters({"in": "header", "name": "X-A"}, {"in": "header", "name": "x-a"}) == []


def test_header_that_openapi_ignores_says_nothing(ask: Ask) -> None:
    assert ask.operations(parameters({"in": "header", "name": "Accept", "required": True}), {}) == []


@pytest.mark.parametrize(
    ("base", "revision", "rule"),
    [
        pytest.param({"style": "form"}, {"style": "spaceDelimited"}, "style-changed", id="style"),
        pytest.param({"schema": LIST}, {"schema": LIST, "explode": False}, "explode-changed", id="explode"),
        pytest.param(
            {"schema": TEXT}, {"content": {"application/json": {"schema": TEXT}}}, "serialisation-changed", id="content"
        ),
        pytest.param({"allowEmptyValue": True}, {}, "empty-value-refused", id="no empty value"),
        pytest.param({"allowReserved": True}, {}, "reserved-characters-refused", id="no reserved characters"),
        pytest.param(
            {"schema": {**TEXT, "default": "a"}}, {"schema": {**TEXT, "default": "b"}}, "default-changed", id="default"
        ),
        pytest.param(
            {"schema": TEXT}, {"schema": {**TEXT, "default": "b"}}, "default-changed", id="a default where none was"
        ),
        pytest.param({"schema": TEXT}, {"schema": {"type": "integer"}}, "type-refused", id="only numbers"),
    ],
)
def test_what_breaks_those_who_send_it(ask: Ask, base: Json, revision: Json, rule: str) -> None:
    assert (rule, "breaking", "request") in ask.parameters(base, revision)


@pytest.mark.parametrize(
    ("base", "revision"),
    [
        pytest.param({}, {"style": "form", "explode": True}, id="defaults that are spelled out"),
        pytest.param({"schema": TEXT}, {"schema": TEXT, "explode": False}, id="explode of a single value"),
        pytest.param({"schema": {"type": "integer"}}, {"schema": TEXT}, id="every number is a text"),
        pytest.param({"schema": TEXT}, {"schema": LIST}, id="one value is a list of one"),
        pytest.param({"schema": {"type": "integer"}}, {"schema": LIST}, id="one number is a list of one text"),
        pytest.param({}, {"allowEmptyValue": True}, id="an empty value may be sent"),
        pytest.param(
            {"required": True, "schema": TEXT},
            {"required": True, "schema": {**TEXT, "default": "x"}},
            id="default of what must be sent",
        ),
    ],
)
def test_what_breaks_nobody(ask: Ask, base: Json, revision: Json) -> None:
    assert [one for one in ask.parameters(base, revision) if one[2]] == []


def test_list_that_wants_two_does_not_take_one(ask: Ask) -> None:
    found = ask.parameters({"schema": TEXT}, {"schema": {**LIST, "minItems": 2}})
    assert [one for one in found if one[1] == "breaking"] == [("type-refused", "breaking", "request")]


def test_content_is_compared_by_its_schema(ask: Ask) -> None:
    def content(*values: str) -> Json:
        return {"content": {"application/json": {"schema": {"enum": [*values]}}}}

    assert ask.parameters(content("a", "b"), content("a")) == [("value-removed", "breaking", "request")]


def test_name_that_the_path_does_not_have_is_its_only_parameter(ask: Ask) -> None:
    def named(name: str, schema: Json) -> Json:
        return {"parameters": [{"name": name, "in": "path", "required": True, "schema": schema}]}

    base, revision = named("thing_id", {"enum": ["a", "b"]}), named("id", {"enum": ["a"]})
    found = ask.documents(*({"openapi": "3.1.0", "paths": {"/things/{id}": {"get": one}}} for one in (base, revision)))
    assert found == [("value-removed", "breaking", "request")]
