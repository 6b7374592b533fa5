"""A stage as it is in the tree, and one with something changed."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from infra.policies import Estate
from infra.product import load_product
from infra.stages import STAGES
from tests.infra.recorder import PARTS, Resource, recorded


@cache
def estate_of(stage: str) -> Estate:
    runs = [recorded(part, stage) for part in PARTS]
    exports = {f"{run.part}.{name}": value for run in runs for name, value in run.exports.items()}
    return Estate(STAGES[stage], load_product(), [one for run in runs for one in run.resources], exports)


@dataclass(frozen=True)
class Break:
    """Changes the first resource of a kind whose name ends so: a value in its inputs, or its options, or it is gone."""

    kind: str
    name: str = ""
    path: str = ""
    value: Any = None
    gone: bool = False
    options: tuple[tuple[str, Any], ...] = ()
    stage: str = "production"
    in_stage: str = ""

    @property
    def estate(self) -> Estate:
        """The stage where it stands, or would have to be told from another one."""
        found = estate_of(self.stage)
        return replace(found, stage=STAGES[self.in_stage]) if self.in_stage else found

    def apply(self, estate: Estate) -> Estate:
        index, found = next(
            (index, one)
            for index, one in enumerate(estate.resources)
            if one.type == f"aws:{self.kind}" and one.name.endswith(self.name)
        )
        assert isinstance(found, Resource)
        others: Sequence[Any] = [*estate.resources[:index], *estate.resources[index + 1 :]]
        return replace(estate, resources=others if self.gone else [*others, self._changed(found)])

    def _changed(self, resource: Resource) -> Resource:
        inputs = copy.deepcopy(resource.inputs)
        if self.path:
            set_at(inputs, self.path, self.value)
        return replace(resource, inputs=inputs, **dict(self.options))


def set_at(inputs: dict[str, Any], path: str, value: Any) -> None:
    """None takes it out. A step into text reads it as JSON and writes it back."""
    name, _, rest = path.partition(".")
    key: Any = int(name) if name.isdigit() else name
    if not rest:
        if value is None:
            del inputs[key]
        else:
            inputs[key] = value
    elif isinstance(inputs[key], str):
        inside = json.loads(inputs[key])
        set_at(inside, rest, value)
        inputs[key] = json.dumps(inside)
    else:
        set_at(inputs[key], rest, value)
