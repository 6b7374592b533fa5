"""All that is registered for a stage, as policies look at it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from infra.product import Product
from infra.stages import Stage


class Registered(Protocol):
    """A resource: `inputs` by their names on the wire, `outputs` as AWS would answer, `parent` as a URN."""

    @property
    def type(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def inputs(self) -> Mapping[str, Any]: ...
    @property
    def outputs(self) -> Mapping[str, Any]: ...
    @property
    def protect(self) -> bool: ...
    @property
    def ignored(self) -> Sequence[str]: ...


@dataclass(frozen=True)
class Estate:
    stage: Stage
    product: Product
    resources: Sequence[Registered]
    exports: Mapping[str, Any] = field(default_factory=dict)

    def of(self, *kinds: str) -> Iterator[Registered]:
        """By kind, such as `ecs/service:Service`."""
        wanted = {f"aws:{kind}" for kind in kinds}
        return (resource for resource in self.resources if resource.type in wanted)

    def one(self, kind: str) -> Registered:
        [found] = self.of(kind)
        return found

    def called(self, *parts: str) -> str:
        return "-".join(("tandem", self.stage.name, *parts))

    def containers(self) -> Iterator[tuple[Registered, dict[str, Any]]]:
        for task in self.of("ecs/taskDefinition:TaskDefinition"):
            for container in json.loads(task.inputs["containerDefinitions"]):
                yield task, container

    def services(self) -> Iterator[tuple[str, Registered]]:
        """By the name in the manifest, all of which have to be there."""
        found = {resource.inputs["name"]: resource for resource in self.of("ecs/service:Service")}
        for name in self.product.services:
            yield name, found[self.called(name)]


Broken = Iterator[str]
Check = Callable[[Estate], Iterable[str]]


@dataclass(frozen=True)
class Policy:
    name: str
    check: Check
    stages: frozenset[str]

    def broken(self, estate: Estate) -> list[str]:
        """What breaks it and where, a sentence each."""
        return list(self.check(estate)) if estate.stage.name in self.stages else []
