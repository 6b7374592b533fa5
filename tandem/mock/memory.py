"""What one session did to one scenario: created, changed and deleted things, laid over the seed of the contract."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from tandem.mock.exchange import Answer
from tandem.mock.resources import Collection

MOST_THINGS = 20_000
MOST_KEYS = 1_000
MOST_CACHED = 500


@dataclass(frozen=True, slots=True)
class Thing:
    """`parents` are the ids in the path before; None where the contract does not say whose it is. The body is never
    changed in place. `made_up` bodies come from a schema and may take on whatever a filter asks for."""

    id: str
    body: Mapping[str, Any]
    parents: tuple[str, ...] | None = ()
    made_up: bool = False


Seeds = Mapping[str, Thing]


@dataclass(slots=True)
class _Layer:
    created: OrderedDict[str, Thing] = field(default_factory=OrderedDict)
    changed: dict[str, Thing] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)


class World:
    def __init__(self) -> None:
        self._layers: dict[str, _Layer] = {}
        self._answers: OrderedDict[tuple[str, str], tuple[bytes, Answer]] = OrderedDict()
        # By id: the thing and the fields in which it departs from the seed, for whatever else shows it.
        self.departures: dict[str, tuple[Collection, Thing, frozenset[str]]] = {}
        self.removed: set[str] = set()
        self.cache: OrderedDict[Any, Answer] = OrderedDict()
        self.number = 0
        self.bytes = 0

    @property
    def is_untouched(self) -> bool:
        return not self._layers

    def find(self, collection: Collection, seeds: Seeds, thing_id: str) -> Thing | None:
        layer = self._layers.get(collection.path)
        if layer is None:
            return seeds.get(thing_id)
        if thing_id in layer.deleted:
            return None
        return layer.created.get(thing_id) or layer.changed.get(thing_id) or seeds.get(thing_id)

    def is_deleted(self, collection: Collection, thing_id: str) -> bool:
        layer = self._layers.get(collection.path)
        return layer is not None and thing_id in layer.deleted

    def has_created(self, collection: Collection, thing_id: str) -> bool:
        layer = self._layers.get(collection.path)
        return layer is not None and thing_id in layer.created

    def has_made(self, thing_id: str) -> bool:
        return any(thing_id in layer.created for layer in self._layers.values())

    def all(self, collection: Collection, seeds: Seeds) -> Iterator[Thing]:
        """Newest first: what was created, then the seed."""
        layer = self._layers.get(collection.path)
        if layer is None:
            return iter(seeds.values())
        old = (layer.changed.get(thing_id, thing) for thing_id, thing in seeds.items() if thing_id not in layer.deleted)
        return chain(reversed(layer.created.values()), old)

    def create(self, collection: Collection, thing: Thing, size: int) -> None:
        layer = self._layer(collection)
        layer.created[thing.id] = thing
        layer.deleted.discard(thing.id)
        self.bytes += size
        while len(layer.created) > MOST_THINGS:
            layer.created.popitem(last=False)

    def change(self, collection: Collection, thing: Thing, fields: frozenset[str], size: int) -> None:
        layer = self._layer(collection)
        if thing.id in layer.created:
            layer.created[thing.id] = thing
        else:
            layer.changed[thing.id] = thing
        before = self.departures.get(thing.id)
        self.departures[thing.id] = (collection, thing, fields | (before[2] if before else frozenset()))
        self.bytes += size

    def delete(self, collection: Collection, thing_id: str) -> None:
        layer = self._layer(collection)
        layer.created.pop(thing_id, None)
        layer.changed.pop(thing_id, None)
        layer.deleted.add(thing_id)
        self.departures.pop(thing_id, None)
        self.removed.add(thing_id)

    def answered(self, operation: str, key: str) -> tuple[bytes, Answer] | None:
        return self._answers.get((operation, key))

    def remember(self, operation: str, key: str, fingerprint: bytes, answer: Answer) -> None:
        self._answers[operation, key] = (fingerprint, answer)
        self.bytes += len(answer.body)
        if len(self._answers) > MOST_KEYS:
            _, (_, gone) = self._answers.popitem(last=False)
            self.bytes -= len(gone.body)

    def keep(self, key: Any, answer: Answer) -> None:
        """For the next one who asks exactly this before anything changes."""
        self.cache[key] = answer
        if len(self.cache) > MOST_CACHED:
            self.cache.popitem(last=False)

    def next_number(self) -> int:
        self.number += 1
        return self.number

    def _layer(self, collection: Collection) -> _Layer:
        self.cache.clear()
        return self._layers.setdefault(collection.path, _Layer())
