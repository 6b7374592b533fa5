"""References to the pieces that all contracts share, and what is written on one line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_STATUSES = {
    "400": "BadRequest", "401": "Unauthorized", "403": "Forbidden", "404": "NotFound", "409": "Conflict",
    "412": "PreconditionFailed", "413": "ContentTooLarge", "415": "UnsupportedMediaType", "422": "Unprocessable",
    "428": "PreconditionRequired", "500": "InternalError", "503": "Unavailable", "504": "Timeout",
}  # fmt: skip
ALWAYS = frozenset({"400", "401", "403", "422", "500", "503", "504"})


class Inline(dict[str, Any]):
    """An object that is written on one line."""


class InlineList(list[Any]):
    """A list that is written on one line."""


class Folded(str):
    """A text that may run over several lines."""

    __slots__ = ()


@dataclass(frozen=True)
class Shared:
    """`folder` is where contracts/common lies, as seen from the draft."""

    folder: str

    def schema(self, name: str) -> Inline:
        return self._reference("schemas", name)

    def parameter(self, name: str) -> Inline:
        return self._reference("parameters", name)

    def headers(self, *names: str) -> dict[str, Any]:
        spelt = {"IdempotencyReplayed": "Idempotency-Replayed"}
        return {spelt.get(name, name): self._reference("headers", name) for name in names}

    def problems(self, *statuses: str) -> dict[str, Any]:
        return {status: self._reference("responses", _STATUSES[status]) for status in sorted(ALWAYS.union(statuses))}

    def _reference(self, kind: str, name: str) -> Inline:
        return Inline({"$ref": f"{self.folder}/{kind}.yaml#/components/{kind}/{name}"})


def own(name: str, kind: str = "schemas", **more: Any) -> Inline:
    return Inline({"$ref": f"#/components/{kind}/{name}", **more})
