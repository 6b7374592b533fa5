"""Values made from schemas and patterns: allowed by them, and the same each time."""

from __future__ import annotations

import re
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.mock.dialect import modernised
from tandem.mock.operations import Document
from tandem.mock.patterns import text_for
from tandem.mock.values import mended, sample

EMPTY = Document("x", "x", {"openapi": "3.1.0", "paths": {}})


@pytest.mark.parametrize("pattern", [
    r"^crd_[0-7][0-9a-hjkmnp-tv-z]{25}$", r"^[0-9]{4}-(0[1-9]|1[0-2])$", r"\S", r"^(a|b)+c?$", r"^[^a-z]{3}$",
    r"^\d{3}-\w{2}\s$", r"^(x)\1$", r"Z$", r"^-?(0|[1-9][0-9]{0,11})\.[0-9]{2}$", r"^.{5,}$", r"^[A-Za-z0-9_.:-]+$",
    r"^(?:ab){2,3}?$", r"^\D\W\S$", r"[^x]",
])  # fmt: skip
@pytest.mark.parametrize("number", [0, 7, 123_456])
def test_a_text_for_a_pattern_fits_it(pattern: str, number: int) -> None:
    text = text_for(pattern, 0, number)

    assert text is not None
    assert re.search(pattern, text)
    assert text == text_for(pattern, 0, number)


def test_a_text_is_as_long_as_it_must_be() -> None:
    assert len(text_for("^[a-z]+$", 30) or "") >= 30


@pytest.mark.parametrize("pattern", ["(", "^(?=a)b$", "(?P<x"])
def test_a_pattern_nobody_can_satisfy_is_none(pattern: str) -> None:
    assert text_for(pattern) is None


SCHEMAS: list[dict[str, Any]] = [
    {"type": "string", "format": one}
    for one in ("date-time", "date", "email", "uuid", "uri", "ipv4", "ipv6", "hostname", "time")
] + [
    {"type": "integer", "minimum": 5, "maximum": 6},
    {"type": "integer", "exclusiveMinimum": 5, "multipleOf": 4},
    {"type": "number", "exclusiveMaximum": 0},
    {"type": "string", "minLength": 3, "maxLength": 4},
    {"type": "array", "minItems": 2, "items": {"enum": ["a", "b"]}},
    {"type": "object", "required": ["a"], "properties": {"a": {"const": 3}}},
    {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]},
    {"allOf": [{"type": "object", "required": ["x"], "properties": {"x": {"type": "string", "pattern": "^q$"}}}]},
    {"type": ["string", "null"], "pattern": "^[0-9]{2}$"},
]  # fmt: skip


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_sample_is_valid(schema: dict[str, Any]) -> None:
    value = sample(EMPTY, schema)

    assert jsonschema_rs.Draft202012Validator(schema, validate_formats=True).is_valid(value), value


@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3)
    )
)
@pytest.mark.parametrize("schema", SCHEMAS[:9] + SCHEMAS[9:11] + [SCHEMAS[13], SCHEMAS[17]])
def test_whatever_prism_says_is_put_right(schema: dict[str, Any], value: Any) -> None:
    done = mended(EMPTY, schema, value)

    assert jsonschema_rs.Draft202012Validator(schema, validate_formats=True).is_valid(done), done


def test_a_valid_value_is_left_alone() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string", "pattern": "^k"}}, "required": ["a"]}

    assert mended(EMPTY, schema, {"a": "kept", "b": [1]}) == {"a": "kept", "b": [1]}


def test_schemas_of_openapi_3_0_are_read_as_they_were_meant() -> None:
    old = {
        "type": "object",
        "properties": {
            "a": {"type": "string", "nullable": True, "enum": ["x"]},
            "b": {"type": "integer", "minimum": 0, "exclusiveMinimum": True},
            "c": {"allOf": [{"type": "string"}], "nullable": True},
            "d": {"type": "integer", "maximum": 3, "exclusiveMaximum": False},
        },
        "example": {"nullable": True},
    }
    new = modernised(old)

    assert new["properties"]["a"] == {"type": ["string", "null"], "enum": ["x", None]}
    assert new["properties"]["b"] == {"type": "integer", "exclusiveMinimum": 0}
    assert new["properties"]["c"] == {"anyOf": [{"allOf": [{"type": "string"}]}, {"type": "null"}]}
    assert new["properties"]["d"] == {"type": "integer", "maximum": 3}
    assert new["example"] == {"nullable": True}
