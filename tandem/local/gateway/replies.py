"""The gateway's own errors in the shape every service uses, so that a client needs one way to read an error."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tandem.kit.problems import (
    MEDIA_TYPE,
    ContentTooLarge,
    DeadlineExceeded,
    MalformedRequest,
    NotFound,
    Problem,
    Unavailable,
)

# An HTTP message too broken to be parsed has no request id; the document must have one all the same.
_COALESCE = '%%COALESCE({"operators": [%s{"command": "REQ", "param": "X-REQUEST-ID"}, "UNIQUE_ID"]})%%'
REQUEST_ID = _COALESCE % ""
ANSWERED_REQUEST_ID = _COALESCE % '{"command": "RESP", "param": "X-REQUEST-ID"}, '


class RequestTooSlow(Problem):
    status = 408
    title = "The request came too slowly"


class TooManyRequests(Problem):
    status = 429
    title = "Too many requests"


class HeadersTooLarge(Problem):
    status = 431
    title = "The headers are too large"


class UpgradeRequired(Problem):
    status = 426
    title = "This version of HTTP is not spoken here"


class UnreadableAnswer(Problem):
    status = 502
    title = "The service gave an unreadable answer"


@dataclass(frozen=True)
class _Reply:
    problem: Problem
    flags: tuple[str, ...] = ()


# Envoy names the cause in response flags: UO too many at once, UC and UR broken off after the request was sent.
_REPLIES = (
    _Reply(Unavailable("There are too many requests at once. Try again in a moment."), ("UO",)),
    _Reply(
        Unavailable("%ROUTE_NAME% broke off before it answered. Look whether it was done before you repeat it."),
        ("UC", "UR"),
    ),
    _Reply(MalformedRequest("This is not a well-formed HTTP request: %RESPONSE_CODE_DETAILS%.")),
    _Reply(NotFound("There is nothing at %PATH(NQ)%. The contracts list every path.")),
    _Reply(RequestTooSlow("The request did not arrive in full in time.")),
    _Reply(ContentTooLarge("The body is larger than the gateway passes on.")),
    _Reply(UpgradeRequired("Use HTTP/1.1 or newer.")),
    _Reply(TooManyRequests("Slow down and try again in a moment.")),
    _Reply(HeadersTooLarge("The headers are larger than 60 KiB together, or there are more than 100 of them.")),
    _Reply(UnreadableAnswer("%ROUTE_NAME% answered with something that is not HTTP.")),
    _Reply(Unavailable("Nothing answers for %ROUTE_NAME% at the moment. `tandem status` shows what is running.")),
    _Reply(DeadlineExceeded("%ROUTE_NAME% did not answer within the time a request may take.")),
)


def local_replies() -> dict[str, Any]:
    return {"mappers": [*(_mapper(reply) for reply in _REPLIES), _anything_else()]}


def _mapper(reply: _Reply) -> dict[str, Any]:
    tests = [_status("EQ", reply.problem.status)]
    if reply.flags:
        tests.append({"response_flag_filter": {"flags": list(reply.flags)}})
    return {
        "filter": tests[0] if len(tests) == 1 else {"and_filter": {"filters": tests}},
        "headers_to_add": _headers(reply.problem.headers),
        "body_format_override": _body(reply.problem.document(ANSWERED_REQUEST_ID)),
    }


def _anything_else() -> dict[str, Any]:
    document = {
        "type": "/problems/gateway-error",
        "title": "The gateway could not pass this on",
        "status": "%RESPONSE_CODE%",
        "detail": "%RESPONSE_CODE_DETAILS%",
        "request_id": ANSWERED_REQUEST_ID,
    }
    return {"filter": _status("GE", 400), "headers_to_add": _headers({}), "body_format_override": _body(document)}


def _headers(more: Mapping[str, str]) -> list[dict[str, Any]]:
    headers = {"x-request-id": REQUEST_ID, **more}
    return [
        {"header": {"key": key, "value": value}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}
        for key, value in headers.items()
    ]


def _status(op: str, status: int) -> dict[str, Any]:
    value = {"default_value": status, "runtime_key": "gateway.local_reply_status"}
    return {"status_code_filter": {"comparison": {"op": op, "value": value}}}


def _body(document: dict[str, Any]) -> dict[str, Any]:
    return {"json_format": document, "content_type": MEDIA_TYPE}
