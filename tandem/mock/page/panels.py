"""What opens on the page: an operation to try, an entry of the journal, the answer to what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from tandem.kit.problems import Problem
from tandem.mock.journal import MOST_BODY_BYTES, Entry
from tandem.mock.mock import Mock
from tandem.mock.operations import Operation
from tandem.mock.page import dial_form
from tandem.mock.page.outgoing import Outgoing, outgoing, shared
from tandem.mock.page.proposal import Field, Proposal, media_type_of, propose
from tandem.mock.page.sections import operation_slug
from tandem.mock.page.sending import Received
from tandem.mock.page.text import Shown, shown_body, shown_value, words
from tandem.mock.page.visit import Visit
from tandem.mock.session import Session
from tandem.mock.values import sample

_MOST_DESCRIPTION = 2000
_FEW_FIELDS = 4


async def operation_values(visit: Visit, operation: Operation) -> dict[str, Any]:
    mock, session = visit.mock, visit.session
    proposal = await propose(mock, session, operation)
    example, name = await _example(mock, session, operation)
    needed, optional = _divided(proposal.fields)
    own = session.dials.get(operation.name)
    return {
        "name": operation.name,
        "slug": operation_slug(operation),
        "quoted": quote(operation.name),
        "description": words(operation.definition.get("description"))[:_MOST_DESCRIPTION],
        "is_deprecated": operation.definition.get("deprecated") is True,
        "needed": needed,
        "optional": optional,
        "has_body": operation.has_body,
        "media_type": media_type_of(operation),
        "body": proposal.body,
        "headers": proposal.headers,
        "status": operation.success.status,
        "kind": operation.success.media_type,
        "example": example,
        "example_name": name,
        "curl": _curl(visit, operation, proposal),
        "dial": dial_form.sentence(own) if own else "",
        "faults": dial_form.FAULTS,
        "live": mock.live.routes.get(operation.name),
    }


def _divided(fields: tuple[Field, ...]) -> tuple[list[Field], list[Field]]:
    """What must be filled in, and the rest; a short rest needs no place of its own."""
    needed = [one for one in fields if one.required]
    optional = [one for one in fields if not one.required]
    return (needed, optional) if len(optional) > _FEW_FIELDS else ([*needed, *optional], [])


def _curl(visit: Visit, operation: Operation, proposal: Proposal) -> str:
    try:
        request = outgoing(operation, proposal.values, proposal.media_type, visit.session)
    except Problem as problem:
        return f"# {problem.detail}"
    return shared(request, visit.session).curl(visit.origin)


async def _example(mock: Mock, session: Session, operation: Operation) -> tuple[Shown, str]:
    stories, success = mock.answering.stories, operation.success
    told = stories.example(operation, session.scenario or stories.first)
    if told is not None:
        return shown_value(told[0]), told[1]
    if success.media_type is None:
        return Shown("", "No body."), ""
    body = await stories.body(operation)
    if body is None and success.is_json and success.schema:
        body = sample(operation.document, success.schema)
    return (Shown("", "The contract has no example.") if body is None else shown_value(body)), ""


def answer_values(received: Received, request: Outgoing, origin: str, element: str) -> dict[str, Any]:
    body = shown_body(received.body, received.media_type)
    return {
        "element": element,
        "status": received.status,
        "reason": reason(received.status),
        "milliseconds": round(received.seconds * 1000, 1),
        "headers": received.headers,
        "body": body,
        "why": received.entry.answer.why if received.entry else "",
        "scenario": received.entry.scenario if received.entry else "",
        "curl": request.curl(origin),
    }


def entry_values(entry: Entry) -> dict[str, Any]:
    said = entry.document()
    ask, answer = entry.ask, entry.answer
    return {
        "number": entry.number,
        "request": said["request"],
        "answer": said["answer"],
        "status": answer.status,
        "reason": reason(answer.status),
        "scenario": entry.scenario if ask.operation else "",
        "milliseconds": said["milliseconds"],
        "why": answer.why[:2000],
        "sent": _kept(ask.body, ask.headers),
        "told": _kept(answer.body, answer.headers),
    }


def _kept(body: bytes, headers: Mapping[str, str]) -> Shown:
    return shown_body(body, headers.get("content-type", ""), is_cut=len(body) == MOST_BODY_BYTES)


def reason(status: int | None) -> str:
    try:
        return HTTPStatus(status or 0).phrase
    except ValueError:
        return ""
