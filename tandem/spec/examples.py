"""Whether the examples of a document fit the schemas they stand beside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

import jsonschema_rs

from tandem.kit.contract.source import escape, pointer_parts
from tandem.spec.document import Document, Part, as_list, as_mapping
from tandem.spec.document.dialect import modernised
from tandem.spec.validity import Complaint, clipped

_DOCUMENT = "urn:tandem:document"
_HOLDERS = {"media", "parameters", "headers"}


class Example(NamedTuple):
    """`schema`, `value_at` and `entry` are pointers; the entry may be a reference to where the value stands."""

    schema: str
    value_at: str
    entry: str
    value: Any


def example_complaints(document: Document) -> Iterator[Complaint]:
    """`(pointer, sentence)` for each place in an example that does not fit."""
    checker = _Checker(document)
    for one in examples(document):
        yield from checker.complaints(one)


def wrong_examples(document: Document) -> Iterator[str]:
    """The pointer of each entry whose example does not fit the schema it stands beside."""
    checker = _Checker(document)
    for one in examples(document):
        if any(checker.complaints(one)):
            yield one.entry


def examples(document: Document) -> Iterator[Example]:
    """All beside a schema and inside one."""
    for part in document.parts():
        if not isinstance(part.value, Mapping):
            continue
        if part.kind in _HOLDERS and isinstance(part.value.get("schema"), Mapping | bool):
            yield from _beside(document, part)
        elif part.kind == "schemas":
            yield from _inside(part)


def _beside(document: Document, part: Part) -> Iterator[Example]:
    schema = f"{part.pointer}/schema"
    if "example" in part.value:
        yield Example(schema, at := f"{part.pointer}/example", at, part.value["example"])
    for name, raw in as_mapping(part.value.get("examples")).items():
        entry = f"{part.pointer}/examples/{escape(name)}"
        example, at = document.resolved(raw, entry)
        if "value" in as_mapping(example):
            yield Example(schema, f"{at}/value", entry, example["value"])


def _inside(part: Part) -> Iterator[Example]:
    if "example" in part.value:
        yield Example(part.pointer, at := f"{part.pointer}/example", at, part.value["example"])
    for index, value in enumerate(as_list(part.value.get("examples"))):
        yield Example(part.pointer, at := f"{part.pointer}/examples/{index}", at, value)


class _Checker:
    def __init__(self, document: Document) -> None:
        data = modernised(document.data) if document.version.startswith("3.0") else document.data
        # Without a registry each of a thousand validators would carry all components.
        self._data = data
        self._registry = jsonschema_rs.Registry([(_DOCUMENT, data)])
        self._validators: dict[str, jsonschema_rs.Draft202012Validator | str] = {}

    def complaints(self, example: Example) -> Iterator[Complaint]:
        validator = self._validator(example.schema)
        if isinstance(validator, str):
            yield example.value_at, f"the example cannot be checked, because its schema cannot be used: {validator}"
            return
        for error in validator.iter_errors(example.value):
            at = "".join(f"/{escape(str(part))}" for part in error.instance_path)
            yield f"{example.value_at}{at}", f"the example does not fit its schema: {clipped(error.message)}"

    def _validator(self, schema: str) -> jsonschema_rs.Draft202012Validator | str:
        if schema not in self._validators:
            reference = {"$ref": f"{_DOCUMENT}#{quote(_modern(self._data, schema), safe='/~')}"}
            try:
                validator = jsonschema_rs.Draft202012Validator(
                    reference, registry=self._registry, validate_formats=True
                )
                self._validators[schema] = validator
            except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
                self._validators[schema] = clipped(str(error))
        return self._validators[schema]


def _modern(data: Any, pointer: str) -> str:
    """Where the schema is in the modernised document, in which what may be null can stand one level deeper."""
    node, path = data, ""
    for raw, part in zip(pointer.split("/")[1:], pointer_parts(pointer), strict=True):
        if isinstance(node, Mapping) and part not in node and "anyOf" in node:
            node, path = node["anyOf"][0], f"{path}/anyOf/0"
        node, path = node[int(part)] if isinstance(node, list) else node[part], f"{path}/{raw}"
    return path
