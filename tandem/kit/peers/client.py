"""One peer: what generated code calls."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar, overload

from pydantic import BaseModel, ValidationError

from tandem.kit import context
from tandem.kit.auth.tokens import TokenSource, TokenUnreadable
from tandem.kit.discovery import NoAddress, Resolver
from tandem.kit.peers.breaker import BreakerPolicy, CircuitBreaker
from tandem.kit.peers.budget import RetryBudget
from tandem.kit.peers.failures import PeerBroken, PeerRefused, PeerUnavailable
from tandem.kit.peers.metrics import PeerMetrics
from tandem.kit.peers.operation import PeerOperation
from tandem.kit.peers.trace import trace_headers
from tandem.kit.peers.transport import ConnectionFailed, PeerAnswer, PeerRequest, Transport

_Model = TypeVar("_Model", bound=BaseModel)
_PASSING_TROUBLE = frozenset((502, 503, 504))
_TOO_MANY_REQUESTS = 429


@dataclass(frozen=True, slots=True)
class PeerPolicy:
    timeout_seconds: float = 2.0
    retries: int = 2
    first_backoff_seconds: float = 0.025
    longest_backoff_seconds: float = 0.25
    # A peer that was given less time than this has not failed by being late: our own caller had none left.
    fair_seconds: float = 0.05
    breaker: BreakerPolicy = field(default_factory=BreakerPolicy)


class PeerClient:
    def __init__(
        self,
        peer: str,
        transport: Transport,
        resolver: Resolver,
        tokens: TokenSource,
        *,
        metrics: PeerMetrics,
        policy: PeerPolicy,
        random: Random,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._peer = peer
        self._transport = transport
        self._resolver = resolver
        self._tokens = tokens
        self._metrics = metrics
        self._policy = policy
        self._random = random
        self._now = now
        self._sleep = sleep
        self._budget = RetryBudget(now=now)
        self._breaker = CircuitBreaker(policy.breaker, lambda is_open: metrics.breaker(peer, is_open), now)
        metrics.breaker(peer, is_open=False)

    @overload
    async def call(
        self,
        operation: PeerOperation,
        model: type[_Model],
        *,
        path: Mapping[str, object] | None = None,
        query: Mapping[str, object] | None = None,
        body: BaseModel | None = None,
        idempotency_key: str | None = None,
        if_match: str | None = None,
        timeout_seconds: float | None = None,
    ) -> _Model: ...

    @overload
    async def call(
        self,
        operation: PeerOperation,
        model: None,
        *,
        path: Mapping[str, object] | None = None,
        query: Mapping[str, object] | None = None,
        body: BaseModel | None = None,
        idempotency_key: str | None = None,
        if_match: str | None = None,
        timeout_seconds: float | None = None,
    ) -> None: ...

    async def call(
        self,
        operation: PeerOperation,
        model: type[_Model] | None,
        *,
        path: Mapping[str, object] | None = None,
        query: Mapping[str, object] | None = None,
        body: BaseModel | None = None,
        idempotency_key: str | None = None,
        if_match: str | None = None,
        timeout_seconds: float | None = None,
    ) -> _Model | None:
        """Raises PeerUnavailable, PeerBroken (a PeerUnavailable) or PeerRefused."""
        started = self._now()
        outcome = "error"
        try:
            request = PeerRequest(
                operation,
                operation.target(path or {}, query or {}),
                self._headers(idempotency_key, if_match, body is not None),
                None if body is None else body.model_dump_json(by_alias=True, exclude_unset=True).encode(),
            )
            repeatable = operation.repeatable or idempotency_key is not None
            answer = await self._ask(request, self._deadline(started, timeout_seconds), repeatable)
            result = self._read(operation, model, answer)
            outcome = "ok"
            return result
        except PeerUnavailable as failure:
            outcome = failure.outcome
            raise
        except PeerRefused:
            outcome = "refused"
            raise
        except asyncio.CancelledError:
            outcome = "cancelled"
            raise
        finally:
            self._metrics.ended(self._peer, operation.id, outcome, self._now() - started)

    def _deadline(self, started: float, timeout_seconds: float | None) -> float:
        own = started + (self._policy.timeout_seconds if timeout_seconds is None else timeout_seconds)
        current = context.current.get()
        return own if current is None else min(own, current.deadline)

    def _headers(self, idempotency_key: str | None, if_match: str | None, has_body: bool) -> dict[str, str]:
        headers = trace_headers(context.current.get(), self._random)
        headers["accept"] = "application/json"
        authorization = self._authorization()
        if authorization is not None:
            headers["authorization"] = authorization
        if has_body:
            headers["content-type"] = "application/json"
        if idempotency_key is not None:
            headers["idempotency-key"] = idempotency_key
        if if_match is not None:
            headers["if-match"] = if_match
        return headers

    def _authorization(self) -> str | None:
        try:
            return self._tokens.authorization()
        except TokenUnreadable as error:
            raise PeerUnavailable(self._peer, "no_token") from error

    async def _ask(self, request: PeerRequest, deadline: float, repeatable: bool) -> PeerAnswer:
        self._budget.request()
        attempt = 0
        while True:
            try:
                return await self._attempt(request, deadline)
            except PeerUnavailable as failure:
                wait = self._backoff(attempt, failure)
                worth_it = repeatable and failure.may_retry and attempt < self._policy.retries
                if not worth_it or self._now() + wait >= deadline or not self._budget.take():
                    raise
            attempt += 1
            self._metrics.retried(self._peer, request.operation.id)
            await self._sleep(wait)

    def _backoff(self, attempt: int, failure: PeerUnavailable) -> float:
        longest = min(self._policy.longest_backoff_seconds, self._policy.first_backoff_seconds * 2**attempt)
        return max(failure.retry_after_seconds, self._random.uniform(0, longest))

    async def _attempt(self, request: PeerRequest, deadline: float) -> PeerAnswer:
        left = deadline - self._now()
        if left <= 0:
            raise PeerUnavailable(self._peer, "timeout")
        permit = self._breaker.admit()
        if permit is None:
            raise PeerUnavailable(self._peer, "open")
        healthy: bool | None = None
        try:
            answer = await self._send(request, left)
            healthy = answer.status < 500
        except TimeoutError as error:
            healthy = False if left >= self._policy.fair_seconds else None
            raise PeerUnavailable(self._peer, "timeout") from error
        except (ConnectionFailed, NoAddress) as error:
            healthy = False
            raise PeerUnavailable(self._peer, "unreachable", may_retry=True) from error
        finally:
            self._breaker.record(permit, healthy)
        return self._usable(answer)

    async def _send(self, request: PeerRequest, left: float) -> PeerAnswer:
        headers = {**request.headers, context.TIMEOUT_HEADER: str(max(1, int(left * 1000)))}
        async with asyncio.timeout(left):
            address = await self._resolver.resolve(self._peer)
            return await self._transport.send(
                PeerRequest(request.operation, address + request.url, headers, request.body)
            )

    def _usable(self, answer: PeerAnswer) -> PeerAnswer:
        """An answer that says something about the request, and not about the peer's own state."""
        if answer.status < 500 and answer.status != _TOO_MANY_REQUESTS:
            return answer
        raise PeerUnavailable(
            self._peer,
            "unavailable",
            may_retry=answer.status in _PASSING_TROUBLE,
            retry_after_seconds=_seconds(answer.retry_after),
        )

    def _read(self, operation: PeerOperation, model: type[_Model] | None, answer: PeerAnswer) -> _Model | None:
        if 400 <= answer.status < 500:
            raise PeerRefused.from_body(self._peer, operation.id, answer.status, answer.body)
        if answer.status != operation.success:
            raise PeerBroken(self._peer, operation.id, f"status {answer.status} instead of {operation.success}")
        if model is None:
            return None
        try:
            return model.model_validate_json(answer.body)
        except ValidationError as error:
            # Not chained: the text of the validation error repeats the values, and tracebacks are logged.
            raise PeerBroken(self._peer, operation.id, _where(error)) from None


def _seconds(retry_after: str | None) -> float:
    """The other form of the header, a date, is not used between services."""
    return float(retry_after) if retry_after is not None and retry_after.isdecimal() else 0.0


def _where(error: ValidationError) -> str:
    """Places and rules only, because the values may be sensitive."""
    return "; ".join(
        f"{'/'.join(map(str, complaint['loc'])) or 'body'}: {complaint['type']}"
        for complaint in error.errors(include_url=False, include_context=False, include_input=False)[:5]
    )
