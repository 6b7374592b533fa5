"""Which kind of part stands where in an OpenAPI document; whatever is not listed is data and is left alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tandem.kit.contract.operations import METHODS
from tandem.kit.contract.source import escape, pointer_parts

ALL_METHODS = (*METHODS, "head", "options", "trace")
# Components by the key they stand under; `media`, `operation` and the like have no components.
COMPONENTS = (
    "schemas",
    "responses",
    "parameters",
    "examples",
    "requestBodies",
    "headers",
    "securitySchemes",
    "links",
    "callbacks",
    "pathItems",
)
NAMES = {
    "document": "a whole document",
    "components": "all the components",
    "schemas": "a schema",
    "responses": "a response",
    "parameters": "a parameter",
    "examples": "an example",
    "requestBodies": "a request body",
    "headers": "a header",
    "securitySchemes": "a security scheme",
    "links": "a link",
    "callbacks": "a callback",
    "pathItems": "a path",
    "operation": "an operation",
    "media": "a media type",
    "encoding": "an encoding",
}


@dataclass(frozen=True)
class _Held:
    """What a key holds: one part, a list of parts (`[]`) or parts by name (`{}`)."""

    kind: str
    many: str = ""


def _one(kind: str, *keys: str) -> dict[str, _Held]:
    return {key: _Held(kind) for key in keys}


_PARAMETER = {
    "schema": _Held("schemas"),
    "content": _Held("media", "{}"),
    "examples": _Held("examples", "{}"),
}
_SHAPES: dict[str, Mapping[str, _Held]] = {
    "document": {
        "paths": _Held("pathItems", "{}"),
        "webhooks": _Held("pathItems", "{}"),
        "components": _Held("components"),
    },
    "components": {kind: _Held(kind, "{}") for kind in COMPONENTS},
    "pathItems": {"parameters": _Held("parameters", "[]"), **_one("operation", *ALL_METHODS)},
    "operation": {
        "parameters": _Held("parameters", "[]"),
        "requestBody": _Held("requestBodies"),
        "responses": _Held("responses", "{}"),
        "callbacks": _Held("callbacks", "{}"),
    },
    "parameters": _PARAMETER,
    "headers": _PARAMETER,
    "requestBodies": {"content": _Held("media", "{}")},
    "responses": {
        "headers": _Held("headers", "{}"),
        "content": _Held("media", "{}"),
        "links": _Held("links", "{}"),
    },
    "media": {
        "schema": _Held("schemas"),
        "examples": _Held("examples", "{}"),
        "encoding": _Held("encoding", "{}"),
    },
    "encoding": {"headers": _Held("headers", "{}")},
    "schemas": {
        **{key: _Held("schemas", "{}") for key in ("properties", "patternProperties", "$defs", "dependentSchemas")},
        **{key: _Held("schemas", "[]") for key in ("allOf", "anyOf", "oneOf", "prefixItems")},
        **_one("schemas", "items", "not", "additionalProperties", "contains", "propertyNames", "if", "then", "else",
               "unevaluatedProperties", "unevaluatedItems"),
    },
}  # fmt: skip


@dataclass(frozen=True)
class Part:
    """`key` is the name or number under which its holder has it."""

    kind: str
    pointer: str
    key: str
    value: Any


def parts(kind: str, value: Any, pointer: str = "") -> Iterator[Part]:
    """The parts that stand directly in a part; a value of the wrong type has none."""
    if not isinstance(value, Mapping):
        return
    if kind == "callbacks":
        yield from _by_name("pathItems", value, pointer)
        return
    for key, held in _SHAPES.get(kind, {}).items():
        if key not in value:
            continue
        inside, at = value[key], f"{pointer}/{key}"
        if not held.many:
            yield Part(held.kind, at, key, inside)
        elif held.many == "[]" and isinstance(inside, list):
            yield from (Part(held.kind, f"{at}/{index}", str(index), item) for index, item in enumerate(inside))
        elif held.many == "{}" and isinstance(inside, Mapping):
            yield from _by_name(held.kind, inside, at)


def _by_name(kind: str, named: Mapping[str, Any], pointer: str) -> Iterator[Part]:
    for name, item in named.items():
        # A property or a header may be called so; beside paths and statuses it is an extension.
        if not name.startswith("x-") or kind not in {"pathItems", "responses"}:
            yield Part(kind, f"{pointer}/{escape(name)}", name, item)


def walk(kind: str, value: Any, pointer: str = "") -> Iterator[Part]:
    """The part itself and everything in it, each before what it holds. References are not followed."""
    left = [Part(kind, pointer, "", value)]
    while left:
        part = left.pop()
        yield part
        left += reversed(list(parts(part.kind, part.value, part.pointer)))


def kind_at(pointer: str) -> str | None:
    """The kind of part a pointer into a document names, or None where parts of any kind may stand."""
    kind, many = "document", ""
    for part in pointer_parts(pointer):
        if many:
            many = ""
        elif kind == "callbacks":
            kind = "pathItems"
        elif (held := _SHAPES.get(kind, {}).get(part)) is not None:
            kind, many = held.kind, held.many
        else:
            return None
    return None if many else kind
