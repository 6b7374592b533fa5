"""Calls over HTTP with typed answers and typed errors. Copied as it is into every generated client."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Self, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel

T = TypeVar("T", bound="BaseModel | str | bytes | None")
Token = str | Callable[[], Awaitable[str]] | None


@dataclass(frozen=True)
class Answer(Generic[T]):
    """Send `etag` back as `if_match` to change what you got."""

    data: T
    status: int
    etag: str | None
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Mistake:
    location: str
    pointer: str
    message: str


@dataclass
class Problem(Exception):
    """The API answered with an error. `type` stays the same when the wording changes."""

    status: int
    type: str
    title: str
    detail: str
    request_id: str | None
    errors: list[Mistake] = field(default_factory=list)
    retry_after_seconds: int | None = None

    def __str__(self) -> str:
        return f"{self.title}: {self.detail}"


class Unreachable(Exception):
    """Nothing answered, or not in time."""


class Transport:
    """`token` is one, or what gives one: it is asked before every call. `scenario` is for the mock."""

    def __init__(
        self,
        base_url: str,
        *,
        token: Token = None,
        scenario: str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_seconds: float = 10.0,
        http: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._token = token
        told = {"X-Tandem-Scenario": scenario} if scenario else {}
        self._http = httpx.AsyncClient(
            base_url=base_url, headers={**told, **(headers or {})}, timeout=timeout_seconds, transport=http
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def call(
        self,
        answer: type[T],
        method: str,
        path: str,
        *,
        values: Mapping[str, object] | None = None,
        query: Mapping[str, object] | None = None,
        body: BaseModel | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer[T]:
        filled = path.format_map({name: quote(str(value), safe="") for name, value in (values or {}).items()})
        given: Any = {name: value for name, value in (query or {}).items() if value is not None}
        content = None if body is None else body.model_dump_json(by_alias=True, exclude_unset=True)
        sent = {**await self._authorization(), **({} if body is None else {"Content-Type": "application/json"})}
        try:
            response = await self._http.request(
                method, filled, params=given, content=content, headers={**sent, **(headers or {})}
            )
        except httpx.TransportError as error:
            raise Unreachable(f"{self._http.base_url} does not answer: {error or type(error).__name__}") from error
        if not response.is_success:
            raise _problem_of(response)
        return Answer(_read(answer, response), response.status_code, response.headers.get("ETag"), response.headers)

    async def _authorization(self) -> dict[str, str]:
        token = await self._token() if callable(self._token) else self._token
        return {"Authorization": f"Bearer {token}"} if token else {}


def new_idempotency_key() -> str:
    """Keep it and send it again with a retry: then nothing is created twice."""
    return secrets.token_hex(16)


def _read(answer: type[T], response: httpx.Response) -> T:
    if issubclass(answer, BaseModel):
        return answer.model_validate_json(response.content)
    data: Any = {str: response.text, bytes: response.content}.get(answer)  # type: ignore[call-overload]
    return data  # type: ignore[no-any-return]


def _problem_of(response: httpx.Response) -> Problem:
    try:
        said = response.json()
    except ValueError:
        said = None
    problem = said if isinstance(said, dict) else {}
    wait = response.headers.get("Retry-After", "")
    return Problem(
        status=response.status_code,
        type=str(problem.get("type", "about:blank")),
        title=str(problem.get("title", response.reason_phrase)),
        detail=str(problem.get("detail", "The answer says no more than its status.")),
        request_id=problem.get("request_id") or response.headers.get("X-Request-Id"),
        errors=[Mistake(one["in"], one["pointer"], one["message"]) for one in problem.get("errors", [])],
        retry_after_seconds=int(wait) if wait.isdecimal() else None,
    )
