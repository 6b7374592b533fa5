"""Written journeys: what somebody does one thing after the other, read from loadtests/journeys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tandem.gate.load.plan import Step, Walk
from tandem.kit.contract import Contract, Operation
from tandem.local.trouble import Refused

FOLDER = Path("loadtests/journeys")
_KEYS = {"operation", "with", "body", "take", "as", "rarely"}


@dataclass(frozen=True)
class Journey:
    """`steps` may be of any service; a gate walks those of the one it judges."""

    path: Path
    title: str
    caller: str
    steps: tuple[Mapping[str, Any], ...]

    def walk(self, contract: Contract) -> Walk | None:
        """None when it never meets this service."""
        known = {operation.id: operation for operation in contract.operations}
        steps = tuple(_step(one, known[one["operation"]]) for one in self.steps if one["operation"] in known)
        return Walk(self.caller, steps, self.path.stem) if steps else None


def load(project: Path) -> list[Journey]:
    """Raises Refused for one that cannot be read."""
    return [_read(path) for path in sorted((project / FOLDER).glob("*.yaml"))]


def _read(path: Path) -> Journey:
    try:
        document = yaml.safe_load(path.read_text("utf-8"))
        journey = Journey(path, document["journey"], document["as"], tuple(document["steps"]))
        unknown = sorted({key for step in journey.steps for key in step.keys()} - _KEYS)  # noqa: SIM118 - a text has none
        missing = [step for step in journey.steps if "operation" not in step]
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise Refused(f"{FOLDER / path.name} is no journey: it needs journey, as and steps ({error}).") from error
    if unknown or missing:
        said = f"its steps have {', '.join(unknown)}" if unknown else "a step names no operation"
        raise Refused(f"{FOLDER / path.name}: {said}. A step has {', '.join(sorted(_KEYS))}.")
    return journey


def operations(journeys: list[Journey]) -> Iterator[str]:
    for journey in journeys:
        yield from (step["operation"] for step in journey.steps)


def _step(written: Mapping[str, Any], operation: Operation) -> Step:
    given = dict(written.get("with", {}))
    path = operation.path
    for parameter in operation.parameters_in("path"):
        path = path.replace(f"{{{parameter.name}}}", str(given.pop(parameter.name, f"${parameter.name}")))
    return Step(
        operation.id,
        operation.method,
        path,
        query=given,
        body=written.get("body"),
        take=written.get("take", {}),
        caller=written.get("as", ""),
        key=operation.takes_header("Idempotency-Key"),
        if_match=operation.takes_header("If-Match"),
        rarely=bool(written.get("rarely", False)),
    )
