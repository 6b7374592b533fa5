"""The ASGI application: from the wire to the mock and back, with what befalls an answer on its way."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from tandem.kit.problems import ContentTooLarge, InternalError, MalformedRequest, Problem
from tandem.mock import api, cors
from tandem.mock.exchange import Answer, Ask, problem_answer
from tandem.mock.faults import NONE, Fault
from tandem.mock.mock import Mock, Told
from tandem.mock.routes import Match
from tandem.mock.session import Session, read_cookies, session_name

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
# What serves pages under `/__tandem`; it says whether the path was one of its own.
Pages = Callable[[Mock, Session, Ask], Awaitable[Answer | None]]

MOST_BODY_BYTES = 1_048_576
_BODY_SECONDS = 30.0
_SILENT_SECONDS = 300.0
_SLOW_STEPS = 20
_SLOW_SECONDS = 5.0
_REQUEST_ID = re.compile(r"[A-Za-z0-9_.:-]{1,100}")
_WITHOUT_BODY = frozenset({204, 304})
# What a dial does on the way, for the journal: the answer alone would look as if it had arrived.
_BEFALLS = {
    "drop": "; a dial cut the connection before it",
    "slow": "; a dial let the body trickle",
    "timeout": "; a dial kept it back, so that nothing came",
}


class ClientGone(Exception):
    """There is nobody left to answer."""


class App:
    def __init__(self, mock: Mock, pages: Pages | None = None) -> None:
        self.mock = mock
        self.pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self.mock.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.mock.stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        method: str = scope["method"]
        if cors.is_preflight(method, headers):
            await _send(send, Answer(204, b"", cors.preflight_headers(headers)), method)
            return
        given = headers.get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        raw_path = scope["raw_path"].decode("latin-1").partition("?")[0]
        session: Session | None = None
        match: Match | frozenset[str] = frozenset()
        ask = Ask(None, method, scope["path"], {}, scope["query_string"], headers, b"", request_id)
        try:
            cookies = read_cookies(headers.get("cookie"))
            session = self.mock.sessions.get(session_name(headers, cookies))
            if raw_path == api.PREFIX or raw_path.startswith(api.PREFIX + "/"):
                answer = await self._own(ask, raw_path, session, await _body(receive, headers))
                await self._finish(send, scope, ask, session, Told(answer, NONE, ""))
                return
            match = self.mock.loaded.routes.match(method, raw_path)
            if self.pages and raw_path == "/" and not isinstance(match, Match) and _is_browser(headers):
                await _send(send, Answer(303, b"", {"location": api.PREFIX}), method)
                return
            body = await _body(receive, headers) if method not in ("GET", "HEAD") else b""
            ask = _with_match(ask, match, body)
            told = await self.mock.respond(ask, match, raw_path, session, cookies)
        except ClientGone:
            return
        except Problem as problem:
            told = Told(problem_answer(problem, request_id), NONE, "")
        except Exception as error:  # noqa: BLE001 - the edge of the process: a bug in one answer must not end the mock
            told = Told(_broken(error, request_id), NONE, "")
        if session is not None:
            told.answer.why += _BEFALLS.get(told.fault.kind, "")
            session.journal.write(time.time(), ask, told.answer, time.perf_counter() - began, told.scenario)
            await self._finish(send, scope, ask, session, told, receive)
        else:
            await _send(send, told.answer, method)

    async def _own(self, ask: Ask, raw_path: str, session: Session, body: bytes) -> Answer:
        try:
            cors.check_own(ask.headers)
            ask = _with_match(ask, frozenset(), body)
            shown = await self.pages(self.mock, session, ask) if self.pages else None
            return shown or api.own_answer(self.mock, session, ask.method, raw_path, ask.query, body)
        except Problem as problem:
            return problem_answer(problem, ask.request_id)

    async def _finish(
        self, send: Send, scope: Scope, ask: Ask, session: Session, told: Told, receive: Receive | None = None
    ) -> None:
        answer, fault = told.answer, told.fault
        if fault.delay_seconds:
            await asyncio.sleep(fault.delay_seconds)
        if receive is not None and fault.kind in ("drop", "timeout"):
            await _leave(scope, receive, silent=fault.kind == "timeout")
            return
        answer.headers["tandem-contract"] = self.mock.status.header
        answer.headers["tandem-session"] = session.name
        if told.scenario:
            answer.headers["tandem-scenario"] = told.scenario
        answer.headers["x-request-id"] = ask.request_id
        answer.headers |= cors.headers_for(ask.headers)
        await _send(send, answer, ask.method, fault)


def _is_browser(headers: Mapping[str, str]) -> bool:
    return "text/html" in headers.get("accept", "")


def _with_match(ask: Ask, match: Match | frozenset[str], body: bytes) -> Ask:
    found = match if isinstance(match, Match) else None
    operation, parameters = (found.operation, found.parameters) if found else (None, {})
    return Ask(operation, ask.method, ask.path, parameters, ask.query, ask.headers, body, ask.request_id)


async def _body(receive: Receive, headers: Mapping[str, str]) -> bytes:
    declared = headers.get("content-length", "0")
    if declared == "0" and "transfer-encoding" not in headers:
        return b""
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            return await _received(receive, int(declared) if declared.isdecimal() else 0)
    except TimeoutError:
        raise MalformedRequest(f"The body did not arrive within {_BODY_SECONDS:g} s.") from None


async def _received(receive: Receive, declared: int) -> bytes:
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        if max(size, declared) > MOST_BODY_BYTES:
            raise ContentTooLarge(f"The body may be at most {MOST_BODY_BYTES} bytes.")
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        more = message.get("more_body", False)
    if size > MOST_BODY_BYTES:
        raise ContentTooLarge(f"The body may be at most {MOST_BODY_BYTES} bytes.")
    return b"".join(parts)


async def _leave(scope: Scope, receive: Receive, *, silent: bool) -> None:
    """Cut the connection, or say nothing on it until the other side gives up."""
    if silent:
        try:
            async with asyncio.timeout(_SILENT_SECONDS):
                while (await receive())["type"] != "http.disconnect":
                    pass
        except TimeoutError:
            pass
    transport = scope.get("tandem.transport")
    if transport is not None:
        transport.abort()
        # The server hears of it on the next turn of the loop, and then knows that no answer will come.
        await asyncio.sleep(0.01)


async def _send(send: Send, answer: Answer, method: str, fault: Fault = NONE) -> None:
    without = answer.status in _WITHOUT_BODY
    headers = [(name.encode("latin-1"), _latin(value)) for name, value in answer.headers.items()]
    if not without:
        headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    body = b"" if without or method == "HEAD" else answer.body
    if fault.kind == "slow" and body:
        step = max(len(body) // _SLOW_STEPS, 1)
        for start in range(0, len(body), step):
            await send({"type": "http.response.body", "body": body[start : start + step], "more_body": True})
            await asyncio.sleep(_SLOW_SECONDS / _SLOW_STEPS)
        body = b""
    await send({"type": "http.response.body", "body": body})


def _latin(value: str) -> bytes:
    return value.encode("latin-1", "replace").replace(b"\r", b" ").replace(b"\n", b" ")


def _broken(error: Exception, request_id: str) -> Answer:
    answer = problem_answer(
        InternalError(f"The mock itself broke: {type(error).__name__}: {str(error)[:200]}."), request_id
    )
    answer.why = f"a bug in the mock: {type(error).__name__}: {error}"
    return answer
