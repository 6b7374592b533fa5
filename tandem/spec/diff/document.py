"""A contract as plain data whose every part knows its file and line, and whose references can be followed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from tandem.kit.contract import ContractError, SourceFile, read
from tandem.kit.contract.source import escape

_MOST_HOPS = 32


@dataclass(frozen=True, slots=True)
class Place:
    """Where a part of a contract stands. `line` is 1-based; None when the file does not say."""

    file: Path
    pointer: str
    line: int | None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else str(self.file)


@dataclass(frozen=True, slots=True)
class Defect:
    """Something in a contract that nobody can follow; a diff goes on without it and says so."""

    place: Place
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


class Document:
    """One OpenAPI document with the files it refers to; raises ContractError when the first file is none."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self._homes: dict[int, tuple[SourceFile, str]] = {}
        self._files: dict[Path, SourceFile] = {}
        self._defects: dict[tuple[Path, str], Defect] = {}
        self.root = self._root()

    def _root(self) -> dict[str, Any]:
        root = self._file(self.path).data
        if not isinstance(root, dict):
            raise ContractError(self.path, 1, "is not an OpenAPI document: its top level must be an object")
        if "swagger" in root:
            raise ContractError(self.path, 1, f"is Swagger {root['swagger']}; convert it to OpenAPI 3 first")
        if not str(root.get("openapi", "")).startswith("3."):
            raise ContractError(self.path, 1, "is not an OpenAPI 3 document: `openapi: 3.x.y` is missing at the top")
        return root

    @cached_property
    def ignores_beside_ref(self) -> bool:
        """OpenAPI 3.0 gives no meaning to what stands beside a `$ref`; 3.1 does."""
        return str(self.root["openapi"]).startswith("3.0")

    @property
    def defects(self) -> list[Defect]:
        return list(self._defects.values())

    def part(self, value: Any) -> dict[str, Any]:
        """`value` with its references followed; empty when it is no object or leads nowhere."""
        for _ in range(_MOST_HOPS):
            if not isinstance(value, dict):
                return {}
            if not isinstance(value.get("$ref"), str):
                return value
            value = self.target(value)
        return {}

    def target(self, holder: dict[str, Any]) -> Any:
        """What the `$ref` of `holder` names; None, and a defect noted, when it names nothing."""
        try:
            return self._named(holder, str(holder["$ref"]))
        except ContractError as error:
            reason = f"cannot be read: {error.reason}"
        except (KeyError, IndexError, ValueError, TypeError):
            reason = "names nothing"
        source, pointer = self._homes[id(holder)]
        self._note(source, f"{pointer}/$ref", f"$ref '{holder['$ref']}' {reason}")
        return None

    def named(self, holder: dict[str, Any], reference: str) -> Any:
        """What a reference that stands in `holder` names; None when it names nothing."""
        try:
            return self._named(holder, reference)
        except (ContractError, KeyError, IndexError, ValueError, TypeError):
            return None

    def _named(self, holder: dict[str, Any], reference: str) -> Any:
        source, _ = self._homes[id(holder)]
        location, _, fragment = reference.partition("#")
        file = self._file((source.path.parent / unquote(location)).resolve()) if location else source
        return file.at(unquote(fragment))

    def place(self, part: Any, key: str | None = None) -> Place:
        """Where `part`, or its entry `key`, stands."""
        source, pointer = self._homes.get(id(part), (self._files[self.path], ""))
        if key is not None:
            pointer = f"{pointer}/{escape(key)}"
        return Place(source.path, pointer, source.line_of(pointer))

    def _note(self, source: SourceFile, pointer: str, reason: str) -> None:
        if (source.path, pointer) not in self._defects:
            place = Place(source.path, pointer, source.line_of(pointer))
            self._defects[source.path, pointer] = Defect(place, reason)

    def _file(self, path: Path) -> SourceFile:
        if path not in self._files:
            source = self._files[path] = read(path)
            for part, pointer in _parts(source.data):
                self._homes[id(part)] = (source, pointer)
        return self._files[path]


def _parts(data: Any) -> Iterator[tuple[dict[str, Any], str]]:
    """Every object inside, with its JSON Pointer."""
    left: list[tuple[Any, str]] = [(data, "")]
    while left:
        value, pointer = left.pop()
        if isinstance(value, dict):
            yield value, pointer
            left += [(item, f"{pointer}/{escape(key)}") for key, item in value.items() if isinstance(item, dict | list)]
        else:
            left += [(item, f"{pointer}/{i}") for i, item in enumerate(value or ()) if isinstance(item, dict | list)]
