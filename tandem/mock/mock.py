"""The mock itself: what it serves now, whose sessions it keeps, and the way from a request to its answer."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from tandem.kit import drift
from tandem.kit.contract import ContractError
from tandem.kit.problems import MethodNotAllowed, NotFound, Problem
from tandem.mock import faults, preferences, scenarios
from tandem.mock.answering import Answering, Call
from tandem.mock.documents import Loaded, Source
from tandem.mock.drift import Drift
from tandem.mock.engine import AnyEngine
from tandem.mock.examples import wrong_examples
from tandem.mock.exchange import Answer, Ask, problem_answer
from tandem.mock.faults import Dial, Fault
from tandem.mock.live import Live
from tandem.mock.operations import Operation
from tandem.mock.requests import check_token, read_request
from tandem.mock.routes import Match
from tandem.mock.session import Session, Sessions
from tandem.mock.watch import Status, Watch


@dataclass(frozen=True, slots=True)
class Told:
    """An answer, the fault that is to befall it on its way, and the scenario it was told in."""

    answer: Answer
    fault: Fault
    scenario: str


class Mock:
    def __init__(
        self,
        source: Source,
        engine: AnyEngine,
        *,
        auth: bool = False,
        random: Random | None = None,
        live: Live | None = None,
    ) -> None:
        """Reads the contracts once; raises ContractError when there is no good one to begin with."""
        self.engine = engine
        self.auth = auth
        self.status = Status()
        self.sessions = Sessions()
        self.live = live or Live()
        self.drift = Drift()
        self.started_at = time.time()
        self._random = random or Random()  # noqa: S311 - luck, not secrecy
        self._tasks: set[asyncio.Task[None]] = set()
        self._watch = Watch(source, self.status, self._take)
        self.answering: Answering
        self._take(source.load())

    @property
    def loaded(self) -> Loaded:
        return self.answering.loaded

    def start(self) -> None:
        self.engine.start()
        self._tasks = {asyncio.create_task(self._watch.run())}
        self._check_examples()

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        await self.engine.stop()
        await self.live.close()

    async def look(self) -> None:
        """Take up what was saved, now rather than in a moment."""
        await self._watch.look()

    def _take(self, loaded: Loaded) -> None:
        self.answering = Answering(loaded, self.engine)
        self.engine.serve(loaded.documents)
        self.sessions.forget_answers()
        self.drift.forget_contracts()
        self.status.warnings = []
        if self._tasks:
            self._check_examples()

    def _check_examples(self) -> None:
        task = asyncio.create_task(self.find_wrong_examples(self.loaded))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def find_wrong_examples(self, loaded: Loaded) -> None:
        """A little at a time, so that requests do not wait for it."""
        with contextlib.suppress(ContractError):
            for sentence in wrong_examples(loaded):
                if sentence:
                    self.status.warnings.append(sentence)
                await asyncio.sleep(0.002)

    async def respond(
        self, ask: Ask, match: Match | frozenset[str], raw_path: str, session: Session, cookies: Mapping[str, str]
    ) -> Told:
        fault, scenario = faults.NONE, session.scenario or self.answering.stories.first
        try:
            if not isinstance(match, Match):
                raise _nothing_there(ask, match)
            operation = match.operation
            dial = faults.from_headers(ask.headers.get("x-tandem-delay"), ask.headers.get("x-tandem-fault"))
            fault = self._draw(dial or session.dial(operation.name))
            if fault.kind == "error":
                answer = await preferences.error_answer(operation, fault.status, self.engine, ask.request_id)
                return Told(answer, fault, scenario)
            if self.auth:
                check_token(ask, operation)
            origin = self.live.routes.get(operation.name)
            if origin is not None:
                return Told(await self._live(ask, operation, raw_path, origin), fault, "live")
            answer, scenario = await self._answer(ask, operation, session, cookies, scenario)
        except Problem as problem:
            answer = problem_answer(problem, ask.request_id)
        return Told(answer, fault, scenario)

    def _draw(self, dial: Dial | None) -> Fault:
        return faults.NONE if dial is None else dial.draw(self._random)

    async def _live(self, ask: Ask, operation: Operation, raw_path: str, origin: str) -> Answer:
        answer = await self.live.ask(ask, raw_path, origin)
        found = self.drift.hold(operation, answer)
        if found:
            answer.headers[drift.HEADER] = drift.header_value(found)
            answer.why += f"; {len(found)} ways in which it departs from the contract"
        return answer

    async def _answer(
        self, ask: Ask, operation: Operation, session: Session, cookies: Mapping[str, str], scenario: str
    ) -> tuple[Answer, str]:
        answering = self.answering
        named, query = (None, ask.query)
        if b"scenario=" in query and "scenario" not in operation.query_names:
            named, query = scenarios.without_scenario(query)
            ask = _with_query(ask, query)
        told = scenarios.chosen(ask.headers, named, cookies, session, answering.stories)
        values, body = await read_request(ask, operation, self.engine)
        if told is None:
            ids = {**values, **ask.path_parameters, **(body if isinstance(body, dict) else {})}
            told = session.home_of(ids) or answering.home_of(ids) or scenario
        if "prefer" in ask.headers:
            preferred = await preferences.preferred_answer(ask, operation, self.engine)
            if preferred is not None:
                return preferred, told
        call = Call(ask, operation, values, body, told, session.world(told), answering.now())
        if operation.method in ("GET", "HEAD"):
            return await self._read(call), told
        self.sessions.check_room(session)
        return await self._write(call), told

    async def _read(self, call: Call) -> Answer:
        ask = call.ask
        key = (call.operation, ask.path, ask.query, ask.headers.get("if-none-match"))
        known = call.world.cache.get(key)
        if known is None:
            known = await self.answering.answer(call)
            call.world.keep(key, known)
        return Answer(known.status, known.body, dict(known.headers), known.why)

    async def _write(self, call: Call) -> Answer:
        """The same key gives the same answer, as with the real thing."""
        # It brings the database driver and Pydantic with it, a quarter of a second that the start should not wait for.
        from tandem.kit.idempotency import IdempotencyKeyReused, fingerprint

        key = call.ask.headers.get("idempotency-key")
        if key is None or call.operation.strict is None or not call.operation.strict.takes_header("idempotency-key"):
            return await self.answering.answer(call)
        sent = fingerprint(call.ask.path, call.ask.query, call.ask.body)
        before = call.world.answered(call.operation.name, key)
        if before is None:
            answer = await self.answering.answer(call)
            kept = Answer(answer.status, answer.body, dict(answer.headers), answer.why)
            call.world.remember(call.operation.name, key, sent, kept)
            return answer
        if before[0] != sent:
            raise IdempotencyKeyReused(key)
        replayed = {**before[1].headers, "idempotency-replayed": "true"}
        return Answer(
            before[1].status, before[1].body, replayed, "the stored answer to an earlier request with this key"
        )


def _nothing_there(ask: Ask, allowed: frozenset[str]) -> Problem:
    if not allowed:
        return NotFound(f"There is nothing at {ask.path[:200]}.")
    problem = MethodNotAllowed(f"{ask.method[:20]} is not possible at {ask.path[:200]}.")
    problem.headers = {"allow": ", ".join(sorted(allowed))}
    return problem


def _with_query(ask: Ask, query: bytes) -> Ask:
    return Ask(ask.operation, ask.method, ask.path, ask.path_parameters, query, ask.headers, ask.body, ask.request_id)


__all__ = ["Mock", "Told"]
