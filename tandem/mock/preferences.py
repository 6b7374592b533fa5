"""Answers asked for by status or by name (Prism's `Prefer` header), and those that a fault brings."""

from __future__ import annotations

import re
from typing import Any

import orjson

from tandem.kit.problems import MEDIA_TYPE, MalformedRequest
from tandem.mock.engine import AnyEngine, Want
from tandem.mock.exchange import Answer, Ask
from tandem.mock.operations import Operation, Response
from tandem.mock.values import sample

_PREFERENCE = re.compile(r"(code|example|dynamic)\s*=\s*\"?([^\s,;\"]+)\"?")


async def preferred_answer(ask: Ask, operation: Operation, engine: AnyEngine) -> Answer | None:
    """What `Prefer: code=404` or `example=overdue` asks for; None where the header is about something else."""
    wishes = dict(_PREFERENCE.findall(ask.headers["prefer"]))
    if not wishes:
        return None
    code = wishes.get("code", "")
    if code and not re.fullmatch("[1-5][0-9][0-9]", code):
        raise MalformedRequest(f"Prefer: code={code[:20]} is not a status.")
    want = Want(int(code) if code else None, wishes.get("example"), wishes.get("dynamic") == "true")
    answer = await engine.answer(operation, want)
    if answer.problem is not None:
        return _plain(answer.status, str(answer.problem["title"]), str(answer.problem["detail"]), ask.request_id)
    media_type = answer.headers.get("content-type", "application/json")
    why = f"by Prism, as `Prefer: {ask.headers['prefer'][:80]}` asks"
    return Answer(answer.status, _bytes(answer.body, media_type), {"content-type": media_type}, why)


async def error_answer(operation: Operation, status: int, engine: AnyEngine, request_id: str) -> Answer:
    """The contract's own answer with this status where it has one, else a problem of the house."""
    response = operation.responses.get(str(status)) or operation.responses.get(f"{status // 100}XX")
    if response is None or response.media_type is None:
        return _plain(
            status, "A fault was asked for", f"The dials of this session make {operation.id} fail.", request_id
        )
    body = await _error_body(operation, response, status, engine)
    if isinstance(body, dict) and "request_id" in body:
        body = {**body, "request_id": request_id}
    return Answer(
        status, _bytes(body, response.media_type), {"content-type": response.media_type}, "a fault, by dial or header"
    )


async def _error_body(operation: Operation, response: Response, status: int, engine: AnyEngine) -> Any:
    for example in response.examples.values():
        return example
    answer = await engine.answer(operation, Want(code=status))
    return sample(operation.document, response.schema) if answer.problem is not None else answer.body


def _bytes(body: Any, media_type: str) -> bytes:
    if body is None:
        return b""
    return body.encode() if isinstance(body, str) and "json" not in media_type else orjson.dumps(body)


def _plain(status: int, title: str, detail: str, request_id: str) -> Answer:
    document = {"type": "about:blank", "title": title, "status": status, "detail": detail, "request_id": request_id}
    return Answer(status, orjson.dumps(document), {"content-type": MEDIA_TYPE}, detail)
