"""The outermost layer of a service: ids, time allowed, the request's log line, metrics, the last word on errors."""

from __future__ import annotations

import re
import secrets
import time
from http import HTTPStatus
from typing import Any

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tandem.kit.context import TIMEOUT_HEADER, RequestContext, current
from tandem.kit.dispatch import problem_answer, send_answer
from tandem.kit.problems import InternalError, MalformedRequest, MethodNotAllowed, NotFound, Problem
from tandem.kit.runtime import Runtime
from tandem.kit.telemetry.metrics import OperationMetrics

log = structlog.get_logger()
_TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_REQUEST_ID = re.compile(r"[A-Za-z0-9_.:-]{1,100}")
_UNMATCHED = OperationMetrics("unmatched")


class Edge:
    def __init__(self, app: ASGIApp, runtime: Runtime) -> None:
        self._app = app
        self._runtime = runtime
        self.open_requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        context = request_context(scope, self._runtime.default_seconds)
        answered = _Answered(send, context.request_id)
        token = current.set(context)
        started = time.perf_counter()
        try:
            await self._app(scope, receive, answered)
        except Exception as error:
            # The process edge: a bug in one request must not take the others down, and its caller deserves an answer.
            log.error("unhandled error", operation=_operation_id(scope), exc_info=error)
            if answered.status == 0:
                problem = InternalError("The error is recorded under this request id. Nothing was changed.")
                await send_answer(problem_answer(problem, context.request_id), scope["method"], answered)
            if self._runtime.strict_responses:
                raise
        finally:
            # 499 is what proxies call a caller that hung up before its answer.
            self._record(scope, answered.status or 499, time.perf_counter() - started)
            current.reset(token)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        endpoint = scope.get("tandem.endpoint")
        (endpoint.metrics if endpoint else _UNMATCHED).record(status, seconds)
        caller = scope.get("tandem.caller")
        log.info(
            "request",
            operation=_operation_id(scope),
            method=scope["method"],
            path=scope["path"],
            status=status,
            duration_ms=round(seconds * 1000, 2),
            caller=f"{caller.kind}:{caller.subject}" if caller else None,
        )


class _Answered:
    """Passes an answer on, adds its request id, and remembers its status."""

    __slots__ = ("_request_id", "_send", "status")

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._request_id = request_id.encode()
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message["headers"], (b"x-request-id", self._request_id)]
        await self._send(message)


def _operation_id(scope: Scope) -> str:
    endpoint: Any = scope.get("tandem.endpoint")
    return endpoint.operation.id if endpoint else "unmatched"


def request_context(scope: Scope, default_seconds: float) -> RequestContext:
    """The ids and the time the caller gave, or new ones. Ids that could break a log line or a header are replaced."""
    request_id = traceparent = timeout = ""
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            request_id = value.decode("latin-1")
        elif name == b"traceparent":
            traceparent = value.decode("latin-1")
        elif name == TIMEOUT_HEADER.encode():
            timeout = value.decode("latin-1")
    if not _REQUEST_ID.fullmatch(request_id):
        request_id = secrets.token_hex(8)
    if not _TRACEPARENT.fullmatch(traceparent):
        traceparent = f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"
    seconds = (
        min(int(timeout) / 1000, default_seconds) if timeout.isdecimal() and len(timeout) < 10 else default_seconds
    )
    return RequestContext(request_id, traceparent, time.monotonic() + seconds)


async def on_problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return _response(error)


async def on_http_exception(request: Request, error: Exception) -> Response:
    """Answers the framework makes by itself get the house shape."""
    assert isinstance(error, HTTPException)
    problem: Problem
    if error.status_code == HTTPStatus.NOT_FOUND:
        problem = NotFound(f"There is nothing at {request.url.path[:200]}.")
    elif error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        problem = MethodNotAllowed(f"{request.method[:20]} is not possible at {request.url.path[:200]}.")
    else:
        problem = MalformedRequest(str(error.detail))
    problem.headers = {**problem.headers, **(error.headers or {})}
    return _response(problem)


def _response(problem: Problem) -> Response:
    context = current.get()
    answer = problem_answer(problem, context.request_id if context else "")
    return Response(answer.body, answer.status, answer.headers)
