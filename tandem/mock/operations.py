"""The operations of any OpenAPI document, read leniently: the mock serves what Tandem did not write, too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import orjson

from tandem.kit.contract import Contract
from tandem.kit.contract import Operation as Strict
from tandem.kit.contract.operations import lookup
from tandem.kit.contract.validation import RequestCheck
from tandem.kit.telemetry.masking import sensitive_names
from tandem.mock.dialect import modernised

METHODS = ("get", "put", "post", "patch", "delete", "head", "options", "trace")
_PLACEHOLDER = re.compile(r"\{([^}]*)\}")
_WORDS = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True)
class Response:
    """What one status answers. `examples` are by name; a lone `example` has the empty name."""

    status: int
    media_type: str | None
    schema: Mapping[str, Any]
    examples: Mapping[str, Any]
    headers: Mapping[str, Mapping[str, Any]]
    links: Mapping[str, Mapping[str, Any]]

    @property
    def is_json(self) -> bool:
        return self.media_type is not None and "json" in self.media_type


@dataclass(frozen=True, eq=False)
class Document:
    """One OpenAPI document that stands alone. `contract` is set where the kit's own, strict reading applies."""

    service: str
    origin: str
    data: dict[str, Any]
    contract: Contract | None = None

    @cached_property
    def text(self) -> str:
        """For the engine, which reads it in its own process. Security is checked here or not at all."""
        return orjson.dumps(self.data).decode()

    @cached_property
    def modern(self) -> dict[str, Any]:
        """With its schemas in the dialect of OpenAPI 3.1, whatever it was written in."""
        return self.data if str(self.data.get("openapi", "")).startswith("3.1") else modernised(self.data)

    @cached_property
    def prefixes(self) -> tuple[str, ...]:
        """Paths of the servers the document names: clients made from it may send them."""
        urls = [str(one.get("url", "")) for one in self.data.get("servers") or () if isinstance(one, dict)]
        paths = (urlsplit(url).path.rstrip("/") for url in urls if "{" not in url)
        return tuple(dict.fromkeys(path for path in paths if path.startswith("/")))

    @cached_property
    def sensitive(self) -> frozenset[str]:
        return sensitive_names(self.modern)

    def resolve(self, value: Any) -> Any:
        while isinstance(value, Mapping) and isinstance(value.get("$ref"), str):
            value = lookup(self.modern, value["$ref"])
        return value

    def schema(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """A schema made to stand alone for a validator."""
        return {**schema, "components": self.modern.get("components", {})}


@dataclass(frozen=True, eq=False)
class Operation:
    document: Document
    id: str
    method: str
    path: str
    definition: Mapping[str, Any]
    item: Mapping[str, Any]
    strict: Strict | None

    @property
    def service(self) -> str:
        return self.document.service

    @property
    def name(self) -> str:
        return f"{self.service}.{self.id}"

    @cached_property
    def path_names(self) -> tuple[str, ...]:
        return tuple(_PLACEHOLDER.findall(self.path))

    @property
    def summary(self) -> str:
        return str(self.definition.get("summary") or self.id)

    @cached_property
    def responses(self) -> Mapping[str, Response]:
        """By the key of the document: `200`, `2XX`, `default`."""
        raw = self.definition.get("responses") or {}
        return {str(key): _response(self.document, str(key), self.document.resolve(one)) for key, one in raw.items()}

    @cached_property
    def success(self) -> Response:
        """The first of 200 … 299, else `2XX`, else `default`, else an empty 200."""
        good = sorted(key for key in self.responses if key[:1] == "2")
        key = next(iter([*good, *(key for key in self.responses if key == "default")]), None)
        return self.responses[key] if key else Response(200, None, {}, {}, {}, {})

    @cached_property
    def check(self) -> RequestCheck | None:
        """The kit's own check of requests, for the contracts the kit's services are built from."""
        if self.strict is None or self.document.contract is None:
            return None
        return RequestCheck(self.document.contract, self.strict)

    @cached_property
    def parameters(self) -> tuple[Mapping[str, Any], ...]:
        raw = [*(self.item.get("parameters") or ()), *(self.definition.get("parameters") or ())]
        found = (self.document.resolve(one) for one in raw)
        return tuple({(one.get("in"), one.get("name")): one for one in found if isinstance(one, Mapping)}.values())

    def parameters_in(self, location: str) -> tuple[Mapping[str, Any], ...]:
        return tuple(one for one in self.parameters if one.get("in") == location)

    @cached_property
    def query_names(self) -> frozenset[str]:
        return frozenset(str(one.get("name")) for one in self.parameters_in("query"))

    @cached_property
    def is_protected(self) -> bool:
        security = self.definition.get("security", self.document.data.get("security"))
        return bool(security) and {} not in security

    @cached_property
    def body_examples(self) -> Mapping[str, Any]:
        """Named examples of the JSON request body."""
        body = self.document.resolve(self.definition.get("requestBody")) or {}
        media = (body.get("content") or {}).get("application/json") or {}
        return _examples(self.document, media)

    @cached_property
    def has_body(self) -> bool:
        return "requestBody" in self.definition


def read_operations(document: Document) -> Iterator[Operation]:
    strict = {(one.method, one.path): one for one in document.contract.operations} if document.contract else {}
    taken: set[str] = set()
    for path, raw in document.modern["paths"].items():
        item = document.resolve(raw)
        for method in (key for key in METHODS if isinstance(item.get(key), Mapping)):
            definition = item[method]
            name = _unique(str(definition.get("operationId") or _made_up_id(method, path)), taken)
            taken.add(name)
            found = strict.get((method.upper(), path))
            yield Operation(document, name, method.upper(), path, definition, item, found)


def _unique(name: str, taken: set[str]) -> str:
    name = _WORDS.sub("_", name)
    return name if name not in taken else next(n for i in range(2, 10_000) if (n := f"{name}_{i}") not in taken)


def _made_up_id(method: str, path: str) -> str:
    return method + "".join(word[:1].upper() + word[1:] for word in _WORDS.split(path) if word)


def _response(document: Document, key: str, raw: Any) -> Response:
    raw = raw if isinstance(raw, Mapping) else {}
    content = raw.get("content") or {}
    media_type = next((one for one in content if "json" in one), next(iter(content), None))
    media = (content.get(media_type) or {}) if media_type else {}
    return Response(
        status=int(key) if key.isdecimal() else (200 if key == "default" else int(key[0]) * 100),
        media_type=media_type if media_type is None or "*" not in media_type else "application/json",
        schema=media.get("schema") or {},
        examples=_examples(document, media),
        headers={name.lower(): document.resolve(one) for name, one in (raw.get("headers") or {}).items()},
        links={name: document.resolve(link) for name, link in (raw.get("links") or {}).items()},
    )


def _examples(document: Document, media: Mapping[str, Any]) -> dict[str, Any]:
    named = media.get("examples")
    if isinstance(named, Mapping) and named:
        resolved = {name: document.resolve(one) for name, one in named.items()}
        return {name: one["value"] for name, one in resolved.items() if isinstance(one, Mapping) and "value" in one}
    return {"": media["example"]} if "example" in media else {}
