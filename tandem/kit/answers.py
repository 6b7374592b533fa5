"""From what a handler returns to what goes over the wire, by the contract's success response."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from tandem.kit.contract.operations import Contract, Operation

_PLACEHOLDER = re.compile(r"\{([^}]+)\}")


@dataclass(slots=True)
class Answer:
    """One complete answer; header names are lower case."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Stream:
    """An answer that is made while it is sent."""

    status: int
    chunks: AsyncIterator[bytes]
    headers: dict[str, str] = field(default_factory=dict)


class Renderer:
    """Renders results of one operation."""

    def __init__(self, contract: Contract, operation: Operation) -> None:
        success = operation.success
        self._status = success.status
        self._media_type = success.media_type
        self._leaves_out = any(_may_leave_out(contract, schema) for schema in success.content.values())
        self._location = _Location.of(contract, operation) if "location" in success.headers else None

    def render(self, result: Any, path_parameters: Mapping[str, Any]) -> Answer | Stream:
        headers = {"content-type": self._media_type} if self._media_type else {}
        if self._location is not None:
            headers["location"] = self._location.expand(result, path_parameters)
        if isinstance(result, BaseModel):
            return Answer(
                self._status,
                result.__pydantic_serializer__.to_json(result, by_alias=True, exclude_unset=self._leaves_out),
                headers,
            )
        if isinstance(result, bytes):
            return Answer(self._status, result, headers)
        if isinstance(result, AsyncIterator):
            return Stream(self._status, result, headers)
        if result is None and self._media_type is None:
            return Answer(self._status, b"", headers)
        raise TypeError(f"a handler returned {type(result).__name__}: return a model, bytes, an async iterator or None")


def _may_leave_out(contract: Contract, schema: Any, seen: frozenset[str] = frozenset()) -> bool:
    """Whether somewhere in an answer a field may be missing and may not be null: then it is told only if it was set."""
    if isinstance(schema, Mapping) and "$ref" in schema:
        name = str(schema["$ref"])
        return name not in seen and _may_leave_out(contract, contract.resolve(schema), seen | {name})
    if isinstance(schema, list):
        return any(_may_leave_out(contract, one, seen) for one in schema)
    if not isinstance(schema, Mapping):
        return False
    properties = schema.get("properties") or {}
    optional = properties.keys() - set(schema.get("required") or ())
    inner = [schema[key] for key in ("items", "allOf", "anyOf", "oneOf", "additionalProperties") if key in schema]
    return any(not _is_nullable(contract, properties[name]) for name in optional) or any(
        _may_leave_out(contract, one, seen) for one in (*properties.values(), *inner)
    )


def _is_nullable(contract: Contract, schema: Any) -> bool:
    found = contract.resolve(schema)
    branches = [*(found.get("anyOf") or ()), *(found.get("oneOf") or ())]
    return found == {} or "null" in (found.get("type") or ()) or any(_is_nullable(contract, one) for one in branches)


class _Location:
    """`Location` from the response link `self`: the address of what was created (OpenAPI Link Object)."""

    def __init__(self, path: str, expressions: Mapping[str, str]) -> None:
        self._path = path
        self._expressions = expressions

    @classmethod
    def of(cls, contract: Contract, operation: Operation) -> _Location:
        link = operation.success.links.get("self")
        if link is None:
            raise contract.error(operation, f"{operation.id} promises a Location header but has no link named `self`")
        path = next((one.path for one in contract.operations if one.id == link.get("operationId")), None)
        expressions = link.get("parameters", {})
        if path is None or set(_PLACEHOLDER.findall(path)) != expressions.keys():
            raise contract.error(
                operation, f"the link `self` of {operation.id} must name an operation and its parameters"
            )
        return cls(path, expressions)

    def expand(self, result: Any, path_parameters: Mapping[str, Any]) -> str:
        return _PLACEHOLDER.sub(lambda match: self._value(match[1], result, path_parameters), self._path)

    def _value(self, name: str, result: Any, path_parameters: Mapping[str, Any]) -> str:
        expression = self._expressions[name]
        if expression.startswith("$request.path."):
            return str(path_parameters[expression.removeprefix("$request.path.")])
        for part in expression.removeprefix("$response.body#/").split("/"):
            result = getattr(result, part)
        return str(getattr(result, "root", result))
