"""One page of a collection: filtered by the query, cut by limit and cursor, wrapped as the contract wraps it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from tandem.kit.contract.operations import snake_case
from tandem.kit.paging import CURSORS, LIMITS, InvalidCursor
from tandem.mock.memory import Thing
from tandem.mock.resources import Collection, Page

_OFFSETS = frozenset({"offset", "skip"})
_PAGES = frozenset({"page", "page_number"})
_CONTROL = LIMITS | CURSORS | _OFFSETS | _PAGES | {"sort", "order", "order_by", "fields", "expand", "include"}
_SEARCHES = ("search", "q", "query")
_FROM = ("_from", "_after", "_since", "_gte", "_gt")
_TO = ("_before", "_until", "_to", "_lte", "_lt")
_DEFAULT_LIMIT = 20


def page_of(
    collection: Collection, things: Iterable[Thing], query: Mapping[str, Any], wrapping: Mapping[str, Any]
) -> tuple[Any, list[str]]:
    """The body, and the names of filters that the contract does not explain and nobody could apply."""
    filters = {name: value for name, value in query.items() if value is not None and snake_case(name) not in _CONTROL}
    chosen, ignored = _filtered(collection, list(things), filters)
    start = _start(chosen, query)
    limit = next(_numbers(query, LIMITS), _DEFAULT_LIMIT)
    if collection.page is None or collection.page.items is None:
        wanted = any(snake_case(name) in LIMITS | _OFFSETS | _PAGES for name in query)
        return [one.body for one in (chosen[start : start + limit] if wanted else chosen)], ignored
    return _wrapped(collection.page, chosen, start, limit, wrapping), ignored


def _wrapped(page: Page, chosen: list[Thing], start: int, limit: int, wrapping: Mapping[str, Any]) -> dict[str, Any]:
    shown = chosen[start : start + limit]
    more = start + limit < len(chosen)
    body = {**wrapping, str(page.items): [one.body for one in shown]}
    if page.total:
        body[page.total] = len(chosen)
    if page.cursor:
        body[page.cursor] = write_cursor(shown[-1].id) if more and shown else None
    if page.more:
        body[page.more] = more
    return body


def write_cursor(thing_id: str) -> str:
    return base64.urlsafe_b64encode(f"after {thing_id}".encode()).decode().rstrip("=")


def _start(chosen: list[Thing], query: Mapping[str, Any]) -> int:
    for name in (name for name in query if snake_case(name) in CURSORS and query[name]):
        after = _read_cursor(str(query[name]))
        ids = [one.id for one in chosen]
        if after is None and str(query[name]) in ids:
            after = str(query[name])
        if after is None:
            raise InvalidCursor(name)
        return ids.index(after) + 1 if after in ids else 0
    for offset in _numbers(query, _OFFSETS):
        return offset
    for page in _numbers(query, _PAGES):
        return max(page - 1, 0) * next(_numbers(query, LIMITS), _DEFAULT_LIMIT)
    return 0


def _numbers(query: Mapping[str, Any], names: Container[str]) -> Iterator[int]:
    return (int(value) for name, value in query.items() if snake_case(name) in names and _is_number(value))


def _read_cursor(text: str) -> str | None:
    try:
        said = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except (binascii.Error, ValueError):
        return None
    return said.removeprefix("after ") if said.startswith("after ") else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int) or (isinstance(value, str) and value.isdecimal() and len(value) < 10)


def _filtered(collection: Collection, things: list[Thing], filters: Mapping[str, Any]) -> tuple[list[Thing], list[str]]:
    ignored = []
    for name, value in filters.items():
        test = _test(collection, name, value)
        if test is None:
            ignored.append(name)
        else:
            things = list(_kept(things, test))
    return things, ignored


@dataclass(frozen=True, slots=True)
class _Test:
    """How a query parameter is compared: `equal`, `least`, `below` or `search`."""

    kind: str
    field: str
    value: Any


def _test(collection: Collection, name: str, value: Any) -> _Test | None:
    fields = collection.properties
    if name in fields:
        return _Test("equal", name, value)
    if name in _SEARCHES:
        return _Test("search", "", str(value).casefold())
    for kind, prefix in (("least", "min_"), ("most", "max_")):
        if name.startswith(prefix) and name.removeprefix(prefix) in fields:
            return _Test(kind, name.removeprefix(prefix), value)
    for kind, endings in (("least", _FROM), ("below", _TO)):
        for ending in (one for one in endings if name.endswith(one)):
            stem = name.removesuffix(ending)
            field = next((one for one in (stem, f"{stem}_at", f"{stem}_on", f"{stem}_date") if one in fields), None)
            if field:
                return _Test("most" if ending == "_lte" else kind, field, value)
    return None


def _kept(things: Iterable[Thing], test: _Test) -> Iterator[Thing]:
    for thing in things:
        if test.kind == "equal" and thing.made_up and not isinstance(thing.body.get(test.field), (dict, list)):
            # What was made from a schema alone has no value of its own to be held against.
            yield replace(thing, body={**thing.body, test.field: test.value})
        elif thing.made_up or _passes(thing.body, test):
            yield thing


def _passes(body: Mapping[str, Any], test: _Test) -> bool:
    if test.kind == "search":
        return any(test.value in text.casefold() for text in _texts(body))
    found = body.get(test.field)
    if test.kind == "equal":
        wanted = test.value if isinstance(test.value, list) else [test.value]
        values = found if isinstance(found, list) else [found]
        return any(_said(one) == _said(other) for one in values for other in wanted)
    return found is not None and _compare(found, test)


def _compare(found: Any, test: _Test) -> bool:
    """Amounts as numbers, moments as the text they are: RFC 3339 in UTC sorts as it reads."""
    if isinstance(found, Mapping):
        found = found.get("amount")
    left, right = _number(found), _number(test.value)
    pair: tuple[Any, Any] = (left, right) if left is not None and right is not None else (str(found), str(test.value))
    match test.kind:
        case "least":
            return bool(pair[0] >= pair[1])
        case "most":
            return bool(pair[0] <= pair[1])
    return bool(pair[0] < pair[1])


def _number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _said(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
