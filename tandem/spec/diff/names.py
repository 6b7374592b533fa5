"""Where a change is, in names: exact ones for developers, plain ones for product managers.

Both are marked as Markdown would: `exact`, *plain*. Nothing else that a contract says can mark anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tandem.kit.contract.source import pointer_parts
from tandem.spec.diff.findings import Finding

_LONGEST = 100
_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[_\-./]+")
_ONE_OF = frozenset({"allOf", "anyOf", "oneOf"})
_SHARED = {
    "parameters": "shared parameter",
    "responses": "shared answer",
    "requestBodies": "shared request body",
    "headers": "shared header",
    "securitySchemes": "security scheme",
}
_KINDS = {"string": "text", "boolean": "yes or no", "array": "a list", "object": "an object", "null": "nothing"}


@dataclass(frozen=True, slots=True)
class Where:
    """`part` says what `owner` is, or what of an operation `steps` lead into; a schema needs no such word."""

    part: str = ""
    owner: str = ""
    steps: tuple[str, ...] = ()

    def inside(self, name: str) -> Where:
        return Where(self.part, self.owner, (*self.steps, name))


def where(finding: Finding) -> Where:
    if not finding.component:
        return _of_operation(finding.path)
    kind, _, name = finding.component.partition("/")
    steps = tuple(_steps(pointer_parts(finding.place.pointer)[3:]))
    return Where(_SHARED.get(kind, ""), pointer_parts(f"/{name}")[0], steps)


def _of_operation(path: tuple[str, ...]) -> Where:
    match path:
        case ():
            return Where()
        case ("query" | "path" | "header" | "cookie" as place, name, *steps):
            return Where(f"{place} parameter", name, tuple(steps))
        case ("body", *steps):
            return Where("the request body", "", tuple(steps))
        case (status, "headers", name, *steps):
            return Where(f"{status} answer's header", name, tuple(steps))
        case (status, *steps):
            return Where(f"the {status} answer", "", tuple(steps))
    return Where()


def _steps(parts: list[str]) -> Iterator[str]:
    """The members a JSON Pointer goes through, without the keywords in between."""
    left = iter(parts)
    for part in left:
        if part in ("properties", "headers", "patternProperties"):
            yield from (name for name in (next(left, None),) if name is not None)
        elif part in _ONE_OF or part == "content":
            next(left, None)
        elif part == "items":
            yield "[]"
        elif part == "prefixItems":
            yield f"[{next(left, '')}]"
        elif part == "additionalProperties":
            yield "any other name"


class Exact:
    """Names as the contract spells them."""

    def name(self, text: str) -> str:
        return f"`{_clipped(text.replace('`', chr(39)))}`"

    def operation(self, name: str) -> str:
        return self.name(name)

    def kinds(self, text: str) -> str:
        return self.name(text)

    def at(self, spot: Where) -> str:
        if spot.owner:
            return f"{spot.part} {self.name(_dotted((spot.owner, *spot.steps)))}".strip()
        if spot.steps:
            return f"{self.name(_dotted(spot.steps))} of {spot.part}"
        return spot.part or "the operation"


@dataclass(frozen=True)
class Plain:
    """Names as people say them. `summaries` are of operations, by method and path."""

    summaries: Mapping[str, str] = field(default_factory=dict)

    def name(self, text: str) -> str:
        return f"*{words(text)}*"

    def kinds(self, text: str) -> str:
        return " or ".join(_KINDS.get(kind) or words(kind) for kind in text.split(" or "))

    def operation(self, name: str) -> str:
        return f"*{harmless(self.summaries[name])}*" if self.summaries.get(name) else f"`{_clipped(name)}`"

    def at(self, spot: Where) -> str:
        steps = [step for step in spot.steps if not step.startswith("[")]
        if spot.part.startswith(("the ", "query", "path", "header", "cookie")) and not (steps or spot.owner):
            return spot.part.replace("the request body", "what is sent")
        named = [*steps[::-1], spot.owner] if steps and spot.part else steps[::-1] or [spot.owner]
        return f"*{' of '.join(words(one) for one in named if one)}*" if any(named) else "the operation"


def words(name: str) -> str:
    """`reminder_date` and `reminderDate` as people say them."""
    parts = _WORD_START.sub(" ", name).split()
    return harmless(" ".join(part if part.isupper() and len(part) > 1 else part.lower() for part in parts)) or "—"


def _dotted(steps: tuple[str, ...]) -> str:
    return re.sub(r"\.(?=\[\d*\])", "", ".".join(steps))


def harmless(text: str) -> str:
    """Without anything that Markdown or HTML would take for more than text."""
    return _clipped(re.sub(r"[^\w\s,.:;()'’/%+&-]", "", text))


def _clipped(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _LONGEST else f"{flat[: _LONGEST - 1]}…"
