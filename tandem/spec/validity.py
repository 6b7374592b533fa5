"""Whether a document is valid OpenAPI, said so that its writer knows what to change and where."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import jsonschema_rs

from tandem.kit.contract.source import escape
from tandem.spec.document import Document, as_list, as_mapping

Complaint = tuple[str, str]

_LONGEST = 240
_AT_OPERATION = re.compile(r"'(\w+)' (?:operation )?in '(.*)'")


def validity_complaints(document: Document) -> Iterator[Complaint]:
    """`(pointer, sentence)` for each; a document with broken parts gets as many as can be told."""
    return iter(_complaints(_Content(json.dumps(document.data), document)))


@dataclass(frozen=True)
class _Content:
    """Documents that say the same, wherever they stand, have the same complaints."""

    text: str
    document: Document = field(compare=False, repr=False)


@lru_cache(maxsize=4)
def _complaints(content: _Content) -> tuple[Complaint, ...]:
    """A large document takes seconds, and whoever has it linted has it checked as well."""
    return tuple(_found(content.document))


def _found(document: Document) -> Iterator[Complaint]:
    from referencing.exceptions import Unresolvable

    found = list(_structure(document))
    yield from found
    try:
        yield from _meaning(document)
    except (ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError,
            Unresolvable) as error:  # fmt: skip
        # A part of the wrong type was named above, and is what the validator fell over.
        if not found:
            yield "", f"cannot be validated: {clipped(str(error)) or type(error).__name__}"


def _validator(document: Document) -> Any:
    from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

    return OpenAPIV30SpecValidator if document.version.startswith("3.0") else OpenAPIV31SpecValidator


def _structure(document: Document) -> Iterator[Complaint]:
    """The document against the schema of OpenAPI documents."""
    validator = jsonschema_rs.validator_for(_validator(document).schema_validator.schema)
    for error in validator.iter_errors(document.data):
        for deepest in _deepest(error):
            yield _pointer(deepest.instance_path), _said(deepest)


def _deepest(error: jsonschema_rs.ValidationError) -> list[jsonschema_rs.ValidationError]:
    """Where either a reference or a part may stand, what is wrong with the part; elsewhere the error itself."""
    if error.kind.name not in {"oneOf", "anyOf"}:
        return [error]
    branches = error.kind.as_dict().get("context") or []
    told = [branch for branch in branches if branch and not any("$ref" in one.message for one in branch)]
    if len(told) != 1:
        return [error]
    return [deepest for one in told[0] for deepest in _deepest(one)]


def _said(error: jsonschema_rs.ValidationError) -> str:
    kind = error.kind.as_dict()
    match error.kind.name:
        case "required":
            return f"`{kind['property']}` is missing"
        case "additionalProperties" | "unevaluatedProperties":
            unknown = ", ".join(f"`{name}`" for name in kind["unexpected"])
            return f"{clipped(unknown)} is nothing that OpenAPI knows here: check the spelling"
        case "oneOf" | "anyOf":
            return "is not what OpenAPI allows here"
    return clipped(error.message)


def _meaning(document: Document) -> Iterator[Complaint]:
    """What no schema can say: names that differ, path parameters that are declared, defaults that fit."""
    for error in _validator(document)(document.data).iter_errors():
        # What the adapter has from the schema is told already, in better words.
        if not isinstance(error.validator, str) and error.schema_path:
            continue
        pointer = _located(document, error)
        said = clipped(error.message)
        yield pointer, f"the default does not fit: {said}" if pointer.endswith("/default") else said


def _located(document: Document, error: Any) -> str:
    if found := _AT_OPERATION.search(error.message):
        return f"/paths/{escape(found[2])}/{found[1]}"
    schemas = [part for part in document.parts() if part.kind == "schemas" and isinstance(part.value, Mapping)]
    pointers = [part.pointer for part in schemas if part.value is error.schema and "default" in part.value]
    if pointers:
        return f"{pointers[0]}/default"
    path = list(error.absolute_path)
    for part in schemas:
        if path and _at(part.value, path) is error.instance and error.instance is not None:
            return part.pointer + _pointer(path)
    return next((part.pointer for part in schemas if _lacks(part.value, error.message)), "")


def _at(value: Any, path: list[str | int]) -> Any:
    for part in path:
        try:
            value = value[part]
        except (LookupError, TypeError):
            return None
    return value


def _lacks(schema: Mapping[str, Any], message: str) -> bool:
    """Whether it is the one of which `Required list has not defined properties: [...]` was said."""
    named = set(re.findall(r"'([^']*)'", message)) if message.startswith("Required list") else set()
    return bool(named) and named <= set(map(str, as_list(schema.get("required")))) - set(
        as_mapping(schema.get("properties"))
    )


def _pointer(path: list[str | int]) -> str:
    return "".join(f"/{escape(str(part))}" for part in path)


def clipped(text: str) -> str:
    """A line of it. A long value stands first, and what is wrong with it last."""
    line = text.partition("\n")[0]
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST // 2]} … {line[-_LONGEST // 2 :]}"


__all__ = ["Complaint", "clipped", "validity_complaints"]
