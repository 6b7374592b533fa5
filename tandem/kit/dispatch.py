"""One operation at the wire: token, scopes, validation, transaction, handler, answer.

This is an ASGI endpoint of its own, because FastAPI's signature analysis costs about as much per request as the query
it serves, and because the contract, not the signature, says what a request looks like (docs/decisions).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, date, datetime
from email.utils import format_datetime
from itertools import islice
from typing import Any

import structlog
from pydantic import BaseModel, ValidationError
from starlette.types import Receive, Scope, Send

from tandem.kit import drift
from tandem.kit.answers import Answer, Renderer, Stream
from tandem.kit.auth.caller import ANONYMOUS, Caller
from tandem.kit.call import Call
from tandem.kit.context import RequestContext, current
from tandem.kit.contract.operations import Operation, routed
from tandem.kit.contract.validation import RequestCheck, ResponseCheck, invalid
from tandem.kit.idempotency import Attempt, fingerprint
from tandem.kit.problems import (
    MEDIA_TYPE,
    Complaint,
    ContentTooLarge,
    DeadlineExceeded,
    NotBuilt,
    NotFound,
    Problem,
    UnsupportedMediaType,
)
from tandem.kit.runtime import Runtime
from tandem.kit.telemetry import metrics
from tandem.kit.writing import Replayed, writing

log = structlog.get_logger()
Handler = Callable[..., Awaitable[Any]]
# RFC 9110: 204 must not carry Content-Length, and on 304 it would be that of the full answer.
_WITHOUT_LENGTH = frozenset({204, 304})
_MOST_VIOLATIONS = 5


class ContractViolation(AssertionError):
    """An answer departs from the contract. In tests this is an error; elsewhere it is counted and logged."""


class ClientGone(Exception):
    """The caller hung up before its request was complete; half a request is none."""


class OperationNotReleased(NotFound):
    """The operation is behind a flag that is off; to callers it does not exist yet."""

    title = "There is no such thing"


class OperationEndpoint:
    def __init__(
        self, runtime: Runtime, operation: Operation, handler: Handler, body_model: type[BaseModel] | None
    ) -> None:
        self.operation = operation
        self.metrics = metrics.OperationMetrics(operation.id)
        self._runtime = runtime
        self._handler = handler
        self._body_model = body_model
        self._request_check = RequestCheck(runtime.contract, operation)
        self._response_check = ResponseCheck(runtime.contract, operation, runtime.sensitive)
        self._renderer = Renderer(runtime.contract, operation)
        self._has_peers = bool(vars(runtime.peers))
        # An answer may hold more than the version tells, such as a link that stops working.
        self._may_be_unchanged = 304 in operation.responses
        self._arguments = {p.name: p.argument for p in operation.parameters_in("path", "query")}
        self._routed = {p.name: routed(p.name) for p in operation.parameters_in("path")}
        self._keyed = operation.takes_header("idempotency-key")
        self._extra_headers = _lifecycle_headers(operation)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["tandem.endpoint"] = self
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        context = current.get()
        assert context is not None
        try:
            answer = await self._answer(scope, receive, headers, context)
            # The first chunk is made before the status is sent, so that what fails at once is still a problem.
            first = await anext(answer.chunks, b"") if isinstance(answer, Stream) else b""
        except Problem as problem:
            answer = problem_answer(problem, context.request_id)
        except ClientGone:
            return
        if isinstance(answer, Stream):
            await _send_stream(answer, first, scope["method"], send)
            return
        self._check(answer)
        await send_answer(answer, scope["method"], send)

    async def _answer(
        self, scope: Scope, receive: Receive, headers: Mapping[str, str], context: RequestContext
    ) -> Answer | Stream:
        scope["tandem.caller"] = caller = await self._caller(headers)
        if self.operation.flag and not self._runtime.flags.on(self.operation.flag, caller=caller):
            raise OperationNotReleased(f"There is no {scope['path']}.")
        if self.operation.deprecated:
            # People are too many for labels; services are few, and each has somebody to talk to.
            metrics.DEPRECATED.labels(
                self.operation.id, caller.subject if caller.kind == "service" else caller.kind
            ).inc()
        path = {name: scope["path_params"][own] for name, own in self._routed.items()}
        parameters = self._request_check.parameters(path, scope["query_string"], headers)
        if self.operation.is_safe:
            call = Call[Any](
                self._runtime, self.operation.id, caller, context, self._runtime.database.reader, parameters, headers
            )
            answer = await self._handle(call, parameters, {})
            return _unchanged(answer, headers) if self._may_be_unchanged and call.etag is not None else answer
        try:
            async with asyncio.timeout(context.seconds_left):
                raw = await self._read_body(receive, headers)
        except TimeoutError as error:
            raise DeadlineExceeded("The body did not arrive in the time allowed. Nothing was changed.") from error
        body = self._body(raw)
        return await self._write(scope, caller, context, parameters, headers, raw, body)

    async def _caller(self, headers: Mapping[str, str]) -> Caller:
        if self.operation.scopes is None:
            return ANONYMOUS
        verifier = self._runtime.verifier
        authorization = headers.get("authorization")
        caller = verifier.verify_cached(authorization) or await verifier.verify(authorization)
        caller.require_scopes(self.operation.scopes)
        return caller

    async def _read_body(self, receive: Receive, headers: Mapping[str, str]) -> bytes:
        most = self._runtime.most_body_bytes
        declared = headers.get("content-length", "0")
        received = b""
        more = True
        while more:
            if len(received) > most or (declared.isdecimal() and int(declared) > most):
                raise ContentTooLarge(f"The body may be at most {most} bytes.")
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            received += message.get("body", b"")
            more = message.get("more_body", False)
        if len(received) > most:
            raise ContentTooLarge(f"The body may be at most {most} bytes.")
        if received and self.operation.body is not None:
            kind = headers.get("content-type", "").partition(";")[0].strip().lower()
            if kind != "application/json":
                raise UnsupportedMediaType("Send the body as application/json.")
        return received

    def _body(self, raw: bytes) -> Mapping[str, Any]:
        if self.operation.body is None:
            return {}
        value = self._request_check.body(raw)
        if self._body_model is None:
            return {"body": value}
        try:
            return {"body": None if value is None else self._body_model.model_validate(value)}
        except ValidationError as error:
            # RFC 3339 has leap seconds and a year 0, which are valid by the contract and no moment to Python.
            wrong = error.errors(include_url=False, include_context=False, include_input=False)
            raise invalid(
                [Complaint("body", "".join(f"/{part}" for part in e["loc"]), e["msg"]) for e in wrong]
            ) from error

    async def _write(
        self,
        scope: Scope,
        caller: Caller,
        context: RequestContext,
        parameters: dict[str, Any],
        headers: Mapping[str, str],
        raw: bytes,
        body: Mapping[str, Any],
    ) -> Answer | Stream:
        """Run the handler in one transaction, which commits before this returns."""
        attempt = self._attempt(scope, caller, headers, raw)
        # A handler that asks peers first must not ask them again for an answer that is already known.
        stored = await attempt.find(self._runtime.database.reader) if attempt and self._has_peers else None
        if stored is not None:
            return stored
        try:
            async with writing(self._runtime.database, attempt) as connection:
                call = Call[Any](self._runtime, self.operation.id, caller, context, connection, parameters, headers)
                answer = await self._handle(call, parameters, body)
                if isinstance(answer, Answer):
                    await connection.keep(answer)
        except Replayed as replayed:
            return replayed.answer
        self._runtime.wake_relay()
        return answer

    def _attempt(self, scope: Scope, caller: Caller, headers: Mapping[str, str], raw: bytes) -> Attempt | None:
        key = headers.get("idempotency-key") if self._keyed else None
        if key is None:
            return None
        who = f"{caller.kind}:{caller.subject}:{caller.customer_id or ''}"
        return Attempt(who, self.operation.id, key, fingerprint(scope["path"], scope["query_string"], raw))

    async def _handle(self, call: Call[Any], parameters: dict[str, Any], body: Mapping[str, Any]) -> Answer | Stream:
        try:
            # The commit comes after this block: cutting it short would leave its outcome unknown.
            async with asyncio.timeout(call.context.seconds_left):
                arguments = {self._arguments[name]: value for name, value in parameters.items()}
                result = await self._handler(call, **arguments, **body)
        except TimeoutError as error:
            raise DeadlineExceeded("The time allowed for this request ran out. Nothing was changed.") from error
        answer = self._renderer.render(result, parameters)
        if call.etag is not None:
            answer.headers["etag"] = f'"{call.etag}"'
        answer.headers.update(self._extra_headers)
        return answer

    def _check(self, answer: Answer) -> None:
        # What is not built yet is known, and keeps no contract.
        if answer.status == NotBuilt.status:
            return
        if self._runtime.response_share < 1 and self._runtime.chance() >= self._runtime.response_share:
            return
        media_type = answer.headers.get("content-type")
        where = f"{self.operation.method} {self.operation.path}: "
        found = self._response_check.violations(answer.status, media_type, answer.headers, answer.body)
        violations = [where + sentence for sentence in islice(found, _MOST_VIOLATIONS)]
        self._runtime.drift.note(f"{self._runtime.service}.{self.operation.id}", violations)
        if violations:
            answer.headers[drift.HEADER] = drift.header_value(violations)
            metrics.VIOLATIONS.labels(self.operation.id).inc()
            log.error("contract violation", operation=self.operation.id, violations=violations)
            if self._runtime.strict_responses:
                raise ContractViolation(f"{self.operation.id} {answer.status}: {'; '.join(violations)}")


def _lifecycle_headers(operation: Operation) -> dict[str, str]:
    """`Deprecation` (RFC 9745) and `Sunset` (RFC 8594), from the contract."""
    headers = {}
    if operation.deprecated_since:
        headers["deprecation"] = f"@{int(_midnight(operation.deprecated_since).timestamp())}"
    if operation.sunset:
        headers["sunset"] = format_datetime(_midnight(operation.sunset), usegmt=True)
    return headers


def _midnight(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)


def _unchanged(answer: Answer | Stream, headers: Mapping[str, str]) -> Answer | Stream:
    """304 when the caller already has this version (RFC 9110, If-None-Match)."""
    etag = answer.headers["etag"]
    known = [tag.strip().removeprefix("W/") for tag in headers.get("if-none-match", "").split(",")]
    if etag in known or "*" in known:
        return Answer(304, b"", {"etag": etag})
    return answer


def problem_answer(problem: Problem, request_id: str) -> Answer:
    return Answer(problem.status, problem.render(request_id), {"content-type": MEDIA_TYPE, **problem.headers})


async def send_answer(answer: Answer, method: str, send: Send) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers.items()]
    if answer.status not in _WITHOUT_LENGTH:
        headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else answer.body})


async def _send_stream(stream: Stream, first: bytes, method: str, send: Send) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in stream.headers.items()]
    await send({"type": "http.response.start", "status": stream.status, "headers": headers})
    if method != "HEAD":
        await send({"type": "http.response.body", "body": first, "more_body": True})
        async for chunk in stream.chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
