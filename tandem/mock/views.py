"""Answers that show things kept elsewhere, like an overview: what a session changed there is changed here as well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tandem.mock.memory import World
from tandem.mock.operations import Operation

Learned = Mapping[tuple[str, str], Mapping[str, bool]]


class Views:
    def __init__(self) -> None:
        self._learned: dict[Operation, Learned] = {}

    def shown(self, operation: Operation, body: Any, world: World, asked: Mapping[str, str]) -> Any:
        """The body with the departures of this world; `asked` are the path parameters, whose things it is about."""
        if not world.departures and not world.removed:
            return body
        learned = self._learned.get(operation)
        if learned is None:
            learned = self._learned[operation] = _learn(operation)
        body = _overlaid(body, world, learned)
        for name, thing_id in asked.items():
            collection, thing, fields = world.departures.get(thing_id, (None, None, frozenset[str]()))
            if collection and thing and collection.parameter == name and isinstance(body, dict) and name in body:
                body = _with(body, thing.body, fields, learned)
        return body


def _overlaid(value: Any, world: World, learned: Learned) -> Any:
    if isinstance(value, list):
        kept = (one for one in value if not (isinstance(one, dict) and one.get("id") in world.removed))
        return [_overlaid(one, world, learned) for one in kept]
    if not isinstance(value, dict):
        return value
    copy = {key: _overlaid(one, world, learned) for key, one in value.items()}
    thing_id = value.get("id")
    if isinstance(thing_id, str) and thing_id in world.departures:
        _, thing, fields = world.departures[thing_id]
        return _with(copy, thing.body, fields, learned)
    return copy


def _with(shown: dict[str, Any], body: Mapping[str, Any], fields: frozenset[str], learned: Learned) -> dict[str, Any]:
    changed = {key: body[key] for key in fields if key in shown and key in body}
    implied = {
        flag: meaning[changed[key]]
        for (key, flag), meaning in learned.items()
        if key in changed and flag in shown and changed[key] in meaning
    }
    return {**shown, **changed, **implied}


def _learn(operation: Operation) -> Learned:
    """Flags that follow from a state in all examples: `can_activate` is true of inactive cards and of no others."""
    seen: dict[tuple[str, str], dict[str, set[bool]]] = {}
    for entry in _entries(list(operation.success.examples.values())):
        flags = {key: one for key, one in entry.items() if isinstance(one, bool)}
        states = {key: one for key, one in entry.items() if isinstance(one, str)}
        for flag, on in flags.items():
            for key, state in states.items():
                seen.setdefault((key, flag), {}).setdefault(state, set()).add(on)
    return {
        pair: {state: next(iter(values)) for state, values in meanings.items()}
        for pair, meanings in seen.items()
        if all(len(values) == 1 for values in meanings.values()) and pair[0] != "id"
    }


def _entries(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for one in value:
            yield from _entries(one)
    elif isinstance(value, dict):
        if "id" in value:
            yield value
        for one in value.values():
            yield from _entries(one)
