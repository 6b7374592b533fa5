"""Scenarios: named examples of all operations read together as the state of a world, the seed of its memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from tandem.mock.documents import Loaded
from tandem.mock.engine import AnyEngine, Want
from tandem.mock.identity import FILLED, new_id, rewritten
from tandem.mock.memory import Seeds, Thing
from tandem.mock.operations import Operation
from tandem.mock.resources import Collection, Verb
from tandem.mock.values import mended

_MOST_FILLED = 500
_MADE_UP = 3
ONLY = "default"


class Stories:
    """`names` has the scenarios in the order of the contracts; the first is told when nobody chooses."""

    def __init__(self, loaded: Loaded, engine: AnyEngine) -> None:
        self._loaded = loaded
        self._engine = engine
        self._seeds: dict[tuple[str, str], Seeds] = {}
        self._bodies: dict[Operation, Any] = {}
        self.names = _names(loaded)
        self._firsts = {
            (collection.path, name): first
            for collection in loaded.resources.collections.values()
            for name in self.names
            if (first := _first_id(collection, name)) is not None
        }
        self._homes = self._index()

    @property
    def first(self) -> str:
        return self.names[0]

    def home_of(self, thing_id: str) -> str | None:
        """The scenario whose story an id belongs to."""
        return self._homes.get(thing_id)

    def primary(self, collection: Collection, name: str) -> str | None:
        """The thing of this kind that a scenario is about."""
        return self._firsts.get((collection.path, name))

    def example(self, operation: Operation, name: str) -> tuple[Any, str] | None:
        """The success example of this scenario, else of the first that has one; with the name it goes by."""
        examples = operation.success.examples
        for wanted in (name, self.first, ""):
            if wanted in examples:
                return examples[wanted], wanted
        return next(((value, wanted) for wanted, value in examples.items()), None)

    def translation(self, told: str, name: str) -> dict[str, str]:
        """The ids of one story in those of another, for an example that only the other story has."""
        if told == name:
            return {}
        pairs = [
            (self.primary(one, told), self.primary(one, name)) for one in self._loaded.resources.collections.values()
        ]
        return {old: new for old, new in pairs if old and new and old != new}

    async def body(self, operation: Operation) -> Any:
        """What Prism makes of the success schema, put right and kept; None where it makes nothing."""
        if operation not in self._bodies:
            answer = await self._engine.answer(operation, Want())
            body = answer.body if answer.problem is None else None
            if operation.success.is_json and operation.success.schema:
                body = mended(operation.document, operation.success.schema, body)
            self._bodies[operation] = body
        return self._bodies[operation]

    async def seeds(self, collection: Collection, name: str) -> Seeds:
        key = (collection.path, name)
        if key not in self._seeds:
            has_examples = any(one and one.success.examples for one in (collection.lister, collection.reader))
            things = self._told(collection, name) if has_examples else await self._made_up(collection)
            self._seeds[key] = {thing.id: thing for thing in things}
        return self._seeds[key]

    def _told(self, collection: Collection, name: str) -> list[Thing]:
        things: dict[str, Thing] = {}
        page: Any = {}
        if collection.lister and collection.page and (told := self.example(collection.lister, name)):
            page = rewritten(told[0], self.translation(told[1], name))
            for number, body in enumerate(items_of(page, collection)):
                thing = self._thing(collection, body, name, number)
                things[thing.id] = thing
        if collection.reader and name in collection.reader.success.examples:
            body = collection.reader.success.examples[name]
            if isinstance(body, Mapping):
                thing = self._thing(collection, body, name, 0)
                things.setdefault(thing.id, thing)
        listed = list(things.values())
        return [*listed, *self._filled(collection, listed, _total(page, collection), name)]

    def _thing(self, collection: Collection, body: Mapping[str, Any], name: str, number: int) -> Thing:
        found = body.get(collection.id_field)
        thing_id = str(found) if found is not None else f"{name}-{number}"
        parents = tuple(self._parent(parameter, body, name) for parameter in collection.parents)
        known = all(parent is not None for parent in parents)
        return Thing(thing_id, body, tuple(str(one) for one in parents) if known else None)

    def _parent(self, parameter: str, body: Mapping[str, Any], name: str) -> str | None:
        if isinstance(body.get(parameter), str):
            return str(body[parameter])
        owner = self._loaded.resources.by_parameter.get(parameter)
        return self.primary(owner, name) if owner else None

    def _filled(self, collection: Collection, listed: list[Thing], total: int, name: str) -> Iterator[Thing]:
        """A page that shows three of 57: the other 54, so that whoever scrolls on finds something."""
        if not listed or collection.parameter is None:
            return
        steps = _steps([thing.body for thing in listed])
        for number in range(min(total - len(listed), _MOST_FILLED)):
            like = listed[number % len(listed)].body
            back = number // len(listed) + 1
            body = {key: _earlier(one, back) for key, one in like.items()}
            last = listed[-1].body
            body |= {key: last[key] - step * (number + 1) for key, step in steps.items()}
            body[collection.id_field] = new_id(collection, last.get(collection.id_field), FILLED + number)
            yield self._thing(collection, body, name, len(listed) + number)

    async def _made_up(self, collection: Collection) -> list[Thing]:
        """Without examples: what Prism makes of the schema, a few times, each with an id of its own."""
        source = collection.reader or collection.lister
        body = await self.body(source) if source else None
        bodies = [body] if source is collection.reader else list(items_of(body, collection))[:1]
        found = []
        for number in range(_MADE_UP):
            for one in (one for one in bodies if isinstance(one, Mapping)):
                thing_id = new_id(collection, one.get(collection.id_field), number + 1)
                changed = {**one, collection.id_field: thing_id} if collection.id_field in one else dict(one)
                found.append(Thing(str(thing_id), changed, None, made_up=True))
        return found

    def _index(self) -> dict[str, str]:
        homes: dict[str, str] = {}
        for collection in self._loaded.resources.collections.values():
            for name in self.names:
                examples = [one.success.examples.get(name) for one in (collection.lister, collection.reader) if one]
                for body in (body for one in examples for body in (*items_of(one, collection), one)):
                    if isinstance(body, Mapping) and isinstance(body.get(collection.id_field), str):
                        homes.setdefault(body[collection.id_field], name)
        return homes


def _names(loaded: Loaded) -> list[str]:
    """Those with a story first, then every other name that an example of a success has."""
    found = dict.fromkeys(loaded.stories)
    for operation in loaded.operations:
        if operation.method == "GET" and (
            loaded.resources.role(operation).verb is not Verb.VIEW or operation.path_names
        ):
            found |= dict.fromkeys(name for name in operation.success.examples if name)
    return list(found) or [ONLY]


def _first_id(collection: Collection, name: str) -> str | None:
    examples = [one.success.examples.get(name) for one in (collection.reader, collection.lister) if one]
    for body in (body for one in examples for body in (one, *items_of(one, collection))):
        if isinstance(body, Mapping) and isinstance(body.get(collection.id_field), (str, int)):
            return str(body[collection.id_field])
    return None


def items_of(page: Any, collection: Collection) -> Iterable[Mapping[str, Any]]:
    wrapped = collection.page
    if wrapped is None:
        return ()
    items = page if wrapped.items is None else page.get(wrapped.items) if isinstance(page, Mapping) else None
    return [one for one in items if isinstance(one, Mapping)] if isinstance(items, list) else ()


def _total(page: Any, collection: Collection) -> int:
    name = collection.page.total if collection.page else None
    total = page.get(name) if name and isinstance(page, Mapping) else None
    return total if isinstance(total, int) else 0


def _steps(bodies: list[Mapping[str, Any]]) -> dict[str, int]:
    """Whole numbers that go down evenly from one entry to the next, as a sequence does."""
    if len(bodies) < 2:
        return {}
    found = {}
    for key in bodies[0]:
        numbers = [body.get(key) for body in bodies]
        if all(type(one) is int for one in numbers):
            gaps = {first - second for first, second in pairwise(numbers)}  # type: ignore[operator]
            if len(gaps) == 1 and (gap := gaps.pop()) > 0:
                found[key] = gap
    return found


def _earlier(value: Any, weeks: int) -> Any:
    if not isinstance(value, str) or len(value) != 20 or value[-1] != "Z":
        return value
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    return (moment - timedelta(weeks=weeks)).strftime("%Y-%m-%dT%H:%M:%SZ")
