"""What answers got wrong, kept for whoever asks: each sentence once, with how often and when it was true."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

HEADER = "tandem-drift"
_MOST_ROWS = 500
_LONGEST_HEADER = 2000


@dataclass(slots=True)
class Row:
    operation: str
    sentence: str
    first_at: float
    last_at: float
    times: int = 0

    def document(self) -> dict[str, Any]:
        return {
            "operation": self.operation,
            "sentence": self.sentence,
            "times": self.times,
            "first_at": self.first_at,
            "last_at": self.last_at,
        }


class Drift:
    """`checked` counts the answers that were held against the contract, by operation."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._rows: OrderedDict[tuple[str, str], Row] = OrderedDict()
        self._now = now
        self.checked: dict[str, int] = {}

    def note(self, operation: str, sentences: Sequence[str]) -> None:
        """One answer was checked; `sentences` say what is wrong with it."""
        self.checked[operation] = self.checked.get(operation, 0) + 1
        now = self._now()
        for sentence in sentences:
            row = self._rows.setdefault((operation, sentence), Row(operation, sentence, now, now))
            row.times, row.last_at = row.times + 1, now
        while len(self._rows) > _MOST_ROWS:
            self._rows.popitem(last=False)

    def table(self) -> dict[str, Any]:
        """The latest first."""
        rows = sorted(self._rows.values(), key=lambda one: one.last_at, reverse=True)
        return {"checked": dict(self.checked), "drift": [row.document() for row in rows]}

    def forget(self) -> None:
        self._rows.clear()
        self.checked.clear()


def header_value(sentences: Sequence[str]) -> str:
    """Printable ASCII, since it travels in a header."""
    return " ".join(" | ".join(sentences).encode("ascii", "replace").decode().split())[:_LONGEST_HEADER]
