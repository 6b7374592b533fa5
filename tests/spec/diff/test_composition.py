"""How a schema is put together: what is silent, and the two ways that are taken for a promise."""

from __future__ import annotations

import pytest

from tests.spec.diff.asking import REQUEST, RESPONSE, Ask, Json, with_answer, with_body

SCHEMAS = {
    "Dog": {"type": "object", "properties": {"name": {"type": "string"}}},
    "Cat": {"type": "object", "properties": {"name": {"type": "string"}}},
}
DOG, CAT = {"$ref": "#/components/schemas/Dog"}, {"$ref": "#/components/schemas/Cat"}
PARTS: Json = {"components": {"schemas": SCHEMAS}}


def test_a_further_part_is_one_more_thing_to_obey_even_when_it_asks_for_nothing_new(ask: Ask) -> None:
    base, revision = {"allOf": [DOG]}, {"allOf": [DOG, CAT]}
    assert ask.schemas(REQUEST, base, revision, **PARTS) == [("part-added", "breaking", "request")]
    assert ask.schemas(RESPONSE, base, revision, **PARTS) == [("part-added", "note", "")]
    assert ask.schemas(REQUEST, revision, base, **PARTS) == []


@pytest.mark.parametrize(
    "revision",
    [
        pytest.param({"allOf": [DOG, {"description": "A dog"}]}, id="a part that only describes"),
        pytest.param({"allOf": [CAT]}, id="another part of the same content"),
        pytest.param({"allOf": [DOG, DOG]}, id="the same part again"),
        pytest.param({"allOf": [CAT, DOG]}, id="parts in another order"),
        pytest.param(SCHEMAS["Dog"], id="no parts"),
    ],
)
def test_the_same_values_from_other_parts_are_silent(ask: Ask, revision: Json) -> None:
    base = {"allOf": [DOG, CAT]} if revision == {"allOf": [CAT, DOG]} else {"allOf": [DOG]}
    for direction in (REQUEST, RESPONSE):
        assert ask.schemas(direction, base, revision, **PARTS) == []


def test_what_was_beside_the_parts_may_become_one(ask: Ask) -> None:
    more = {"properties": {"age": {"type": "integer"}}}
    assert ask.schemas(REQUEST, {"allOf": [DOG], **more}, {"allOf": [DOG, more]}, **PARTS) == []


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_a_reference_that_becomes_a_union_of_itself_alone_changes_generated_types(ask: Ask, version: str) -> None:
    for around, who in ((with_body, "request"), (with_answer, "response")):
        base, revision = (around(one, openapi=version, **PARTS) for one in (DOG, {"oneOf": [DOG]}))
        assert ask.documents(base, revision) == [("union-begun", "breaking", who)]
        assert ask.documents(revision, base) == []


@pytest.mark.parametrize(
    "revision",
    [
        pytest.param({"anyOf": [DOG]}, id="any of one"),
        pytest.param({"allOf": [DOG]}, id="all of one"),
        pytest.param({"oneOf": [SCHEMAS["Dog"]]}, id="one without a name"),
        pytest.param({"oneOf": [CAT]}, id="another of the same content"),
    ],
)
def test_other_wraps_of_one_schema_are_silent(ask: Ask, revision: Json) -> None:
    for direction in (REQUEST, RESPONSE):
        assert ask.schemas(direction, DOG, revision, **PARTS) == []


@pytest.mark.parametrize("word", ["oneOf", "anyOf"])
def test_a_branch_that_changed_is_told_once_as_the_component_that_it_is(ask: Ask, word: str) -> None:
    def beside(*others: Json) -> Json:
        unions = {name: {word: [DOG, {"type": one}]} for name, one in (("a", "string"), ("b", "null"), ("c", "array"))}
        dog = {**SCHEMAS["Dog"], "required": [*others]}
        return with_answer({"type": "object", "properties": unions}, components={"schemas": {"Dog": dog}})

    (found,) = ask.diff(beside("name"), beside()).findings
    assert (found.component, found.rule) == ("schemas/Dog", "property-became-optional")
