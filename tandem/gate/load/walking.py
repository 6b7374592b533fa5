"""How a walk goes on from answer to answer. Knows nothing of how requests are sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from tandem.gate.load.plan import Plan, Step


class NothingToSend(Exception):
    """A step needs what no answer before it had: the walk ends here, and nothing is wrong."""


@dataclass
class Known:
    """What one walk knows so far. `number` is its own; `unique` is a word that no other walk has, in any run."""

    values: dict[str, Any]
    number: int
    unique: str
    etag: str = ""
    _sent: int = 0

    def fill(self, value: Any) -> Any:
        """Raises NothingToSend."""
        if isinstance(value, Mapping):
            return {name: self.fill(part) for name, part in value.items()}
        if isinstance(value, list):
            return [self.fill(part) for part in value]
        if not isinstance(value, str) or not value.startswith("$"):
            return value
        if value == "$unique":
            return self.unique
        try:
            return self.values[value[1:]]
        except KeyError:
            raise NothingToSend(value) from None

    def learn(self, step: Step, headers: Mapping[str, str], body: str) -> None:
        """Raises NothingToSend when what should be taken from the answer is not in it."""
        self.etag = headers.get("etag") or self.etag
        document = json.loads(body) if step.take else None
        for name, pointer in step.take.items():
            self.values[name] = _at(document, pointer, self.number)

    def next_key(self) -> str:
        self._sent += 1
        return f"{self.unique}-{self._sent}"


@dataclass(frozen=True)
class Request:
    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None


def request(plan: Plan, caller: str, step: Step, known: Known) -> Request:
    """Raises NothingToSend."""
    headers = {"Authorization": f"Bearer {plan.tokens[step.caller or caller]}"} if caller or step.caller else {}
    if step.key:
        headers["Idempotency-Key"] = known.next_key()
    if step.if_match:
        headers["If-Match"] = known.etag
    body = None
    if step.body is not None:
        headers["Content-Type"] = "application/json"
        body = json.dumps(known.fill(step.body))
    return Request(step.method, _address(plan, step, known), headers, body)


def _address(plan: Plan, step: Step, known: Known) -> str:
    parts = (quote(str(known.fill(part)), safe="") for part in step.path.split("/"))
    query = urlencode(known.fill(step.query))
    where = "/".join(parts) if step.path.startswith("/") else step.path
    base = plan.url if step.path.startswith("/") else ""
    return f"{base}{where}?{query}" if query else f"{base}{where}"


def _at(document: Any, pointer: str, number: int) -> Any:
    """`*` is another one of a list for each walk, so that they do not stand in each other's way."""
    for part in pointer.strip("/").split("/"):
        try:
            if isinstance(document, list):
                document = document[number % len(document) if part == "*" else int(part)]
            else:
                document = document[part]
        except (KeyError, IndexError, TypeError, ValueError, ZeroDivisionError):
            raise NothingToSend(pointer) from None
    if document is None:
        raise NothingToSend(pointer)
    return document
