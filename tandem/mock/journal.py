"""What a session asked and what it was told: a ring of the latest, each cut to a bearable length."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tandem.mock.exchange import Answer, Ask

MOST_ENTRIES = 300
MOST_BODY_BYTES = 16_000
_SECRET = frozenset({"authorization", "cookie", "proxy-authorization"})


@dataclass(frozen=True, slots=True)
class Entry:
    number: int
    at: float
    ask: Ask
    answer: Answer
    seconds: float
    scenario: str

    def document(self) -> dict[str, Any]:
        ask, answer = self.ask, self.answer
        return {
            "number": self.number,
            "at": datetime.fromtimestamp(self.at, UTC).isoformat(timespec="milliseconds"),
            "operation": ask.operation.name if ask.operation else None,
            "scenario": self.scenario,
            "status": answer.status,
            "why": answer.why,
            "milliseconds": round(self.seconds * 1000, 2),
            "request": {
                "method": ask.method,
                "path": ask.path,
                "query": ask.query.decode("latin-1"),
                "headers": _readable(ask.headers),
                "body": _text(ask.body),
            },
            "answer": {"headers": _readable(answer.headers), "body": _text(answer.body)},
        }


class Journal:
    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=MOST_ENTRIES)
        self._numbers = itertools.count(1)

    def write(self, at: float, ask: Ask, answer: Answer, seconds: float, scenario: str) -> None:
        if len(ask.body) > MOST_BODY_BYTES or len(answer.body) > MOST_BODY_BYTES:
            ask, answer = _cut(ask, answer)
        self._entries.append(Entry(next(self._numbers), at, ask, answer, seconds, scenario))

    def entries(self, most: int = MOST_ENTRIES) -> list[Entry]:
        """Newest first."""
        return list(itertools.islice(reversed(self._entries), most))

    def entry(self, number: int) -> Entry | None:
        return next((one for one in self._entries if one.number == number), None)

    def clear(self) -> None:
        self._entries.clear()


def _cut(ask: Ask, answer: Answer) -> tuple[Ask, Answer]:
    short = Ask(
        ask.operation,
        ask.method,
        ask.path,
        ask.path_parameters,
        ask.query,
        ask.headers,
        ask.body[:MOST_BODY_BYTES],
        ask.request_id,
    )
    return short, Answer(answer.status, answer.body[:MOST_BODY_BYTES], answer.headers, answer.why)


def _readable(headers: Mapping[str, str]) -> dict[str, str]:
    """A journal is shown on a page and pasted into chats; a token is not for either."""
    return {name: "…" if name in _SECRET else value for name, value in headers.items()}


def _text(body: bytes) -> str | None:
    return body.decode("utf-8", errors="replace") if body else None
