"""One operation of another service, as its contract describes it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from urllib.parse import quote, urlencode

_SAFE_METHODS = frozenset(("GET", "HEAD", "PUT", "DELETE"))


@dataclass(frozen=True, slots=True)
class PeerOperation:
    """`idempotent` says the contract itself promises that a second call has no further effect."""

    id: str
    peer: str
    method: str
    path: str
    success: int
    idempotent: bool = False

    @property
    def repeatable(self) -> bool:
        return self.idempotent or self.method in _SAFE_METHODS

    def target(self, path: Mapping[str, object], query: Mapping[str, object]) -> str:
        """The path and query to ask for; what is None in the query is left out."""
        segments = {name: _segment(name, value) for name, value in path.items()}
        target = self.path.format_map(segments) if segments else self.path
        encoded = urlencode(list(_query_pairs(query)), quote_via=quote) if query else ""
        return f"{target}?{encoded}" if encoded else target


def _segment(name: str, value: object) -> str:
    text = _text(value)
    if text in ("", ".", ".."):
        raise ValueError(f"{name}={text!r} would lead to another path than the operation's.")
    return quote(text, safe="")


def _query_pairs(query: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in query.items():
        if value is None:
            continue
        for item in value if isinstance(value, list | tuple) else (value,):
            yield name, _text(item)


def _text(value: object) -> str:
    if isinstance(value, str) and not isinstance(value, Enum):
        return value
    if isinstance(value, Enum):
        return _text(value.value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return str(value)
