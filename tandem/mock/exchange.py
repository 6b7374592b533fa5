"""One request and one answer, as everything in the mock sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from tandem.kit.problems import MEDIA_TYPE, Problem

if TYPE_CHECKING:
    from tandem.mock.operations import Operation

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Ask:
    """`operation` is None where nothing in the contracts is at that path. Header names are lower case."""

    operation: Operation | None
    method: str
    path: str
    path_parameters: Mapping[str, str]
    query: bytes
    headers: Mapping[str, str]
    body: bytes
    request_id: str


@dataclass(slots=True)
class Answer:
    """`why` says in a few words where the answer came from; it is for the journal."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    why: str = ""


def json_answer(status: int, value: Any, why: str = "", media_type: str = JSON) -> Answer:
    return Answer(status, orjson.dumps(value), {"content-type": media_type}, why)


def problem_answer(problem: Problem, request_id: str) -> Answer:
    headers = {"content-type": MEDIA_TYPE, **problem.headers}
    return Answer(problem.status, problem.render(request_id), headers, problem.detail)
