"""The operations that a client is made for, and one document with what they refer to and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tandem.kit.contract import Operation
from tandem.kit.contract.operations import METHODS, Parameter, lookup
from tandem.spec.bundle import bundle_all
from tandem.spec.manifest import Manifest

JSON = "application/json"
# A browser and httpx keep their own caches; an answer without a body would make every method's type awkward.
_LEFT_TO_THE_CACHE = frozenset({"if-none-match"})


@dataclass(frozen=True)
class Selection:
    document: dict[str, Any]
    operations: tuple[Operation, ...]

    def body_of(self, operation: Operation) -> Mapping[str, Any] | None:
        body = self._resolved(self.spoken(operation).get("requestBody"))
        return None if body is None else dict(body["content"][JSON]["schema"])

    def answers_of(self, operation: Operation) -> list[tuple[int, str | None, Mapping[str, Any]]]:
        """`(status, media type, schema)` of each success, no media type where there is no body."""
        found: list[tuple[int, str | None, Mapping[str, Any]]] = []
        for status, response in operation.responses.items():
            if 200 <= status < 300:
                content = self._resolved(self.spoken(operation)["responses"][str(status)]).get("content", {})
                media_type = response.media_type
                found.append((status, media_type, content[media_type].get("schema", {}) if media_type else {}))
        return found

    def schema_of(self, operation: Operation, parameter: Parameter) -> Mapping[str, Any]:
        path = self.document["paths"][operation.path]
        raw = [*self.spoken(operation).get("parameters", ()), *path.get("parameters", ())]
        named = (one["schema"] for one in map(self._resolved, raw) if one["name"] == parameter.name)
        schema: Mapping[str, Any] = self._resolved(next(named))
        return schema

    def spoken(self, operation: Operation) -> dict[str, Any]:
        """The operation as the document says it."""
        spoken: dict[str, Any] = self.document["paths"][operation.path][operation.method.lower()]
        return spoken

    def _resolved(self, node: Any) -> Any:
        while isinstance(node, dict) and "$ref" in node:
            node = lookup(self.document, node["$ref"])
        return node


def select(manifest: Manifest, services: Sequence[str]) -> Selection:
    operations = tuple(
        operation for name, service in manifest.services.items() if name in services
        for operation in service.contract.operations
    )  # fmt: skip
    whole = bundle_all(manifest.path.parent)
    wanted = {operation.path for operation in operations}
    paths = {path: _without_cache_headers(item, whole) for path, item in whole["paths"].items() if path in wanted}
    document = {**whole, "paths": paths, "components": {}}
    for reference in sorted(reachable(whole, paths)):
        _, _, kind, name = reference.split("/", 3)
        document["components"].setdefault(kind, {})[name] = lookup(whole, reference)
    return Selection(document, operations)


def reachable(document: Mapping[str, Any], node: Any) -> set[str]:
    """Every reference that something makes, also through what it refers to."""
    found: set[str] = set()
    waiting = list(_references(node))
    while waiting:
        reference = waiting.pop()
        if reference not in found:
            found.add(reference)
            waiting += _references(lookup(document, reference))
    return found


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _references(item)
    elif isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for key, value in node.items():
            # Examples are long, and what they hold are values.
            if key not in ("examples", "example"):
                yield from _references(value)


def _without_cache_headers(item: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: {**value, "parameters": _kept(value.get("parameters", []), document)} if key in METHODS else value
        for key, value in item.items()
    }


def _kept(parameters: list[dict[str, Any]], document: Mapping[str, Any]) -> list[dict[str, Any]]:
    def name(parameter: dict[str, Any]) -> str:
        return str((lookup(document, parameter["$ref"]) if "$ref" in parameter else parameter)["name"]).lower()

    return [parameter for parameter in parameters if name(parameter) not in _LEFT_TO_THE_CACHE]
