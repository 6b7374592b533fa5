"""The answer to a valid request: from memory where the contract keeps things, else from examples, else from Prism."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from tandem.kit.problems import NotFound, PreconditionFailed
from tandem.mock import creation, lists
from tandem.mock.actions import Actions
from tandem.mock.documents import Loaded
from tandem.mock.engine import AnyEngine
from tandem.mock.exchange import Answer, Ask
from tandem.mock.identity import rewritten, stamped
from tandem.mock.memory import Seeds, Thing, World
from tandem.mock.operations import Operation
from tandem.mock.resources import Collection, Verb
from tandem.mock.stories import Stories
from tandem.mock.values import sample
from tandem.mock.views import Views


@dataclass(frozen=True, slots=True)
class Call:
    """A request that was found valid: `query` typed, `body` parsed, told in one scenario to one session's world."""

    ask: Ask
    operation: Operation
    query: Mapping[str, Any]
    body: Any
    scenario: str
    world: World
    now: datetime


class ThingNotFound(NotFound):
    def __init__(self, collection: Collection, thing_id: str) -> None:
        self._name = collection.problem_name
        super().__init__(f"There is no {collection.spoken} {thing_id[:100]}.")
        self.title = f"{collection.spoken.capitalize()} not found"  # type: ignore[misc]

    @property
    def type(self) -> str:
        return f"/problems/{self._name}-not-found"


class Answering:
    """Made anew with each load of the contracts; the worlds of the sessions outlive it."""

    def __init__(
        self, loaded: Loaded, engine: AnyEngine, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.loaded = loaded
        self.stories = Stories(loaded, engine)
        self.now = now
        self._actions = Actions(loaded.resources, loaded.operations)
        self._views = Views()

    def home_of(self, call_ids: Mapping[str, Any]) -> str | None:
        """The scenario that the ids in a request belong to."""
        return next(
            (
                home
                for thing_id in call_ids.values()
                if isinstance(thing_id, str) and (home := self.stories.home_of(thing_id))
            ),
            None,
        )

    async def answer(self, call: Call) -> Answer:
        """Raises the Problem that the caller should see."""
        role = self.loaded.resources.role(call.operation)
        aliases = await self._aliases(call)
        collection = role.collection
        if collection is None or role.verb is Verb.VIEW:
            return await self._view(call, aliases)
        seeds = await self.stories.seeds(collection, call.scenario)
        match role.verb:
            case Verb.LIST:
                return self._list(call, collection, seeds, aliases)
            case Verb.CREATE:
                return await self._create(call, collection, aliases)
        thing = await self._thing(call, collection, seeds)
        match role.verb:
            case Verb.READ:
                return _shown(call, thing, "from memory")
            case Verb.DELETE:
                return await self._delete(call, collection, thing)
        return await self._change(call, collection, thing, role.verb)

    async def _aliases(self, call: Call) -> dict[str, str]:
        """From the scenario's own ids to those asked for where nobody knows these: they stand for each other."""
        aliases: dict[str, str] = {}
        for name, thing_id in (*call.ask.path_parameters.items(), *call.query.items()):
            collection = self.loaded.resources.by_parameter.get(name)
            if collection is None or not isinstance(thing_id, str):
                continue
            if call.world.is_deleted(collection, thing_id):
                raise ThingNotFound(collection, thing_id)
            seeds = await self.stories.seeds(collection, call.scenario)
            primary = self.stories.primary(collection, call.scenario)
            if primary is not None and primary != thing_id and call.world.find(collection, seeds, thing_id) is None:
                aliases[primary] = thing_id
        return aliases

    async def _view(self, call: Call, aliases: Mapping[str, str]) -> Answer:
        told = self.stories.example(call.operation, call.scenario)
        asked = call.ask.path_parameters
        if told is None:
            body, why = stamped(await self._made(call.operation), asked), "made by Prism from the schema"
        else:
            own = self._own_ids(call, told[1])
            body = rewritten(told[0], {**self.stories.translation(told[1], call.scenario), **own, **aliases})
            why = f"example {told[1]!r}" if told[1] else "the example"
        body = self._views.shown(call.operation, body, call.world, asked)
        return _answer(call, call.operation.success.status, body, why)

    def _own_ids(self, call: Call, told: str) -> dict[str, str]:
        """From the ids the example is about to those asked for, known or not."""
        found = {}
        for name, thing_id in call.ask.path_parameters.items():
            collection = self.loaded.resources.by_parameter.get(name)
            for primary in (
                {self.stories.primary(collection, one) for one in (told, call.scenario)} if collection else ()
            ):
                if primary and primary != thing_id:
                    found[primary] = thing_id
        return found

    async def _made(self, operation: Operation) -> Any:
        body = await self.stories.body(operation)
        if body is None and operation.success.is_json and operation.success.schema:
            body = sample(operation.document, operation.success.schema)
        return body

    def _list(self, call: Call, collection: Collection, seeds: Seeds, aliases: Mapping[str, str]) -> Answer:
        back = {asked: own for own, asked in aliases.items()}
        parents = tuple(call.ask.path_parameters.get(name, "") for name in collection.parents)
        meant = {parents, tuple(back.get(thing_id, thing_id) for thing_id in parents)}
        things = call.world.all(collection, seeds)
        if parents:
            things = (one for one in things if one.parents is None or one.parents in meant)
        if aliases:
            # Before they are filtered: what is asked for by a name of its own counts as the scenario's.
            things = (Thing(one.id, rewritten(one.body, aliases), one.parents, one.made_up) for one in things)
        told = self.stories.example(call.operation, call.scenario)
        wrapping = told[0] if told and isinstance(told[0], Mapping) else {}
        query = {name: value for name, value in call.query.items() if name in call.operation.query_names}
        body, ignored = lists.page_of(collection, things, query, wrapping)
        why = "from memory" + (
            f"; nothing in the contract says how to filter by {', '.join(ignored)}" if ignored else ""
        )
        return _answer(call, call.operation.success.status, body, why)

    async def _thing(self, call: Call, collection: Collection, seeds: Seeds) -> Thing:
        """The one asked for; one nobody knows is like the scenario's own, under the id asked for."""
        thing_id = call.ask.path_parameters[str(collection.parameter)]
        parents = tuple(call.ask.path_parameters.get(name, "") for name in collection.parents)
        if call.world.is_deleted(collection, thing_id):
            raise ThingNotFound(collection, thing_id)
        found = call.world.find(collection, seeds, thing_id)
        if found is not None:
            return found
        body: Any = None
        if collection.reader:
            told = self.stories.example(collection.reader, call.scenario)
            if told is not None and isinstance(told[0], Mapping):
                own = str(told[0].get(collection.id_field))
                body = rewritten(told[0], {**self.stories.translation(told[1], call.scenario), own: thing_id})
        if body is None:
            body = next((one.body for one in seeds.values()), None)
        if body is None:
            source = collection.reader or call.operation
            body = await self._made(source)
        body = body if isinstance(body, Mapping) else {}
        names = {**call.ask.path_parameters, collection.id_field: thing_id}
        return Thing(thing_id, stamped(body, names), parents)

    async def _create(self, call: Call, collection: Collection, aliases: Mapping[str, str]) -> Answer:
        status = call.operation.success.status
        template = creation.template(call.operation, self.stories.example(call.operation, call.scenario), call.body)
        if template is None:
            made = await self._made(call.operation)
            template = creation.Template(made if isinstance(made, Mapping) else {}, {}, call.scenario)
        ids = {
            **self.stories.translation(template.scenario, call.scenario),
            **self._own_ids(call, template.scenario),
            **aliases,
        }
        number = call.world.next_number()
        thing = creation.thing(
            call.operation, collection, template, call.body, ids, call.ask.path_parameters, number, call.now
        )
        size = len(call.ask.body) + 500
        call.world.create(collection, thing, size)
        answer = _shown(call, thing, f"created {thing.id}", status)
        if "location" in call.operation.success.headers:
            answer.headers["location"] = _location(collection, thing)
        return answer

    async def _delete(self, call: Call, collection: Collection, thing: Thing) -> Answer:
        call.world.delete(collection, thing.id)
        success = call.operation.success
        if success.media_type is None:
            return Answer(success.status, b"", {}, f"deleted {thing.id}")
        told = self.stories.example(call.operation, call.scenario)
        body = told[0] if told else await self._made(call.operation)
        return _answer(call, success.status, stamped(body, {collection.id_field: thing.id}), f"deleted {thing.id}")

    async def _change(self, call: Call, collection: Collection, thing: Thing, verb: Verb) -> Answer:
        _check_match(call, thing)
        sent = call.body if isinstance(call.body, Mapping) else {}
        body = dict(thing.body)
        if verb is Verb.ACT:
            body |= self._acted(call, collection, body)
            body |= {key: value for key, value in sent.items() if key in collection.properties}
        else:
            kept = {key: value for key, value in sent.items() if key != collection.id_field}
            body = creation.merged(body, kept)
        fields = frozenset(key for key in body if key not in thing.body or body[key] != thing.body[key])
        if fields and isinstance(body.get("version"), int):
            body["version"] += 1
        changed = Thing(thing.id, body, thing.parents)
        if fields:
            call.world.change(collection, changed, fields, len(call.ask.body) + 300)
        why = f"changed {', '.join(sorted(fields))}" if fields else "nothing to change"
        if call.operation.success.media_type is None:
            return Answer(call.operation.success.status, b"", {}, why)
        return _shown(call, changed, why)

    def _acted(self, call: Call, collection: Collection, before: Mapping[str, Any]) -> dict[str, Any]:
        action = self._actions.of(call.operation, collection)
        told = self.stories.example(call.operation, call.scenario)
        example = told[0] if told and isinstance(told[0], Mapping) else {}
        sent = call.body if isinstance(call.body, Mapping) else {}
        done = {key: example[key] for key in action.fields if key in example}
        for key, value in done.items():
            if creation.is_moment(value) and before.get(key) is None:
                done[key] = creation.moment(call.now)
        done |= {field: sent[key] for key, field in action.carried.items() if key in sent}
        # Saying it a second time changes nothing, the time of the first included.
        states = {key for key in done if not creation.is_moment(done[key])}
        already = bool(states) and all(before.get(key) == done[key] for key in states)
        return {} if already else done


def _check_match(call: Call, thing: Thing) -> None:
    sent, version = call.ask.headers.get("if-match"), thing.body.get("version")
    if sent is not None and isinstance(version, int) and sent not in ("*", f'"{version}"'):
        newest = f'the newest version is "{version}"'
        raise PreconditionFailed(f"You sent If-Match {sent[:40]} but {newest}. Fetch it again and repeat your change.")


def _shown(call: Call, thing: Thing, why: str, status: int | None = None) -> Answer:
    success = call.operation.success
    answer = _answer(call, status or success.status, thing.body, why)
    version = thing.body.get("version")
    if "etag" in success.headers and isinstance(version, int):
        answer.headers["etag"] = f'"{version}"'
        if "304" in call.operation.responses and call.ask.headers.get("if-none-match") in (f'"{version}"', "*"):
            return Answer(304, b"", {"etag": answer.headers["etag"]}, "still the newest version")
    return answer


def _answer(call: Call, status: int, body: Any, why: str) -> Answer:
    success = call.operation.success
    headers = {name: text for name, one in success.headers.items() if (text := _header(call.operation, name, one))}
    if success.media_type is None:
        return Answer(status, b"", headers, why)
    headers["content-type"] = success.media_type
    raw = body.encode() if isinstance(body, str) and not success.is_json else orjson.dumps(body)
    return Answer(status, raw, headers, why)


def _header(operation: Operation, name: str, header: Mapping[str, Any]) -> str | None:
    """A value for a header the contract promises, save those that only some answers carry."""
    if name in {"idempotency-replayed", "location", "content-type", "content-length"} or not isinstance(
        header, Mapping
    ):
        return None
    value = (
        header.get("example", None) if "example" in header else sample(operation.document, header.get("schema") or {})
    )
    return str(value) if isinstance(value, (str, int, float)) else None


def _location(collection: Collection, thing: Thing) -> str:
    path = collection.path
    for name, thing_id in zip(collection.parents, thing.parents or (), strict=False):
        path = path.replace(f"{{{name}}}", thing_id)
    return f"{path}/{thing.id}"


__all__ = ["Answering", "Call", "ThingNotFound"]
