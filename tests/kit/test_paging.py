"""Cursors lead from one page to the next of the same list, and nowhere else, whoever wrote them."""

import base64
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.kit.paging import InvalidCursor, fingerprint, read_cursor, write_cursor

MOMENT = datetime(2026, 11, 15, 8, 30, 0, 123456, tzinfo=UTC)
SHAPE = (datetime, str)


def forged(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


def test_cursor_brings_back_what_was_written() -> None:
    cursor = write_cursor("tie", (MOMENT, "lon_1"))
    assert read_cursor("tie", cursor, SHAPE) == (MOMENT, "lon_1")
    assert cursor.replace("-", "").replace("_", "").isalnum()


def test_no_cursor_is_the_first_page() -> None:
    assert read_cursor("tie", None, SHAPE) is None


def test_moment_is_read_as_utc() -> None:
    stockholm = MOMENT.astimezone(timezone(timedelta(hours=1)))
    read = read_cursor("tie", write_cursor("tie", (stockholm, "a")), SHAPE)
    assert read is not None
    assert (read[0], read[0].tzinfo) == (MOMENT, UTC)


@pytest.mark.parametrize("name", ["cursor", "marker", "pageToken", "limit", "per_page"])
def test_whatever_a_list_calls_its_page_is_no_filter(name: str) -> None:
    assert fingerprint("listPets", {name: "5", "kind": "cat"}) == fingerprint("listPets", {name: None, "kind": "cat"})


@pytest.mark.parametrize("name", ["after", "size", "marker"])
def test_beside_a_cursor_such_a_name_is_that_of_a_filter(name: str) -> None:
    tie = fingerprint("listPets", {name: "5", "cursor": None})
    assert tie != fingerprint("listPets", {name: "6", "cursor": None})


def test_cursor_belongs_to_a_list_and_its_filters_but_not_to_its_page() -> None:
    tie = fingerprint("listLoans", {"status": "open", "limit": 5, "cursor": None})
    assert tie == fingerprint("listLoans", {"limit": 50, "cursor": "x", "status": "open"})
    assert tie != fingerprint("listLoans", {"status": "late", "limit": 5, "cursor": None})
    assert tie != fingerprint("listCards", {"status": "open", "limit": 5, "cursor": None})


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        "å",
        "",
        "====",
        forged(),
        forged("other", {"t": MOMENT.isoformat()}, "lon_1"),
        forged("tie", {"t": MOMENT.isoformat()}),
        forged("tie", "lon_1", {"t": MOMENT.isoformat()}),
        forged("tie", {"t": "yesterday"}, "lon_1"),
        forged("tie", {"t": 5}, "lon_1"),
        forged("tie", {"u": MOMENT.isoformat()}, "lon_1"),
        forged("tie", {"t": "0001-01-01T00:00:00+23:00"}, "lon_1"),
        forged("tie", {"t": MOMENT.isoformat()}, "a\0b"),
        forged("tie", {"t": MOMENT.isoformat()}, True),
        forged("tie", {"t": MOMENT.isoformat()}, None),
        base64.urlsafe_b64encode(b'{"tie": 1}').decode(),
        base64.urlsafe_b64encode(b"5").decode(),
        base64.urlsafe_b64encode(b"\xff").decode(),
    ],
)
def test_foreign_or_forged_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidCursor) as refused:
        read_cursor("tie", cursor, SHAPE)
    assert (refused.value.status, refused.value.type) == (422, "/problems/invalid-cursor")
    assert [one.pointer for one in refused.value.errors] == ["cursor"]


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 1.5, True])
def test_number_that_postgresql_cannot_hold_is_refused(number: Any) -> None:
    with pytest.raises(InvalidCursor):
        read_cursor("tie", forged("tie", number), (int,))


def test_number_that_postgresql_holds_is_read() -> None:
    assert read_cursor("tie", forged("tie", 2**63 - 1), (int,)) == (2**63 - 1,)


@given(text=st.text(max_size=40))
def test_any_text_is_refused_and_never_a_crash(text: str) -> None:
    with pytest.raises(InvalidCursor):
        read_cursor("tie", text, SHAPE)
