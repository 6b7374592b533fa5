"""Who was seen calling which operation: the record of an environment, as JSON that any log store can write."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any


class NotObserved(ValueError):
    """Says in a sentence what is wrong with a record of calls."""


@dataclass(frozen=True, slots=True)
class Call:
    """`consumer` is a service, or the kind of people whose app calls; nobody is told apart further than that."""

    consumer: str
    service: str
    operation: str
    last_seen: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Observed:
    """What was seen between two moments: a consumer that is not in it did not call in that time."""

    since: datetime
    until: datetime
    calls: tuple[Call, ...]

    def of(self, service: str) -> list[Call]:
        return [one for one in self.calls if one.service == service]


def summed(calls: Iterable[Call]) -> tuple[Call, ...]:
    """One for each consumer and operation, in the order of their names."""
    found: dict[tuple[str, str, str], Call] = {}
    for one in calls:
        key = (one.service, one.operation, one.consumer)
        known = found.get(key, replace(one, count=0))
        last, count = max(known.last_seen, one.last_seen), known.count + one.count
        found[key] = replace(one, last_seen=last, count=count)
    return tuple(found[key] for key in sorted(found))


def as_json(observed: Observed) -> dict[str, Any]:
    return {
        "since": observed.since.isoformat(),
        "until": observed.until.isoformat(),
        "calls": [
            {
                "consumer": one.consumer,
                "service": one.service,
                "operation": one.operation,
                "last_seen": one.last_seen.isoformat(),
                "count": one.count,
            }
            for one in observed.calls
        ],
    }


def parse(text: str) -> Observed:
    """Raises NotObserved."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise NotObserved(f"is not JSON: {error}") from error
    if not isinstance(document, dict) or not isinstance(document.get("calls"), list):
        raise NotObserved("must be an object with `since`, `until` and a list of `calls`")
    calls = [_call(index, entry) for index, entry in enumerate(document["calls"])]
    return Observed(_moment(document, "since", "it"), _moment(document, "until", "it"), summed(calls))


def _call(index: int, entry: Any) -> Call:
    where = f"call {index + 1}"
    if not isinstance(entry, dict):
        raise NotObserved(f"{where} is no object")
    consumer, service, operation = (entry.get(name) for name in ("consumer", "service", "operation"))
    if not all(isinstance(one, str) and one for one in (consumer, service, operation)):
        raise NotObserved(f"{where} needs consumer, service and operation, as text")
    count = entry.get("count", 1)
    if type(count) is not int or count < 1:
        raise NotObserved(f"{where}: count must be a whole number above zero")
    return Call(str(consumer), str(service), str(operation), _moment(entry, "last_seen", where), count)


def _moment(entry: dict[str, Any], name: str, where: str) -> datetime:
    text = entry.get(name)
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise NotObserved(f"{where}: {name} must be a moment such as 2027-01-31T12:00:00+00:00")
    return found
