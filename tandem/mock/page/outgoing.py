"""A request put together on the page: from the fields of a form to what travels, and to a curl line to paste."""

from __future__ import annotations

import re
import shlex
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from tandem.kit.problems import MalformedRequest
from tandem.mock import scenarios, session
from tandem.mock.operations import Operation
from tandem.mock.session import Session

_PLACEHOLDER = re.compile(r"\{([^}]*)\}")
_HEADER = re.compile(r"([A-Za-z0-9!#$%&'*+.^_`|~-]{1,100})\s*:\s*([\x20-\x7e]{0,4000})")
_MOST_HEADERS = 50
# Headers that follow from the request itself, and those that would be about the page instead of it.
_NOT_OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "origin", "x-request-id"})


@dataclass(frozen=True)
class Outgoing:
    """`target` is the path with its query, encoded."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    def curl(self, origin: str) -> str:
        parts = ["curl -sI" if self.method == "HEAD" else "curl -s"]
        if self.method not in ("GET", "HEAD"):
            parts.append(f"-X {self.method}")
        parts.append(shlex.quote(origin + self.target))
        parts += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in self.headers.items()]
        if self.body:
            parts.append(f"--data-raw {shlex.quote(self.body.decode(errors='replace'))}")
        return " ".join(parts[:2]) + "".join(f" \\\n  {part}" for part in parts[2:])


def outgoing(operation: Operation, said: Mapping[str, str], media_type: str | None, own: Session) -> Outgoing:
    """Fields are named `path.card_id`, `query.limit`, `header.If-Match`, `headers` and `body`."""
    body = said.get("body", "").strip() if operation.has_body else ""
    headers = dict(_headers(operation, said))
    if body and media_type and "content-type" not in {name.lower() for name in headers}:
        headers["Content-Type"] = media_type
    if own.name != session.DEFAULT:
        headers["X-Tandem-Session"] = own.name
    return Outgoing(operation.method, _target(operation, said), headers, body.encode())


def shared(request: Outgoing, own: Session) -> Outgoing:
    """With the scenario in it, for somebody who has not chosen one."""
    named = scenarios.HEADER in {name.lower() for name in request.headers}
    if own.scenario is None or named:
        return request
    headers = {**request.headers, "X-Tandem-Scenario": own.scenario}
    return Outgoing(request.method, request.target, headers, request.body)


def _target(operation: Operation, said: Mapping[str, str]) -> str:
    def filled(found: re.Match[str]) -> str:
        value = said.get(f"path.{found[1]}", "")
        if not value:
            raise MalformedRequest(f"Fill in {found[1]}, it is part of the path.")
        return quote(value, safe="")

    path = _PLACEHOLDER.sub(filled, operation.path)
    pairs = [
        (name, value)
        for parameter in operation.parameters_in("query")
        for name in [str(parameter.get("name"))]
        for value in _values(parameter, said.get(f"query.{name}", ""))
    ]
    return f"{path}?{urlencode(pairs)}" if pairs else path


def _values(parameter: Mapping[str, object], text: str) -> list[str]:
    schema = parameter.get("schema")
    several = isinstance(schema, Mapping) and schema.get("type") == "array" and parameter.get("explode") is not False
    if several:
        return [part.strip() for part in text.split(",") if part.strip()]
    return [text] if text else []


def _headers(operation: Operation, said: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for parameter in operation.parameters_in("header"):
        name = str(parameter.get("name"))
        value = said.get(f"header.{name}", "").strip()
        if not value and name.lower() == "idempotency-key" and parameter.get("required"):
            value = f"page-{uuid.uuid4()}"
        if value:
            yield _header(f"{name}: {value}")
    lines = [line for line in said.get("headers", "").splitlines() if line.strip()]
    for line in lines[:_MOST_HEADERS]:
        yield _header(line.strip())


def _header(line: str) -> tuple[str, str]:
    found = _HEADER.fullmatch(line)
    if found is None:
        raise MalformedRequest(f"A header is of the form `Name: value` in plain ASCII, not {line[:80]!r}.")
    if found[1].lower() in _NOT_OURS:
        raise MalformedRequest(f"The page cannot send the header {found[1]}.")
    return found[1], found[2]
