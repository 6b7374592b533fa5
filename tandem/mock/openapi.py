"""One OpenAPI document out of the many files somebody wrote it in, or a sentence with file, line and reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import orjson

from tandem.kit.contract import ContractError, read
from tandem.kit.contract.operations import lookup
from tandem.kit.contract.source import escape

_REFERENCE = re.compile(r"""["']?\$ref["']?\s*:\s*["']?([^"'#\s{}\[\],]+)""")
_DATA = frozenset({"example", "value", "default", "const", "enum"})
# What a reference found under this key stands for, by the name the components give it.
_KINDS = {
    "parameters": "parameters",
    "responses": "responses",
    "requestBody": "requestBodies",
    "requestBodies": "requestBodies",
    "headers": "headers",
    "examples": "examples",
    "links": "links",
    "callbacks": "callbacks",
    "securitySchemes": "securitySchemes",
    "paths": "pathItems",
}


def read_document(path: Path) -> dict[str, Any]:
    """The document at `path` with all it refers to; raises ContractError."""
    return _Assembly(path.resolve()).run()


def files_of(path: Path) -> set[Path]:
    """The file and all that it refers to, also those that are missing or broken: each may be mended any moment."""
    found, left = set[Path](), [path.resolve()]
    while left:
        file = left.pop()
        if file in found:
            continue
        found.add(file)
        try:
            text = file.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        named = {match[1] for match in _REFERENCE.finditer(text)}
        left += [(file.parent / unquote(name)).resolve() for name in named if "://" not in name]
    return found


class _Assembly:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._files: dict[Path, Any] = {}
        self._moved: dict[tuple[Path, str], str] = {}
        self._components: dict[str, dict[str, Any]] = {}

    def run(self) -> dict[str, Any]:
        root = self._file(self._path)
        self._refuse_other_kinds(root)
        for kind, named in (root.get("components") or {}).items():
            self._components[kind] = dict(named) if isinstance(named, Mapping) else {}
        document: dict[str, Any] = self._rewritten(self._path, root, "", "schemas")
        own = document.get("components") or {}
        document["components"] = {kind: {**named, **(own.get(kind) or {})} for kind, named in self._components.items()}
        self._refuse_dead_ends(document)
        return document

    def _refuse_other_kinds(self, root: Any) -> None:
        if not isinstance(root, dict):
            raise ContractError(self._path, 1, "is not an OpenAPI document: its top level must be an object")
        version = str(root.get("openapi", ""))
        if "swagger" in root:
            reason = (
                f"is Swagger {root['swagger']}; the mock reads OpenAPI 3.0 and 3.1: convert it with a Swagger converter"
            )
            raise self._error(self._path, "/swagger", reason)
        if not version:
            raise ContractError(self._path, 1, "is not an OpenAPI document: it has no `openapi: 3.1.0` line")
        if not version.startswith(("3.0", "3.1")):
            raise self._error(self._path, "/openapi", f"is OpenAPI {version}; the mock reads 3.0 and 3.1")
        if not isinstance(root.get("paths"), dict) or not root["paths"]:
            raise self._error(self._path, "/paths", "has no paths, so there is nothing to serve")
        for path, item in root["paths"].items():
            if not path.startswith("/") or not isinstance(item, dict):
                raise self._error(
                    self._path, f"/paths/{escape(path)}", f"`{path}` is not a path with operations under it"
                )

    def _file(self, path: Path) -> Any:
        if path not in self._files:
            self._files[path] = _data(path)
        return self._files[path]

    def _rewritten(self, file: Path, value: Any, pointer: str, kind: str) -> Any:
        if isinstance(value, list):
            return [self._rewritten(file, one, f"{pointer}/{index}", kind) for index, one in enumerate(value)]
        if not isinstance(value, dict):
            return value
        reference = value.get("$ref")
        if isinstance(reference, str) and not pointer.endswith("/properties"):
            return {**value, "$ref": self._local(file, reference, pointer, kind)}
        return {
            key: self._data_inlined(file, one, ())
            if key in _DATA and not pointer.endswith("/properties")
            else self._rewritten(file, one, f"{pointer}/{escape(key)}", _KINDS.get(key, _kept(key, kind)))
            for key, one in value.items()
        }

    def _data_inlined(self, file: Path, value: Any, inside: tuple[Path, ...]) -> Any:
        """An example in a file of its own, `example: {$ref: examples/card.json}`; other references are just data."""
        if isinstance(value, list):
            return [self._data_inlined(file, one, inside) for one in value]
        if not isinstance(value, dict):
            return value
        location = value.get("$ref") if len(value) == 1 else None
        if isinstance(location, str) and location.endswith((".json", ".yaml", ".yml")) and "://" not in location:
            other = (file.parent / unquote(location)).resolve()
            if other in inside:
                raise ContractError(file, None, f"example '{location}' contains itself")
            return self._data_inlined(other, self._file(other), (*inside, other))
        return {key: self._data_inlined(file, one, inside) for key, one in value.items()}

    def _local(self, file: Path, reference: str, pointer: str, kind: str) -> str:
        """The reference as it reads inside the one document, after taking in what it names."""
        location, _, target = reference.partition("#")
        if "://" in location:
            raise self._refused(file, pointer, reference, "is on another host; keep a copy beside the document")
        other = (file.parent / unquote(location)).resolve() if location else file
        if other == self._path:
            return f"#{target}"
        if (other, target) not in self._moved:
            value = self._target(file, other, target, pointer, reference)
            name = self._free_name(kind, target.rpartition("/")[2] or other.stem)
            self._moved[other, target] = f"#/components/{kind}/{escape(name)}"
            self._components[kind][name] = {}
            self._components[kind][name] = self._rewritten(other, value, target, kind)
        return self._moved[other, target]

    def _target(self, file: Path, other: Path, target: str, pointer: str, reference: str) -> Any:
        try:
            return lookup(self._file(other), f"#{unquote(target)}")
        except ContractError as error:
            if other == file or error.line:
                raise
            raise self._refused(file, pointer, reference, f"leads nowhere: {other.name} {error.reason}") from error
        except (KeyError, IndexError, ValueError, TypeError):
            raise self._refused(file, pointer, reference, "leads nowhere: check the spelling") from None

    def _free_name(self, kind: str, name: str) -> str:
        taken = self._components.setdefault(kind, {})
        name = re.sub(r"[^A-Za-z0-9._-]", "_", name) or kind
        return name if name not in taken else next(n for i in range(2, 100_000) if (n := f"{name}_{i}") not in taken)

    def _refuse_dead_ends(self, document: dict[str, Any]) -> None:
        checked: set[str] = set()
        for pointer, reference in _references(document, ""):
            seen = [reference]
            while seen[-1] not in checked:
                try:
                    value = lookup(document, seen[-1])
                except (KeyError, IndexError, ValueError, TypeError):
                    raise self._refused(self._path, pointer, reference, "leads nowhere: check the spelling") from None
                if not (isinstance(value, dict) and isinstance(value.get("$ref"), str)):
                    break
                if value["$ref"] in seen:
                    raise self._refused(self._path, pointer, reference, "leads back to itself and never to a value")
                seen.append(value["$ref"])
            checked.update(seen)

    def _refused(self, file: Path, pointer: str, reference: str, reason: str) -> ContractError:
        return self._error(file, f"{pointer}/$ref", f"$ref '{reference}' {reason}")

    def _error(self, file: Path, pointer: str, reason: str) -> ContractError:
        return ContractError(file, read(file).line_of(pointer), reason)


def _kept(key: str, kind: str) -> str:
    """Below a media type or a schema everything is a schema; a response's own name or a status changes nothing."""
    if key in {"schema", "properties", "items", "allOf", "anyOf", "oneOf", "schemas", "additionalProperties", "not"}:
        return "schemas"
    return kind


def _references(node: Any, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, list):
        for index, one in enumerate(node):
            yield from _references(one, f"{pointer}/{index}")
    elif isinstance(node, dict):
        if isinstance(node.get("$ref"), str) and not pointer.endswith("/properties"):
            yield pointer, node["$ref"]
        for key, one in node.items():
            if key not in _DATA or pointer.endswith("/properties"):
                yield from _references(one, f"{pointer}/{escape(key)}")


def _data(path: Path) -> Any:
    """JSON by the quick way, since it may be megabytes; what is wrong is found by the reader that knows lines."""
    if path.suffix == ".json":
        try:
            return orjson.loads(path.read_bytes())
        except (OSError, orjson.JSONDecodeError):
            pass
    return read(path).data


__all__ = ["files_of", "read_document"]
