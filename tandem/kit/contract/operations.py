"""What a contract promises, as typed values: the one reading of OpenAPI that the kit and the tools share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from keyword import iskeyword
from pathlib import Path
from typing import Any

from tandem.kit.contract.bundle import Bundle, bundle
from tandem.kit.contract.source import ContractError, escape, pointer_parts, read

METHODS = ("get", "put", "post", "patch", "delete")
SAFE_METHODS = frozenset({"GET", "HEAD"})
# RFC 9110: a second such request has no further effect. A POST may promise as much with `x-idempotent`.
_REPEATABLE = frozenset({"get", "put", "delete"})
_PLACEHOLDER = re.compile(r"\{([^}]*)\}")
_STATUS = re.compile(r"[1-5][0-9]{2}")
_RANGE = re.compile(r"[1-5]XX")
_NOT_OF_NAMES = re.compile(r"[^a-z0-9]+")
_NOT_OF_WORDS = re.compile(r"[^A-Za-z0-9]+")
_JSON = re.compile(r"application/([\w.+-]+\+)?json\b|\*/\*")
_SEPARATORS = {"form": ",", "simple": ",", "spaceDelimited": " ", "pipeDelimited": "|"}
_SUCCESS = 200
_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True)
class Parameter:
    """`argument` is what a handler calls it. Between the values of a list stands its `separator`; without, each is sent
    by itself."""

    name: str
    location: str
    required: bool
    schema: Mapping[str, Any]
    default: Any
    type: str
    argument: str
    separator: str = ""


@dataclass(frozen=True)
class Response:
    """`content` maps a media type to its schema; `links` maps a link's name to its Link Object."""

    status: int
    content: Mapping[str, Mapping[str, Any]]
    headers: frozenset[str]
    needed_headers: frozenset[str]
    links: Mapping[str, Mapping[str, Any]]

    @property
    def media_type(self) -> str | None:
        return next(iter(self.content), None)


@dataclass(frozen=True)
class Slo:
    """`x-slo`: 95th percentile in milliseconds and share of failed requests."""

    p95_ms: float
    error_rate: float


@dataclass(frozen=True)
class Operation:
    """`responses` are by status; `other_responses` stand for several, `4XX` or `default`. `body` is that of JSON."""

    id: str
    method: str
    path: str
    summary: str
    parameters: tuple[Parameter, ...]
    body: Mapping[str, Any] | None
    body_required: bool
    responses: Mapping[int, Response]
    other_responses: Mapping[str, Response]
    scopes: frozenset[str] | None
    idempotent: bool
    slo: Slo | None
    flag: str | None
    deprecated: bool
    deprecated_since: str | None
    sunset: str | None

    @property
    def handler_name(self) -> str:
        return _identifier(self.id)

    @property
    def route(self) -> str:
        """The path as the router takes it, which knows no `{loan-id}`."""
        return _PLACEHOLDER.sub(lambda found: f"{{{routed(found[1])}}}", self.path)

    @property
    def is_safe(self) -> bool:
        return self.method in SAFE_METHODS

    @cached_property
    def success(self) -> Response:
        found = [response for status, response in sorted(self.responses.items()) if 200 <= status < 300]
        found += [self.other_responses[name] for name in ("2XX", "default") if name in self.other_responses]
        found += [response for status, response in sorted(self.responses.items()) if status < 400]
        return found[0]

    def response_to(self, status: int) -> Response | None:
        """What the contract says of a status: by itself, with those like it, or with all others."""
        others = self.other_responses
        return self.responses.get(status) or others.get(f"{status // 100}XX") or others.get("default")

    def parameters_in(self, *locations: str) -> list[Parameter]:
        return [parameter for parameter in self.parameters if parameter.location in locations]

    def takes_header(self, name: str) -> bool:
        return any(parameter.name.lower() == name.lower() for parameter in self.parameters_in("header"))


@dataclass(frozen=True)
class Contract:
    path: Path
    document: dict[str, Any]
    operations: tuple[Operation, ...]

    @property
    def title(self) -> str:
        return str(self.document["info"]["title"])

    @property
    def version(self) -> str:
        return str(self.document["info"]["version"])

    def schema(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """A schema of this contract made to stand alone for a validator, with the components that it leads to: a
        validator reads all that it is given, and is made for each parameter."""
        components: dict[str, dict[str, Any]] = {}
        left: list[Any] = [schema]
        while left:
            node = left.pop()
            if isinstance(node, Mapping):
                left += node.values()
                left += self._newly_led_to(str(node.get("$ref", "")), components)
            elif isinstance(node, list):
                left += node
        return {**schema, "components": components}

    def _newly_led_to(self, reference: str, known: dict[str, dict[str, Any]]) -> Iterator[Any]:
        _, _, target = reference.partition("#/components/")
        kind, _, rest = target.partition("/")
        name = rest.partition("/")[0].replace("~1", "/").replace("~0", "~")
        components = self.document.get("components", {}).get(kind, {})
        # What only looks like a reference stands in an example.
        if name in components and name not in known.setdefault(kind, {}):
            known[kind][name] = components[name]
            yield components[name]

    def resolve(self, value: Any) -> Any:
        """Follow local references until there is something else."""
        while isinstance(value, Mapping) and "$ref" in value:
            value = lookup(self.document, str(value["$ref"]))
        return value

    def operation(self, operation_id: str) -> Operation:
        for operation in self.operations:
            if operation.id == operation_id:
                return operation
        raise KeyError(operation_id)

    def error(self, operation: Operation, reason: str) -> ContractError:
        pointer = f"/paths/{escape(operation.path)}/{operation.method.lower()}/operationId"
        return ContractError(self.path, read(self.path).line_of(pointer), reason)


def routed(name: str) -> str:
    """A path parameter as the router calls it."""
    return name if name.isidentifier() else "_" + _NOT_OF_WORDS.sub("_", name)


def snake_case(name: str) -> str:
    return _WORD_START.sub("_", name).lower()


def lookup(document: Mapping[str, Any], reference: str) -> Any:
    value: Any = document
    for part in pointer_parts(reference.removeprefix("#")):
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


def load_contract(path: Path) -> Contract:
    """Read, bundle and understand a contract; raises ContractError with file and line."""
    bundled = bundle(path)
    contract = Contract(path, bundled.document, ())
    operations = tuple(_operations(bundled, contract))
    seen: set[str] = set()
    for operation in operations:
        if operation.id in seen:
            raise contract.error(operation, f"operationId {operation.id} stands twice; each operation needs its own")
        seen.add(operation.id)
    return Contract(path, bundled.document, operations)


def _operations(bundled: Bundle, contract: Contract) -> Iterator[Operation]:
    paths = bundled.document.get("paths")
    if not isinstance(paths, dict) or not paths:
        raise bundled.error("/paths", "has no paths: a contract needs at least one operation")
    for path, item in paths.items():
        if not isinstance(item, dict):
            raise bundled.error(f"/paths/{escape(path)}", f"{path} must be an object of operations")
        for method in (key for key in item if key in METHODS):
            try:
                yield _operation(contract, path, method, item)
            except (KeyError, TypeError, AttributeError, ValueError, StopIteration) as error:
                reason = f"{method.upper()} {path} is not a complete operation: {_missing(error)}"
                raise bundled.error(f"/paths/{escape(path)}/{method}", reason) from error


def _missing(error: Exception) -> str:
    return f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error) or type(error).__name__


def _operation(contract: Contract, path: str, method: str, item: Mapping[str, Any]) -> Operation:
    definition = item[method]
    id_ = definition.get("operationId", _made_up_id(method, path))
    if not isinstance(id_, str):
        raise TypeError("its operationId must be text")
    body = contract.resolve(definition.get("requestBody"))
    responses, other_responses = _responses(contract, definition["responses"])
    slo = definition.get("x-slo")
    operation = Operation(
        id=id_,
        method=method.upper(),
        path=path,
        summary=definition.get("summary", ""),
        parameters=tuple(_parameters(contract, item, definition)),
        body=_json_schema(body) if body else None,
        body_required=bool(body and body.get("required")),
        responses=responses,
        other_responses=other_responses,
        scopes=_scopes(definition.get("security", contract.document.get("security"))),
        idempotent=method in _REPEATABLE or bool(definition.get("x-idempotent")),
        slo=Slo(float(slo["p95_ms"]), float(slo["error_rate"])) if slo else None,
        flag=definition.get("x-flag"),
        deprecated=bool(definition.get("deprecated")),
        deprecated_since=definition.get("x-deprecated-since"),
        sunset=definition.get("x-sunset"),
    )
    if not any(status < 400 for status in responses) and not {"2XX", "default"} & other_responses.keys():
        raise ValueError("it has no success response")
    named = {parameter.name for parameter in operation.parameters_in("path")}
    if differing := named ^ set(_PLACEHOLDER.findall(path)):
        raise ValueError(f"path and path parameters differ in {', '.join(sorted(differing))}")
    return operation


def _parameters(contract: Contract, item: Mapping[str, Any], definition: Mapping[str, Any]) -> Iterator[Parameter]:
    merged: dict[tuple[str, str], Mapping[str, Any]] = {}
    for raw in [*item.get("parameters", ()), *definition.get("parameters", ())]:
        parameter = contract.resolve(raw)
        merged[parameter["in"], parameter["name"]] = parameter
    taken = {"call", "body"}
    for (location, name), parameter in merged.items():
        own = _parameter_schema(parameter)
        schema = contract.resolve(own)
        yield Parameter(
            name=name,
            location=location,
            required=bool(parameter.get("required")),
            schema=own,
            default=schema.get("default"),
            type=_kind(contract, schema),
            argument=_argument(name, taken) if location in ("path", "query") else "",
            separator=_separator(parameter),
        )


def _separator(parameter: Mapping[str, Any]) -> str:
    """Of the `style` and `explode` of a Parameter Object; "" for a list that is sent value by value."""
    style = parameter.get("style", "form" if parameter["in"] == "query" else "simple")
    is_repeated = style == "form" and parameter.get("explode", True)
    return "" if is_repeated else _SEPARATORS.get(style, "")


def _kind(contract: Contract, schema: Mapping[str, Any]) -> str:
    """Of the value; "any" where it may be one of several."""
    given = schema.get("type")
    if given is None:
        branches = (contract.resolve(one) for key in ("oneOf", "anyOf", "allOf") for one in schema.get(key) or ())
        kinds = {_kind(contract, one) for one in branches} - {"null"}
        return "any" if len(kinds) > 1 else next(iter(kinds), "string")
    return given if isinstance(given, str) else next(one for one in given if one != "null")


def _parameter_schema(parameter: Mapping[str, Any]) -> Mapping[str, Any]:
    """A parameter may be a document of its own; then it is text, and what is in it is for the handler to read."""
    schema: Mapping[str, Any] = {"type": "string"} if "content" in parameter else parameter["schema"]
    return schema


def _argument(name: str, taken: set[str]) -> str:
    """The name as Python takes it: `from` is `from_`, `created[gte]` is `created_gte`."""
    found = _identifier(name)
    while found in taken:
        found += "_"
    taken.add(found)
    return found


def _identifier(name: str) -> str:
    found = _NOT_OF_NAMES.sub("_", snake_case(name)).strip("_") or "value"
    return f"n{found}" if found[0].isdigit() else f"{found}_" if iskeyword(found) else found


def _made_up_id(method: str, path: str) -> str:
    return method + "".join(word[:1].upper() + word[1:] for word in _NOT_OF_WORDS.split(path) if word)


def _json_schema(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """None where the body is something other than JSON, which is for the handler to refuse."""
    for name, media in body["content"].items():
        if _JSON.match(name):
            schema: Mapping[str, Any] = media.get("schema", {})
            return schema
    return None


def _responses(contract: Contract, responses: Mapping[str, Any]) -> tuple[dict[int, Response], dict[str, Response]]:
    exact: dict[int, Response] = {}
    others: dict[str, Response] = {}
    for status, raw in responses.items():
        response = contract.resolve(raw)
        if _STATUS.fullmatch(status):
            exact[int(status)] = _response(int(status), contract, response)
        elif status == "default":
            others[status] = _response(_SUCCESS, contract, response)
        elif _RANGE.fullmatch(status.upper()):
            others[status.upper()] = _response(int(status[0]) * 100, contract, response)
        elif not status.startswith("x-"):
            raise ValueError(f"its responses must be numbers such as 200 or 404, or 4XX or default, not {status!r}")
    return exact, others


def _response(status: int, contract: Contract, response: Mapping[str, Any]) -> Response:
    return Response(
        status=status,
        content={name: media.get("schema", {}) for name, media in response.get("content", {}).items()},
        headers=frozenset(name.lower() for name in response.get("headers", {})),
        needed_headers=frozenset(
            name.lower()
            for name, header in response.get("headers", {}).items()
            if contract.resolve(header).get("required")
        ),
        links={name: contract.resolve(link) for name, link in response.get("links", {}).items()},
    )


def _scopes(security: Any) -> frozenset[str] | None:
    """The scopes one needs, or None for an operation anybody may call."""
    if not security:
        return None
    return frozenset(scope for requirement in security for scopes in requirement.values() for scope in scopes)


__all__ = [
    "Contract",
    "ContractError",
    "Operation",
    "Parameter",
    "Response",
    "Slo",
    "load_contract",
    "lookup",
    "snake_case",
]
