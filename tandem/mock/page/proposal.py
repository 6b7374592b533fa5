"""A request that works, for each operation: the ids of the scenario, the contract's own examples, what is required."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import orjson

from tandem.mock.identity import rewritten
from tandem.mock.mock import Mock
from tandem.mock.operations import Operation
from tandem.mock.page.text import words
from tandem.mock.resources import Collection
from tandem.mock.session import Session
from tandem.mock.values import sample

_MOST_BODY = 64_000
_MOST_OPTIONS = 60
_MOST_HINT = 300


@dataclass(frozen=True)
class Field:
    """One parameter. `value` stands in the form from the start, `example` only shows what could."""

    where: str
    name: str
    value: str
    example: str
    hint: str
    required: bool
    options: tuple[str, ...]

    @property
    def key(self) -> str:
        return f"{self.where}.{self.name}"


@dataclass(frozen=True)
class Proposal:
    fields: tuple[Field, ...]
    media_type: str | None
    body: str
    headers: str

    @property
    def values(self) -> dict[str, str]:
        """As the form sends them when nobody has touched it."""
        return {**{one.key: one.value for one in self.fields}, "body": self.body, "headers": self.headers}


async def propose(mock: Mock, session: Session, operation: Operation) -> Proposal:
    author = _Author(mock, session, operation)
    media_type, body = author.body()
    headers = "Authorization: Bearer any" if mock.auth and operation.is_protected else ""
    return Proposal(tuple([await author.field(one) for one in author.parameters()]), media_type, body, headers)


def media_type_of(operation: Operation) -> str | None:
    content = _content(operation)
    return next((one for one in content if "json" in one), next(iter(content), None))


class _Author:
    def __init__(self, mock: Mock, session: Session, operation: Operation) -> None:
        self._stories = mock.answering.stories
        self._resources = mock.loaded.resources
        self._operation = operation
        self._scenario = session.scenario if session.scenario in self._stories.names else self._stories.first
        self._world = session.worlds.get(self._scenario)
        self._ids: dict[str, str] = {}

    def parameters(self) -> list[Mapping[str, Any]]:
        """Path parameters first, in the order of the path, whether the document declares them or not."""
        named = {str(one.get("name")): one for one in self._operation.parameters_in("path")}
        path = [named.get(name, {"name": name, "in": "path"}) for name in self._operation.path_names]
        return [*path, *self._operation.parameters_in("query"), *self._operation.parameters_in("header")]

    async def field(self, parameter: Mapping[str, Any]) -> Field:
        where, name = str(parameter.get("in")), str(parameter.get("name"))
        required = where == "path" or parameter.get("required") is True
        example = await self._example(where, name, parameter)
        # A key is for one request alone, so the next one makes its own.
        is_filled = required and name.lower() != "idempotency-key"
        schema = self._operation.document.resolve(parameter.get("schema"))
        return Field(
            where,
            name,
            example if is_filled else "",
            example,
            " ".join(words(parameter.get("description")).split())[:_MOST_HINT],
            required,
            _options(schema),
        )

    async def _example(self, where: str, name: str, parameter: Mapping[str, Any]) -> str:
        if where == "path" and (found := await self._id(name)) is not None:
            self._ids[name] = found
            return found
        if where == "header" and name.lower() == "if-match" and (version := await self._version()) is not None:
            return f'"{version}"'
        text = _text(_said(self._operation, parameter))
        # Any id will do where nobody says which there are, but none will not.
        return text or (name if where == "path" else "")

    async def _id(self, name: str) -> str | None:
        collection = self._collection(name)
        if collection is None:
            return None
        primary, world = self._stories.primary(collection, self._scenario), self._world
        known = [*([primary] if primary else []), *await self._stories.seeds(collection, self._scenario)]
        there = (one for one in known if world is None or not world.is_deleted(collection, one))
        return next(there, known[0] if known else None)

    def _collection(self, name: str) -> Collection | None:
        own = self._resources.role(self._operation).collection
        return self._resources.by_parameter.get(name) or (own if own and own.parameter == name else None)

    async def _version(self) -> int | None:
        """The newest, as this session has it."""
        collection = self._resources.role(self._operation).collection
        if collection is None or collection.parameter not in self._ids:
            return None
        thing_id = self._ids[collection.parameter]
        seeds = await self._stories.seeds(collection, self._scenario)
        thing = self._world.find(collection, seeds, thing_id) if self._world else seeds.get(thing_id)
        version = thing.body.get("version") if thing else None
        return version if isinstance(version, int) else None

    def body(self) -> tuple[str | None, str]:
        media_type = media_type_of(self._operation)
        if media_type is None:
            return None, ""
        text = _written(media_type, self._body_value(media_type))
        return media_type, text if len(text) <= _MOST_BODY else ""

    def _body_value(self, media_type: str) -> Any:
        examples = self._operation.body_examples
        named = next((one for one in (self._scenario, self._stories.first, *examples) if one in examples), None)
        if named is not None and "json" in media_type:
            return rewritten(examples[named], self._stories.translation(named, self._scenario))
        schema = _content(self._operation)[media_type].get("schema")
        return sample(self._operation.document, schema) if schema else None


def _content(operation: Operation) -> Mapping[str, Any]:
    body = operation.document.resolve(operation.definition.get("requestBody"))
    content = body.get("content") if isinstance(body, Mapping) else None
    return {kind: one if isinstance(one, Mapping) else {} for kind, one in (content or {}).items()}


def _said(operation: Operation, parameter: Mapping[str, Any]) -> Any:
    if "example" in parameter:
        return parameter["example"]
    for one in (parameter.get("examples") or {}).values():
        found = operation.document.resolve(one)
        if isinstance(found, Mapping) and "value" in found:
            return found["value"]
    return sample(operation.document, parameter["schema"]) if "schema" in parameter else ""


def _options(schema: Any) -> tuple[str, ...]:
    if not isinstance(schema, Mapping):
        return ()
    known = ["true", "false"] if schema.get("type") == "boolean" else schema.get("enum") or []
    return tuple(_text(one) for one in known if one is not None)[:_MOST_OPTIONS]


def _written(media_type: str, value: Any) -> str:
    if "json" in media_type:
        return "" if value is None else orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
    if media_type == "application/x-www-form-urlencoded" and isinstance(value, Mapping):
        return urlencode({key: _text(one) for key, one in value.items() if not isinstance(one, (dict, list))})
    return value if isinstance(value, str) else ""


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else orjson.dumps(value).decode()
