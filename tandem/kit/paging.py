"""Opaque cursors for keyset pages: they stay right while rows are inserted, and belong to one list and its filters."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from tandem.kit.contract.operations import snake_case
from tandem.kit.problems import Complaint, Unprocessable

# What lists call the parameters that say how long a page is and where it begins, in snake_case.
LIMITS = frozenset({"limit", "page_size", "per_page", "size", "max_results", "count"})
CURSORS = frozenset({"cursor", "page_token", "after", "starting_after", "marker"})
_NOT_FILTERS = LIMITS | CURSORS
_OURS = frozenset({"limit", "cursor"})


class InvalidCursor(Unprocessable):
    title = "The cursor does not belong here"

    def __init__(self, name: str = "cursor") -> None:
        message = "this is not a next_cursor of this list with these filters; leave it out to start at the first page"
        super().__init__(f"query {name}: {message}.", [Complaint("query", name, message)])


def fingerprint(operation_id: str, parameters: Mapping[str, Any]) -> str:
    """Ties a cursor to the list and its filters. Where a list has a `cursor`, its `after` or `size` is a filter."""
    controls = _OURS if "cursor" in parameters else _NOT_FILTERS
    filters = sorted((name, str(value)) for name, value in parameters.items() if snake_case(name) not in controls)
    return hashlib.blake2s(orjson.dumps([operation_id, filters]), digest_size=9).hexdigest()


def write_cursor(tie: str, values: tuple[Any, ...]) -> str:
    document = orjson.dumps([tie, *({"t": v.isoformat()} if isinstance(v, datetime) else v for v in values)])
    return base64.urlsafe_b64encode(document).decode().rstrip("=")


def read_cursor(tie: str, cursor: str | None, shape: tuple[type, ...]) -> tuple[Any, ...] | None:
    """The values of a cursor, of the types in `shape`; None without a cursor; raises InvalidCursor."""
    if cursor is None:
        return None
    try:
        found, *values = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if found != tie:
            raise InvalidCursor
        read = tuple(map(_value, values))
    except (binascii.Error, ValueError, TypeError, KeyError, OverflowError) as error:
        raise InvalidCursor from error
    if [type(value) for value in read] != list(shape):
        raise InvalidCursor
    return read


def _value(value: Any) -> Any:
    """Cursors are not signed: what is read must be something PostgreSQL can hold, whoever wrote it."""
    if isinstance(value, dict):
        return datetime.fromisoformat(value["t"]).astimezone(UTC)
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise InvalidCursor
    if isinstance(value, str) and "\0" in value:
        raise InvalidCursor
    return value
