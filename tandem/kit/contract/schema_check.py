"""A JSON Schema that says in words where a value departs from it, and what would be allowed instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs
import orjson

from tandem.kit.contract.source import escape
from tandem.kit.problems import Complaint

# The sender's own values are not repeated in messages: they may be secret, and they may be huge.
_MASK = "this value"
_LONGEST_TEXT = 300


class SchemaCheck:
    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = schema
        self._validator = jsonschema_rs.Draft202012Validator(dict(schema), validate_formats=True, mask=_MASK)
        self.is_valid = self._validator.is_valid

    def complaints(self, value: Any, location: str, at: str = "", first_only: bool = False) -> list[Complaint]:
        """`first_only` is for what may be wrong in a hundred thousand places, which would take seconds to list."""
        return [
            Complaint(location, _clipped(at + _pointer(error)) or "/", self._message(error))
            for error in (self._first(value) if first_only else self._validator.iter_errors(value))
        ]

    def _first(self, value: Any) -> Iterator[jsonschema_rs.ValidationError]:
        try:
            self._validator.validate(value)
        except jsonschema_rs.ValidationError as error:
            yield error

    def _message(self, error: jsonschema_rs.ValidationError) -> str:
        kind = error.kind
        match kind.name:
            case "enum":
                return f"{_MASK} is none of those allowed: {_listed(kind.as_dict()['options'])}"
            case "additionalProperties":
                unknown = _clipped(_listed(kind.as_dict()["unexpected"]))
                return f"there is no such field: {unknown}; allowed are: {_listed(self._properties(error.schema_path))}"
            case "anyOf" | "oneOf" if all(branches := kind.as_dict()["context"]):
                return "none of the alternatives fits: " + ", or ".join(self._message(branch[0]) for branch in branches)
            case "falseSchema":
                return "no field is allowed here"
        return _clipped(error.message)

    def _properties(self, schema_path: list[str | int]) -> list[str]:
        schema: Any = self._schema
        for part in schema_path[:-1]:
            schema = schema[part]
        return list(schema.get("properties", ())) or ["none"]


def _pointer(error: jsonschema_rs.ValidationError) -> str:
    return "".join(f"/{escape(str(part))}" for part in error.instance_path)


def _listed(values: list[Any]) -> str:
    return ", ".join(value if isinstance(value, str) else orjson.dumps(value).decode() for value in values)


def _clipped(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…"
