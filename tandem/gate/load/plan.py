"""What is sent, in which order and by whom: a document that the Locust process reads."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

YARDSTICK = "yardstick"
WARM_UP = 0


@dataclass(frozen=True)
class Step:
    """One request. Values that begin with `$` are taken from an earlier answer, or from what the walk started with.

    `take` are JSON pointers into the answer, by the name under which they are kept. What may be done only so often is
    asked `rarely`: its refusal ends no walk.
    """

    operation: str
    method: str
    path: str
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    take: Mapping[str, str] = field(default_factory=dict)
    caller: str = ""
    key: bool = False
    if_match: bool = False
    rarely: bool = False


@dataclass(frozen=True)
class Walk:
    """Steps that one caller does one after the other. `journey` names where they are written, if they are."""

    caller: str
    steps: tuple[Step, ...]
    journey: str = ""

    def asks(self, operation: str) -> int:
        return sum(step.operation == operation for step in self.steps)


@dataclass(frozen=True)
class Plan:
    """The same walks in every round. `seeds` are what a walk may start with, by caller."""

    url: str
    tokens: Mapping[str, str]
    walks: tuple[Walk, ...]
    rounds: int
    per_second: float
    callers: int
    seconds: float
    seeds: Mapping[str, Sequence[Mapping[str, str]]] = field(default_factory=dict)

    def in_order(self) -> Iterator[tuple[int, Walk]]:
        """With the number of the round; the first walks come once more before, to warm up."""
        for walk in self.walks[: len(self.walks) // 3 + 1]:
            yield WARM_UP, walk
        for nth in range(1, self.rounds + 1):
            for walk in self.walks:
                yield nth, walk

    def asks(self, operation: str) -> int:
        """How often in one round."""
        return sum(walk.asks(operation) for walk in self.walks)

    @property
    def operations(self) -> set[str]:
        return {step.operation for walk in self.walks for step in walk.steps} - {YARDSTICK}

    def only(self, operations: set[str]) -> Plan:
        """What is needed to look at some of them again."""
        wanted = operations | {YARDSTICK}
        walks = tuple(walk for walk in self.walks if any(step.operation in wanted for step in walk.steps))
        return replace(self, walks=walks)

    @property
    def fingerprint(self) -> str:
        """The same for the same work, whatever the ids are: only then do two runs compare."""
        asked = Counter(
            json.dumps(asdict(walk) if walk.journey else [step.operation for step in walk.steps]) for walk in self.walks
        )
        work = json.dumps([sorted(asked.items()), self.rounds, self.per_second, self.callers])
        return hashlib.sha256(work.encode()).hexdigest()[:12]

    def as_document(self) -> dict[str, Any]:
        return asdict(self)


def read(document: Mapping[str, Any]) -> Plan:
    walks = tuple(
        Walk(walk["caller"], tuple(Step(**step) for step in walk["steps"]), walk["journey"])
        for walk in document["walks"]
    )
    return Plan(**{**document, "walks": walks})
