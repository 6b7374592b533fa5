"""Collections and items, read off the paths of a contract."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from tandem.kit.contract import Operation

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


@dataclass
class Place:
    """`/v1/loans` with its items at `/v1/loans/{loan_id}`, and what is asked there, by method."""

    path: str
    parameter: str | None = None
    collection: dict[str, Operation] = field(default_factory=dict)
    item: dict[str, Operation] = field(default_factory=dict)
    steps: dict[str, Operation] = field(default_factory=dict)

    @property
    def segments(self) -> list[str]:
        return [part for part in self.path.split("/") if part]

    @property
    def scopes(self) -> list[str]:
        """The parameters before the item's own."""
        return _PLACEHOLDER.findall(self.path)


def places_of(operations: Iterable[Operation]) -> dict[str, Place]:
    """By the path of the collection."""
    by_path: dict[str, dict[str, Operation]] = {}
    for operation in operations:
        by_path.setdefault(operation.path, {})[operation.method] = operation
    places: dict[str, Place] = {}
    for path, methods in by_path.items():
        before, _, last = path.rpartition("/")
        if is_parameter(last) and before and not is_parameter(before.rpartition("/")[2]):
            place = places.setdefault(before, Place(before))
            place.parameter, place.item = last[1:-1], methods
    for path, methods in by_path.items():
        above = path.rpartition("/")[0].rpartition("/")[0]
        if path not in places and set(methods) == {"POST"} and _is_below_one(path) and above in places:
            places[above].steps[path] = methods["POST"]
        elif path in places or ({"GET", "POST"} & methods.keys() and not path.endswith("}")):
            places.setdefault(path, Place(path)).collection = methods
    return places


def _is_below_one(path: str) -> bool:
    """`/v1/loans/{loan_id}/approve` is about one loan."""
    *_, before, last = path.split("/")
    return is_parameter(before) and not is_parameter(last)


def is_parameter(segment: str) -> bool:
    return _PLACEHOLDER.fullmatch(segment) is not None
