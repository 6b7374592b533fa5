"""What any service here can answer besides its own answers: problems (RFC 9457), in somebody else's contract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tandem.kit.contract.operations import SAFE_METHODS
from tandem.kit.problems import MEDIA_TYPE
from tandem.scaffold.adoption.references import follow
from tandem.spec.document import as_list, as_mapping
from tandem.spec.models import NOT_OURS

_RESPONSES = "../common/responses.yaml#/components/responses"
_PROBLEM = {"$ref": "../common/schemas.yaml#/components/schemas/Problem"}
_ALWAYS = {"400": "BadRequest", "422": "Unprocessable", "500": "InternalError", "503": "Unavailable", "504": "Timeout"}
_WITH_TOKEN = {"401": "Unauthorized", "403": "Forbidden"}
_IN_WRITING = {"409": "Conflict"}
_WITH_BODY = {"404": "NotFound", "413": "ContentTooLarge", "415": "UnsupportedMediaType"}
_WITH_PARAMETERS = {"404": "NotFound"}
_WITH_VERSION = {"412": "PreconditionFailed", "428": "PreconditionRequired"}
_NOT_BUILT = "501"
# By the kind of component, what the answers above bring along.
NAMES = {
    "responses": frozenset(
        {*_ALWAYS.values(), *_WITH_TOKEN.values(), *_IN_WRITING.values(), *_WITH_BODY.values(), *_WITH_VERSION.values()}
    ),
    "schemas": frozenset(NOT_OURS),
}


def add_problems(data: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> None:
    """Answers that its author describes stay, and may have the form of problems as well."""
    answers = operation["responses"]
    for status, name in _possible(data, path, method, operation).items():
        if status in answers:
            _allow_problem(data, answers[status])
        else:
            answers[status] = {"$ref": f"{_RESPONSES}/{name}"}


def say_not_built(operation: dict[str, Any], reason: str = "") -> None:
    """Without a reason, it is built."""
    operation["responses"].pop(_NOT_BUILT, None)
    if reason:
        operation["responses"][_NOT_BUILT] = {
            "description": f"Not built yet: {' '.join(reason.split()).rstrip('.')}.",
            "content": {MEDIA_TYPE: {"schema": dict(_PROBLEM)}},
        }


def _possible(data: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any]) -> dict[str, str]:
    found = dict(_ALWAYS)
    if operation["security"]:
        found |= _WITH_TOKEN
    if method.upper() not in SAFE_METHODS:
        found |= _IN_WRITING
    if "requestBody" in operation:
        found |= _WITH_BODY
    if "{" in path:
        found |= _WITH_PARAMETERS
    if "if-match" in _headers(data, path, operation):
        found |= _WITH_VERSION
    return found


def _headers(data: Mapping[str, Any], path: str, operation: Mapping[str, Any]) -> Iterator[str]:
    for one in (*as_list(data["paths"][path].get("parameters")), *as_list(operation.get("parameters"))):
        parameter = follow(data, one)
        if parameter.get("in") == "header":
            yield str(parameter.get("name")).lower()


def _allow_problem(data: dict[str, Any], answer: dict[str, Any]) -> None:
    """The headers that its author asks for, a problem does not have."""
    answer = follow(data, answer)
    for header in as_mapping(answer.get("headers")).values():
        follow(data, header).pop("required", None)
    content = answer.setdefault("content", {})
    theirs = as_mapping(content.get(MEDIA_TYPE)).get("schema")
    if theirs is None:
        content[MEDIA_TYPE] = {"schema": dict(_PROBLEM)}
    elif theirs != _PROBLEM and _PROBLEM not in as_list(as_mapping(theirs).get("anyOf")):
        content[MEDIA_TYPE]["schema"] = {"anyOf": [theirs, dict(_PROBLEM)]}
