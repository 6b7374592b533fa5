"""An OpenAPI document out of all its files, in which every part still knows its file and line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tandem.kit.contract import SourceFile
from tandem.kit.contract.operations import lookup
from tandem.spec.document.shape import Part, walk


@dataclass(frozen=True, order=True)
class Place:
    path: Path
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True)
class Mistake:
    """A reference that cannot be followed. `place` is where it is made."""

    pointer: str
    place: Place
    reason: str


@dataclass(frozen=True, eq=False)
class Document:
    """`data` stands alone and has no dead references; those it had are `mistakes`. `moved` says which parts were taken
    from where."""

    source: SourceFile
    data: dict[str, Any]
    mistakes: tuple[Mistake, ...]
    moved: Mapping[str, tuple[SourceFile, str]]

    @property
    def path(self) -> Path:
        return self.source.path

    @property
    def version(self) -> str:
        return str(self.data.get("openapi", ""))

    def place(self, pointer: str) -> Place:
        """Where the part stands, in the file it was written in."""
        holder = pointer
        while holder and holder not in self.moved:
            holder = holder.rpartition("/")[0]
        source, target = self.moved.get(holder, (self.source, ""))
        return Place(source.path, source.line_of(target + pointer[len(holder) :]) or 1)

    def at(self, pointer: str) -> Any:
        return lookup(self.data, pointer)

    def resolved(self, value: Any, pointer: str) -> tuple[Any, str]:
        """What a reference leads to and where that stands; anything else is what it is."""
        seen = set()
        while isinstance(value, Mapping) and isinstance(value.get("$ref"), str) and value["$ref"] not in seen:
            pointer = value["$ref"].removeprefix("#")
            seen.add(value["$ref"])
            value = lookup(self.data, value["$ref"])
        return value, pointer

    def parts(self) -> Iterator[Part]:
        return walk("document", self.data)
