"""Does a release keep its contract? Every operation that only reads is asked, where the canary is, as a service.

It asks with the ids that lists give it, and where they give none with those of the contract's examples, which nobody
may have. What is judged: the status, the body by its schema, the headers, and that nobody is answered without a token.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import aiohttp
import orjson

from tandem.kit.contract import Contract, Operation
from tandem.kit.contract.operations import Parameter
from tandem.kit.contract.validation import ResponseCheck
from tandem.kit.telemetry.masking import sensitive_names

_NO_ANSWER = 0
_UNAUTHORIZED = 401
_NOT_FOUND = 404
# What a load balancer says while it has nobody to ask.
_PASSING = frozenset({_NO_ANSWER, 502, 503, 504})
_TRIES = 3
_TIMEOUT = aiohttp.ClientTimeout(total=10.0)


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is 0 where there was none, and `body` then says why."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str | None:
        return self.headers.get("content-type", "").partition(";")[0].strip() or None


Ask = Callable[[str, Mapping[str, str]], Awaitable[Answer]]
Pause = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Judged:
    """`wrong` is empty where the operation keeps what it promises."""

    operation: str
    status: int
    wrong: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.operation}: {'; '.join(self.wrong) or f'{self.status}, as the contract says'}"


@dataclass
class Values:
    """For parameters, by name. What was found is there; what stands in examples may be."""

    examples: dict[str, str] = field(default_factory=dict)
    found: dict[str, str] = field(default_factory=dict)

    def of(self, parameter: Parameter) -> str:
        return self.found.get(parameter.name) or self.examples.get(parameter.name, "unknown")

    def are_found(self, parameters: list[Parameter]) -> bool:
        return all(parameter.name in self.found for parameter in parameters)


class Canary:
    def __init__(self, contract: Contract, authorization: str, ask: Ask, pause: Pause = asyncio.sleep) -> None:
        self._contract = contract
        self._authorization = authorization
        self._ask = ask
        self._pause = pause
        self._reads = sorted((one for one in contract.operations if one.is_safe), key=lambda one: one.path.count("{"))
        self._hidden = sensitive_names(contract.document)
        self._values = Values()
        for operation in self._reads:
            for example in _examples(contract, operation):
                self._learn(operation, example, self._values.examples)

    async def judged(self) -> AsyncIterator[Judged]:
        for operation in self._reads:
            needed = _needed(operation)
            target = self._target(operation, needed)
            wanted = {operation.success.status}
            if not self._values.are_found(needed):
                wanted.add(_NOT_FOUND)
            answer = await self._asked(target, {"authorization": self._authorization})
            wrong = [*self._wrong(operation, answer, wanted), *await self._open_to_anybody(operation, target)]
            yield Judged(operation.id, answer.status, tuple(wrong))

    def _target(self, operation: Operation, needed: list[Parameter]) -> str:
        values = {parameter.name: quote(self._values.of(parameter), safe="") for parameter in needed}
        asked = "&".join(f"{one.name}={values[one.name]}" for one in needed if one.location == "query")
        return operation.path.format_map(values) + (f"?{asked}" if asked else "")

    async def _asked(self, target: str, headers: Mapping[str, str]) -> Answer:
        answer = await self._ask(target, headers)
        for seconds in range(1, _TRIES):
            if answer.status not in _PASSING:
                break
            await self._pause(seconds)
            answer = await self._ask(target, headers)
        return answer

    def _wrong(self, operation: Operation, answer: Answer, wanted: set[int]) -> Iterator[str]:
        if answer.status == _NO_ANSWER:
            yield f"no answer: {answer.body.decode()}"
            return
        if answer.status not in wanted:
            yield f"answered {answer.status} and not {' or '.join(map(str, sorted(wanted)))}"
        check = ResponseCheck(self._contract, operation, self._hidden)
        violations = list(check.violations(answer.status, answer.media_type, answer.headers, answer.body))
        yield from violations
        if answer.status == operation.success.status and not violations and "json" in str(answer.media_type):
            self._learn(operation, orjson.loads(answer.body), self._values.found)

    async def _open_to_anybody(self, operation: Operation, target: str) -> list[str]:
        if operation.scopes is None:
            return []
        status = (await self._asked(target, {})).status
        return [] if status == _UNAUTHORIZED else [f"answered {status} without a token, and not {_UNAUTHORIZED}"]

    def _learn(self, operation: Operation, document: Any, into: dict[str, str]) -> None:
        """From a list, the first of its items: its id and whatever else it names that is a parameter somewhere."""
        items = document.get("items") if isinstance(document, dict) else None
        if not isinstance(items, list) or not items or not isinstance(items[0], dict):
            return
        first, names = items[0], {one.name for read in self._reads for one in _needed(read)}
        learned = {name: value for name, value in first.items() if name in names and isinstance(value, str)}
        if isinstance(identity := first.get("id"), str):
            learned.update(dict.fromkeys(self._named_by(operation), identity))
        for name, value in learned.items():
            into.setdefault(name, value)

    def _named_by(self, collection: Operation) -> Iterator[str]:
        """The parameters that stand for one of the collection: `card_id` of /cards/{card_id} for /cards."""
        for read in self._reads:
            base, _, last = read.path.rpartition("/")
            if base == collection.path and last.startswith("{"):
                yield last.strip("{}")


def _needed(operation: Operation) -> list[Parameter]:
    return [one for one in operation.parameters_in("path", "query") if one.required]


def _examples(contract: Contract, operation: Operation) -> Iterator[Any]:
    responses = contract.document["paths"][operation.path][operation.method.lower()]["responses"]
    response = contract.resolve(responses[str(operation.success.status)])
    for content in response.get("content", {}).values():
        for example in content.get("examples", {}).values():
            yield contract.resolve(example).get("value")


async def ask_over_http(session: aiohttp.ClientSession, url: str, target: str, headers: Mapping[str, str]) -> Answer:
    try:
        async with session.get(url + target, headers=headers, allow_redirects=False, timeout=_TIMEOUT) as response:
            found = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status, found, await response.read())
    except (aiohttp.ClientError, OSError) as error:
        return Answer(_NO_ANSWER, {}, f"{type(error).__name__}: {error}".rstrip(": ").encode())


async def judge(contract: Contract, url: str, authorization: str, say: Callable[[str], None]) -> bool:
    """Whether the release at `url` keeps its contract; `say` hears of each operation."""
    broken, asked = [], 0
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:

        async def ask(target: str, headers: Mapping[str, str]) -> Answer:
            return await ask_over_http(session, url.rstrip("/"), target, headers)

        async for one in Canary(contract, authorization, ask).judged():
            say(str(one))
            asked += 1
            broken += [one.operation] if one.wrong else []
    # The last lines of a task that failed are what people are shown first.
    if broken:
        say(f"{len(broken)} of {asked} reads break the contract: {', '.join(broken)}.")
    return not broken
