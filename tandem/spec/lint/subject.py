"""What a check looks at: one document, its operations and fields, and what it must know of the contracts beside it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tandem.kit.contract.source import escape, pointer_parts
from tandem.spec.document import Document, Located, Operation, as_list, as_mapping, operations

_SCHEMA_LISTS = ("anyOf", "oneOf", "allOf")


@dataclass(frozen=True)
class Neighbours:
    """`scenarios` are the names examples may have; `paths` says which other service has a path, by its shape."""

    scenarios: frozenset[str] = frozenset()
    paths: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Property:
    """A field of a schema. `owner` is the component it belongs to, with the fields on the way to it."""

    owner: str
    name: str
    value: Mapping[str, Any]
    pointer: str

    def __str__(self) -> str:
        return f"{self.owner}.{self.name}" if self.owner else self.name

    @property
    def components(self) -> set[str]:
        """The components it is made of: its own, that of a list's items, or one of the alternatives with null."""
        return _components(self.value)


@dataclass(frozen=True, eq=False)
class Subject:
    document: Document
    options: Mapping[str, Any] = field(default_factory=dict)
    neighbours: Neighbours = field(default_factory=Neighbours)

    @cached_property
    def operations(self) -> list[Operation]:
        return list(operations(self.document))

    @cached_property
    def by_pointer(self) -> dict[str, Operation]:
        return {operation.pointer: operation for operation in self.operations}

    @property
    def served(self) -> list[Operation]:
        """Those that a caller can ask for, which leaves out webhooks."""
        return [operation for operation in self.operations if not operation.is_webhook]

    @cached_property
    def properties(self) -> list[Property]:
        return list(self._properties())

    def schema(self, operation: Operation, holder: Located) -> tuple[str, Located] | None:
        """The media type and the schema of a JSON body."""
        for name, media in operation.media(holder):
            if name.partition(";")[0].strip().endswith(("/json", "+json")) and (found := operation.schema(media)):
                return name, found
        return None

    def _properties(self) -> Iterator[Property]:
        for part in self.document.parts():
            if part.kind != "schemas" or not isinstance(part.value, Mapping):
                continue
            for name, value in as_mapping(part.value.get("properties")).items():
                pointer = f"{part.pointer}/properties/{escape(name)}"
                yield Property(_owner(part.pointer), name, as_mapping(value), pointer)


def path_shape(path: str) -> str:
    """The path with its parameters unnamed: two that differ in those names alone answer the same requests."""
    return "/".join("{}" if part.startswith("{") and part.endswith("}") else part for part in path.split("/"))


def _owner(pointer: str) -> str:
    """`Invoice.lines` for /components/schemas/Invoice/properties/lines/items."""
    names = pointer_parts(pointer)
    if names[:2] != ["components", "schemas"]:
        return ""
    return ".".join([names[2], *(after for before, after in itertools.pairwise(names) if before == "properties")])


def _components(schema: Any) -> set[str]:
    if not isinstance(schema, Mapping):
        return set()
    reference = schema.get("$ref")
    found = {reference.rpartition("/")[2]} if isinstance(reference, str) else set()
    inside = [schema.get("items"), *(one for key in _SCHEMA_LISTS for one in as_list(schema.get(key)))]
    return found.union(*map(_components, inside))


__all__ = ["Neighbours", "Property", "Subject", "path_shape"]
