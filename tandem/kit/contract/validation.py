"""Requests and responses held against the contract's own JSON Schema, before anything converts them.

Pydantic alone is not the contract: it takes `true` and `"5"` for an integer, and its strict mode refuses `68.0`, which
JSON Schema calls an integer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

import orjson

from tandem.kit.contract.departures import Departures, missing_header, unknown_media_type, unknown_status
from tandem.kit.contract.operations import Contract, Operation, Parameter
from tandem.kit.contract.schema_check import SchemaCheck
from tandem.kit.problems import Complaint, InvalidRequest, MalformedRequest, PreconditionRequired

_INTEGER = re.compile(r"-?[0-9]{1,18}")
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?([eE][+-]?[0-9]{1,2})?")
_MOST_QUERY_FIELDS = 1000
# Beyond this, listing every mistake would take seconds, and nobody reads them all.
_LONG_BODY_BYTES = 20_000


class ParameterCheck:
    """Turns the text of one parameter into the value its schema describes, or says what is wrong with it."""

    def __init__(self, contract: Contract, parameter: Parameter) -> None:
        self.parameter = parameter
        self._schema = SchemaCheck(contract.schema(parameter.schema))
        self._is_list = parameter.type == "array"
        items = contract.resolve(contract.resolve(parameter.schema).get("items", {}))
        self._type = items.get("type", "string") if self._is_list else parameter.type

    def read(self, texts: Sequence[str], errors: list[Complaint]) -> Any:
        if self._is_list:
            value: Any = [_typed(text, self._type) for text in self._values(texts)]
        elif len(texts) > 1:
            errors.append(self._complaint("is given more than once; send it once"))
            return None
        else:
            value = _typed(texts[0], self._type)
        if any("\0" in text for text in texts):
            errors.append(self._complaint("contains a NUL character, which is not allowed"))
        elif not self._schema.is_valid(value):
            errors += self._schema.complaints(value, self.parameter.location, self.parameter.name)
        return value

    def _values(self, texts: Sequence[str]) -> Sequence[str]:
        if not self.parameter.separator:
            return texts
        return [one for text in texts if text for one in text.split(self.parameter.separator)]

    def absent(self, errors: list[Complaint]) -> Any:
        if self.parameter.required:
            errors.append(self._complaint("is required"))
        return self.parameter.default

    def _complaint(self, message: str) -> Complaint:
        return Complaint(self.parameter.location, self.parameter.name, f"{self.parameter.name} {message}")


def _typed(text: str, type_: str) -> Any:
    """The JSON value `text` stands for; text that does not fit stays text, for the schema to refuse."""
    if type_ == "integer" and _INTEGER.fullmatch(text):
        return int(text)
    if type_ == "number" and _NUMBER.fullmatch(text):
        return float(text)
    if type_ == "boolean" and text in ("true", "false"):
        return text == "true"
    return text


class RequestCheck:
    """Everything the contract says about the request of one operation."""

    def __init__(self, contract: Contract, operation: Operation) -> None:
        self._path = [ParameterCheck(contract, p) for p in operation.parameters_in("path")]
        self._query = {p.name: ParameterCheck(contract, p) for p in operation.parameters_in("query")}
        self._headers = [ParameterCheck(contract, p) for p in operation.parameters_in("header")]
        self._body = SchemaCheck(contract.schema(operation.body)) if operation.body is not None else None
        self._body_required = operation.body_required

    def parameters(self, path: Mapping[str, str], query: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        """The path and query parameters by name, typed, with defaults; raises InvalidRequest naming each mistake."""
        errors: list[Complaint] = []
        values = {check.parameter.name: check.read([path[check.parameter.name]], errors) for check in self._path}
        sent = _query_fields(query) if query else {}
        for name, check in self._query.items():
            values[name] = check.read(sent[name], errors) if name in sent else check.absent(errors)
        errors += [_unknown(name, self._query) for name in sent if name not in self._query]
        for check in self._headers:
            self._header(check, headers, errors)
        if errors:
            raise invalid(errors)
        return values

    def _header(self, check: ParameterCheck, headers: Mapping[str, str], errors: list[Complaint]) -> None:
        name = check.parameter.name.lower()
        if name in headers:
            check.read([headers[name]], errors)
        elif name == "if-match" and check.parameter.required:
            raise PreconditionRequired("Send the ETag of the version you saw in the If-Match header.")
        else:
            check.absent(errors)

    def body(self, raw: bytes) -> Any:
        """The body as plain data; raises MalformedRequest or InvalidRequest."""
        if self._body is None:
            return None
        if not raw:
            if self._body_required:
                raise invalid([Complaint("body", "/", "a body is required")])
            return None
        try:
            value = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            raise MalformedRequest(f"The body is not JSON: {error}.") from error
        if b"\\u0000" in raw and _has_nul(value):
            raise invalid([Complaint("body", "/", "a text contains a NUL character, which is not allowed")])
        try:
            if self._body.is_valid(value):
                return value
            wrong = self._body.complaints(value, "body", first_only=len(raw) > _LONG_BODY_BYTES)
        except ValueError as error:
            raise MalformedRequest("The body is nested too deeply.") from error
        raise invalid(wrong)


def _query_fields(query: bytes) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    try:
        pairs = parse_qsl(
            query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_QUERY_FIELDS
        )
    except ValueError as error:
        raise MalformedRequest(
            "The query string cannot be read: it is not percent-encoded UTF-8 or too long."
        ) from error
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields


def _unknown(name: str, known: Mapping[str, object]) -> Complaint:
    allowed = ", ".join(known) or "none"
    return Complaint("query", name[:100], f"there is no such parameter; allowed are: {allowed}")


def _has_nul(value: Any) -> bool:
    """Without recursion: a body may be nested deeper than Python's stack."""
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, str) and "\0" in one:
            return True
        if isinstance(one, dict):
            left += one.keys()
            left += one.values()
        elif isinstance(one, list):
            left += one
    return False


def invalid(errors: Sequence[Complaint]) -> InvalidRequest:
    detail = "; ".join(f"{error.location} {error.pointer}: {error.message}" for error in errors[:3])
    more = f" (and {len(errors) - 3} more)" if len(errors) > 3 else ""
    return InvalidRequest(f"{detail}{more}.", errors[:20])


class ResponseCheck:
    """Everything the contract says about the answers of one operation. Values of `hidden` fields are not repeated."""

    def __init__(self, contract: Contract, operation: Operation, hidden: frozenset[str] = frozenset()) -> None:
        self._operation = operation
        self._contract = contract
        self._hidden = hidden
        self._bodies: dict[tuple[int, str], Departures] = {}

    def violations(self, status: int, media_type: str | None, headers: Mapping[str, str], body: bytes) -> Iterator[str]:
        """A sentence for each way in which the answer departs from the contract."""
        response = self._operation.response_to(status)
        if response is None:
            yield unknown_status(status, [*self._operation.responses, *self._operation.other_responses])
            return
        if media_type is None and not response.content:
            return
        if media_type is None or media_type not in response.content:
            yield unknown_media_type(media_type, response.content)
        elif "json" in media_type:
            yield from self._departures(status, media_type, response.content[media_type]).of(body)
        for name in response.needed_headers - headers.keys():
            yield missing_header(name)

    def _departures(self, status: int, media_type: str, schema: Mapping[str, Any]) -> Departures:
        """Made when it is first needed: of a long contract, few answers are ever given."""
        if (status, media_type) not in self._bodies:
            self._bodies[status, media_type] = Departures(self._contract.schema(schema), self._hidden)
        return self._bodies[status, media_type]
