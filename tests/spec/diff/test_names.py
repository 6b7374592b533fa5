"""Where a change is, in names: through components of every kind, lists and members without a name."""

from __future__ import annotations

import pytest

from tandem.spec.diff.names import Plain
from tandem.spec.diff.wording import said
from tests.spec.diff.asking import Ask, Json, one_operation, with_answer, with_body


def _whats(ask: Ask, base: Json, revision: Json) -> list[tuple[str, str]]:
    return [(one.what, one.plain) for one in (said(finding, Plain()) for finding in ask.diff(base, revision).findings)]


def _inside(schema: Json) -> Json:
    parts = {"schemas": {"Card": schema}}
    return with_answer({"$ref": "#/components/schemas/Card"}, components=parts)


@pytest.mark.parametrize(
    ("around", "name"),
    [
        pytest.param(lambda one: {"type": "array", "items": one}, "`Card[]`", id="items"),
        pytest.param(lambda one: {"type": "array", "prefixItems": [{}, one]}, "`Card[1]`", id="a place"),
        pytest.param(lambda one: {"additionalProperties": one}, "`Card.any other name`", id="any other"),
        pytest.param(lambda one: {"patternProperties": {"^x": one}}, "`Card.^x`", id="a pattern"),
        pytest.param(lambda one: {"allOf": [{"properties": {"a": one}}]}, "`Card.a`", id="a part"),
        pytest.param(lambda one: {"properties": {"a/b": one}}, "`Card.a/b`", id="a slash"),
    ],
)
def test_the_way_into_a_component_is_spelled_out(ask: Ask, around: Json, name: str) -> None:
    base, revision = (_inside(around({"type": "string", "maxLength": most})) for most in (5, 9))
    ((what, _),) = _whats(ask, base, revision)
    assert what == f"The greatest length of {name} goes from `5` to `9`"


@pytest.mark.parametrize(
    ("kind", "shared", "said_so"),
    [
        (
            "parameters",
            lambda most: {"name": "q", "in": "query", "schema": {"type": "string", "maxLength": most}},
            "The greatest length of shared parameter `Q.schema`",
        ),
        (
            "requestBodies",
            lambda most: {"content": {"application/json": {"schema": {"type": "string", "maxLength": most}}}},
            "The greatest length of shared request body `Q`",
        ),
    ],
)
def test_a_shared_part_is_called_by_its_kind_and_name(ask: Ask, kind: str, shared: Json, said_so: str) -> None:
    where = {"$ref": f"#/components/{kind}/Q"}
    operation = {"parameters": [where]} if kind == "parameters" else {"requestBody": where}
    base, revision = (one_operation(operation, components={kind: {"Q": shared(most)}}) for most in (9, 5))
    ((what, _),) = _whats(ask, base, revision)
    assert what.startswith(said_so.removesuffix("`").removesuffix(".schema"))


def test_a_header_of_an_answer_and_what_is_sent_are_told_apart(ask: Ask) -> None:
    def answering(most: int) -> Json:
        header = {"X-Next": {"schema": {"type": "string", "maxLength": most}}}
        return one_operation({"responses": {"200": {"description": "", "headers": header}}})

    assert _whats(ask, answering(5), answering(9))[0][0].startswith(
        "The greatest length of 200 answer's header `x-next`"
    )
    base, revision = (with_body({"type": "string", "maxLength": most}) for most in (9, 5))
    assert _whats(ask, base, revision) == [
        (
            "The greatest length of the request body goes from `9` to `5`",
            "The greatest length of what is sent goes from *9* to *5*",
        )
    ]


def test_kinds_of_value_are_called_as_people_call_them(ask: Ask) -> None:
    ((_, plain),) = _whats(ask, with_answer({"type": "string"}), with_answer({"type": ["string", "array"]}))
    assert plain.endswith("may now also be of type a list")
