"""One document out of the many files somebody wrote it in. What cannot be followed is noted, and the rest goes on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from tandem.kit.contract import ContractError, SourceFile, read
from tandem.kit.contract.operations import lookup
from tandem.kit.contract.source import escape, pointer_parts
from tandem.spec.document.document import Document, Mistake, Place
from tandem.spec.document.loose import as_mapping
from tandem.spec.document.shape import COMPONENTS, NAMES, kind_at, parts
from tandem.spec.document.version import refuse_other_kinds

_DEEPEST = 120
_GAP = object()
_NO_SUCH = (KeyError, IndexError, ValueError, TypeError)


def assemble(path: Path) -> Document:
    """The document at `path`; raises ContractError when there is none, and only then."""
    root = read(path.resolve())
    refuse_other_kinds(root)
    return _Assembly(root).run()


class _Dead(Exception):
    """Why a reference cannot be followed."""


@dataclass(frozen=True)
class _Spot:
    """Where a part stands: `pointer` in the file it was written in, `at` in the document that is made."""

    file: SourceFile
    pointer: str
    at: str
    depth: int = 0

    def inside(self, relative: str) -> _Spot:
        return replace(self, pointer=self.pointer + relative, at=self.at + relative, depth=self.depth + 1)

    @property
    def place(self) -> Place:
        return Place(self.file.path, self.file.line_of(self.pointer) or 1)


class _Assembly:
    def __init__(self, root: SourceFile) -> None:
        self._root = root
        self._files = {root.path: root}
        self._taken: dict[str, dict[str, Any]] = {}
        self._names: dict[tuple[str, Path, str], str] = {}
        self._waiting: list[tuple[str, str, _Spot, Any]] = []
        self._mistakes: list[Mistake] = []
        self._moved: dict[str, tuple[SourceFile, str]] = {}

    def run(self) -> Document:
        self._keep_names()
        data: dict[str, Any] = self._copied("document", self._root.data, _Spot(self._root, "", ""))
        while self._waiting:
            kind, name, spot, value = self._waiting.pop()
            self._taken[kind][name] = self._copied(kind, value, spot)
        for kind, named in self._taken.items():
            components = data.setdefault("components", {})
            components[kind] = {**(components.get(kind) or {}), **named}
        return Document(self._root, data, tuple(self._mistakes), self._moved)

    def _keep_names(self) -> None:
        """`token: {$ref: security.yaml#/…/token}` only passes a component on, which keeps its name."""
        spot = _Spot(self._root, "/components", "/components")
        for group in parts("components", as_mapping(self._root.data.get("components")), ""):
            reference = as_mapping(group.value).get("$ref")
            if isinstance(reference, str) and not reference.startswith("#") and len(group.value) == 1:
                with suppress(_Dead):
                    file, target, _ = self._led(group.kind, reference, spot.inside(group.pointer))
                    self._names.setdefault((group.kind, file.path, target), f"#/components{group.pointer}")

    def _copied(self, kind: str, value: Any, spot: _Spot) -> Any:
        """A copy in which every reference is one inside the document."""
        if not isinstance(value, Mapping):
            return value
        if spot.depth > _DEEPEST:
            self._note(spot, f"is nested more than {_DEEPEST} levels deep; nothing below was looked at")
            return {}
        copy = {key: self._held(spot, key, item) for key, item in value.items()}
        if kind == "schemas" and isinstance(mapping := _mapping(value), Mapping):
            copy["discriminator"]["mapping"] = dict(self._mapped(mapping, spot.inside("/discriminator/mapping")))
        for part in parts(kind, value):
            _put(copy, part.pointer, self._followed(part.kind, part.value, spot.inside(part.pointer)))
        return {key: _without_gaps(item) for key, item in copy.items() if item is not _GAP}

    def _held(self, spot: _Spot, key: str, item: Any) -> Any:
        if key in {"example", "value"}:
            return self._data(spot.inside(f"/{key}"), item)
        return dict(item) if isinstance(item, Mapping) else list(item) if isinstance(item, list) else item

    def _data(self, spot: _Spot, item: Any) -> Any:
        """An example in a file of its own, `example: {$ref: card.json}`. Any other reference there is just data."""
        location = item.get("$ref") if isinstance(item, Mapping) and len(item) == 1 else None
        if not isinstance(location, str) or not location.endswith((".json", ".yaml", ".yml")) or "://" in location:
            return item
        try:
            return self._file(spot, location).data
        except _Dead as dead:
            self._note(spot, f"$ref {location!r} {dead}")
            return item

    def _mapped(self, mapping: Mapping[str, Any], spot: _Spot) -> Iterator[tuple[str, Any]]:
        for name, target in mapping.items():
            yield name, target
            if isinstance(target, str) and re.search(r"[#/]|\.(ya?ml|json)$", target):
                try:
                    yield name, self._target("schemas", target, spot.inside(f"/{escape(name)}"))
                except _Dead as dead:
                    self._note(spot.inside(f"/{escape(name)}"), f"{target!r} {dead}")

    def _followed(self, kind: str, value: Any, spot: _Spot) -> Any:
        if not isinstance(value, Mapping) or "$ref" not in value:
            return self._copied(kind, value, spot)
        try:
            rest = {key: item for key, item in value.items() if key != "$ref"}
            if kind in COMPONENTS and kind != "pathItems":
                target = self._target(kind, value["$ref"], spot)
                if target != f"#{spot.at}":
                    return {"$ref": target, **self._copied(kind, rest, spot)}
            file, target, found = self._led(kind, value["$ref"], spot)
            self._moved[spot.at] = (file, target)
            return {**self._copied(kind, found, replace(spot, file=file, pointer=target, depth=spot.depth + 1)), **rest}
        except _Dead as dead:
            self._note(spot.inside("/$ref"), f"$ref {str(value['$ref'])!r} {dead}")
            return {} if kind == "schemas" else _GAP

    def _target(self, kind: str, reference: Any, spot: _Spot) -> str:
        """The reference as it reads inside the document, after taking in what it names."""
        file, target, found = self._led(kind, reference, spot)
        if file is self._root and kind_at(target) == kind:
            return f"#{target}"
        if (kind, file.path, target) not in self._names:
            name = self._free_name(kind, target.rpartition("/")[2] or file.path.stem)
            at = f"/components/{kind}/{escape(name)}"
            self._names[kind, file.path, target] = f"#{at}"
            self._moved[at] = (file, target)
            self._taken.setdefault(kind, {})[name] = {}
            self._waiting.append((kind, name, _Spot(file, target, at), found))
        return self._names[kind, file.path, target]

    def _led(self, kind: str, reference: Any, spot: _Spot) -> tuple[SourceFile, str, Any]:
        """The file and the pointer a reference leads to, and what is there."""
        seen = set()
        file, target, value = self._step(reference, spot)
        first = (file, target, value)
        while isinstance(value, Mapping) and "$ref" in value:
            if (file.path, target) in seen:
                raise _Dead("leads back to itself and never to a value")
            seen.add((file.path, target))
            file, target, value = self._step(value["$ref"], replace(spot, file=file))
        # A file of its own may be a part of any kind; only the document itself is known to be none.
        _refuse_other_parts(kind, kind_at(first[1]) if first[1] or first[0] is self._root else None, first[2])
        return first

    def _step(self, reference: Any, spot: _Spot) -> tuple[SourceFile, str, Any]:
        if not isinstance(reference, str):
            raise _Dead("must be text: '#/components/…' or 'file.yaml#/components/…'")
        location, _, target = reference.partition("#")
        target = unquote(target)
        file = self._file(spot, location) if location else spot.file
        if target and not target.startswith("/"):
            raise _Dead("must name its target by path, '#/components/schemas/Name'")
        try:
            return file, target, lookup(file.data, target)
        except _NO_SUCH:
            raise _Dead("leads nowhere: check the spelling") from None

    def _file(self, spot: _Spot, location: str) -> SourceFile:
        if "://" in location:
            raise _Dead("is on another host; keep a copy beside the document")
        name = unquote(location)
        try:
            path = (spot.file.path.parent / name).resolve()
            if path not in self._files:
                self._files[path] = read(path)
        except (ContractError, ValueError) as error:
            reason = error.reason if isinstance(error, ContractError) else "is not the name of a file"
            joint = ":" if reason.startswith("there") else ", which"
            raise _Dead(f"leads to {Path(name).name!r}{joint} {reason}") from error
        return self._files[path]

    def _free_name(self, kind: str, wanted: str) -> str:
        own = as_mapping(as_mapping(self._root.data.get("components")).get(kind))
        taken = {*self._taken.get(kind, ()), *own}
        name = re.sub(r"[^A-Za-z0-9._-]", "_", wanted.replace("~1", "_")) or kind
        return name if name not in taken else next(n for i in range(2, 100_000) if (n := f"{name}_{i}") not in taken)

    def _note(self, spot: _Spot, reason: str) -> None:
        self._mistakes.append(Mistake(spot.at, spot.place, reason))


def _refuse_other_parts(kind: str, found: str | None, value: Any) -> None:
    if found is not None and found != kind:
        raise _Dead(f"leads to {NAMES[found]}, and {NAMES[kind]} belongs here")
    if not isinstance(value, Mapping) and not (kind == "schemas" and isinstance(value, bool)):
        raise _Dead(f"leads to something that is not {NAMES[kind]}")


def _mapping(schema: Mapping[str, Any]) -> Any:
    return as_mapping(schema.get("discriminator")).get("mapping")


def _put(copy: dict[str, Any], relative: str, value: Any) -> None:
    key, *inside = pointer_parts(relative)
    if not inside:
        copy[key] = value
    elif isinstance(copy[key], list):
        copy[key][int(inside[0])] = value
    else:
        copy[key][inside[0]] = value


def _without_gaps(item: Any) -> Any:
    if isinstance(item, list):
        return [one for one in item if one is not _GAP]
    if isinstance(item, dict):
        return {key: one for key, one in item.items() if one is not _GAP}
    return item
