"""Each way in which a body departs from its schema has its words."""

from typing import Any

import orjson
import pytest

from tandem.kit.contract.departures import Departures, missing_header, unknown_media_type, unknown_status

DUE = {"type": "object", "required": ["amount"], "properties": {"amount": {"type": "string"}}}


@pytest.mark.parametrize(
    ("schema", "value", "sentence"),
    [
        ({"properties": {"a": False}}, {"a": 1}, "`a` was there, the contract allows nothing there"),
        ({"type": "integer"}, "5", "the body was a string, the contract says integer"),
        ({"items": {"type": ["null", "string"]}}, [5], "`[0]` was an integer, the contract says string or null"),
        ({"properties": {"a": {"type": "object"}}}, {"a": None}, "`a` was null, the contract says object"),
        ({"items": {"required": ["b"]}}, [{"b": 1}, {}], "`[1].b` was missing, the contract requires it"),
        ({"properties": {"a": {"enum": ["x", 5]}}}, {"a": "y"}, '`a` was "y", the contract allows x, 5'),
        ({"properties": {"c": {}}, "additionalProperties": False}, {"a": 1},
         "the body had `a`, which the contract does not know"),
        ({"properties": {"a": {"pattern": "^x"}}}, {"a": "y"}, '`a` was "y", which is not of the form ^x'),
        ({"properties": {"a": {"format": "date"}}}, {"a": "now"}, '`a` was "now", the contract says date'),
        ({"properties": {"a": {"maxLength": 2}}}, {"a": "abc"}, "`a`: this value is longer than 2 characters"),
        ({"properties": {"a": {"enum": ["x"]}}}, {"a": "y" * 99}, f'`a` was "{"y" * 59}…, the contract allows x'),
    ],
)  # fmt: skip
def test_a_departure_is_a_sentence(schema: dict[str, Any], value: Any, sentence: str) -> None:
    assert list(Departures(schema).of(orjson.dumps(value))) == [sentence]


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({"amount": 5}, "`due.amount` was an integer, the contract says string"),
        ({}, "`due.amount` was missing, the contract requires it"),
        ("soon", "`due` was a string, the contract says object or null"),
    ],
)
def test_of_alternatives_the_one_that_was_meant_is_told(value: Any, sentence: str) -> None:
    schema = {"properties": {"due": {"anyOf": [{"type": "null"}, DUE]}}}
    assert list(Departures(schema).of(orjson.dumps({"due": value}))) == [sentence]
    assert list(Departures(schema).of(b'{"due": null}')) == []


def test_values_that_must_not_be_shown_are_not() -> None:
    schema = {"properties": {"number": {"pattern": "^x"}}}
    (said,) = Departures(schema, frozenset({"number"})).of(b'{"number": "5566778899"}')
    assert "5566778899" not in said


def test_a_body_that_is_no_json_says_so() -> None:
    assert list(Departures({}).of(b"<html>")) == ["the body was not JSON"]


def test_status_kind_and_header_have_their_words() -> None:
    assert unknown_status(418, [200, 404]) == "the status was 418, the contract knows 200, 404"
    assert unknown_status(418, []) == "the status was 418, the contract knows none"
    assert unknown_media_type("text/html", []) == "the body was text/html, the contract says there is none"
    assert missing_header("etag") == "the header etag was missing"
