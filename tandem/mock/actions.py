"""What `POST …/freeze` does to a card, learned from the contract: its example next to that of the card before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tandem.mock.operations import Operation
from tandem.mock.resources import Collection, Resources, Verb
from tandem.mock.stories import items_of


@dataclass(frozen=True)
class Action:
    """`fields` are set to what the example says; `carried` maps a field of the request to one of the thing."""

    fields: frozenset[str]
    carried: Mapping[str, str]


class Actions:
    def __init__(self, resources: Resources, operations: Iterable[Operation]) -> None:
        self._resources = resources
        self._operations = [one for one in operations if resources.role(one).verb is Verb.ACT]
        self._learned: dict[Operation, Action] = {}

    def of(self, operation: Operation, collection: Collection) -> Action:
        if operation not in self._learned:
            self._learned[operation] = self._learn(operation, collection)
        return self._learned[operation]

    def _learn(self, operation: Operation, collection: Collection) -> Action:
        fields = _differences(operation, collection)
        carried = _carried(operation)
        takes_own_fields = any(
            name in collection.properties for body in operation.body_examples.values() for name in body
        )
        if not fields and not takes_own_fields:
            # No example catches it in the act: then it sets whatever its sister operations change.
            sisters = (one for one in self._operations if self._resources.role(one).collection is collection)
            fields = frozenset[str]().union(*(_differences(one, collection) for one in sisters))
        return Action(fields - set(carried.values()), carried)


def _differences(operation: Operation, collection: Collection) -> frozenset[str]:
    before = _before(collection)
    found: set[str] = set()
    for name, after in operation.success.examples.items():
        if not isinstance(after, Mapping):
            continue
        old = before.get((name, str(after.get(collection.id_field))))
        sent = operation.body_examples.get(name)
        if old is not None:
            given = sent.keys() if isinstance(sent, Mapping) else ()
            found |= {key for key in after if after[key] != old.get(key) and key not in given}
    return frozenset(found - {collection.id_field, "version"})


def _before(collection: Collection) -> dict[tuple[str, str], Mapping[str, Any]]:
    """The things as the reading examples show them, by scenario and id."""
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for operation in (one for one in (collection.lister, collection.reader) if one):
        for name, example in operation.success.examples.items():
            bodies = items_of(example, collection) if operation is collection.lister else [example]
            for body in (one for one in bodies if isinstance(one, Mapping)):
                found[name, str(body.get(collection.id_field))] = body
    return found


def _carried(operation: Operation) -> dict[str, str]:
    """`{reason: status_reason}`: fields whose example in the request is the example of another one in the answer."""
    found: dict[str, str] = {}
    for name, sent in operation.body_examples.items():
        after = operation.success.examples.get(name)
        if isinstance(sent, Mapping) and isinstance(after, Mapping):
            for key, value in sent.items():
                said_as = next((other for other, one in after.items() if one == value), None)
                if key not in after and isinstance(value, str) and said_as:
                    found[key] = said_as
    return found
