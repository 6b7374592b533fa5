from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, StrEnum

import pytest

from tandem.kit.peers.operation import PeerOperation


class Status(StrEnum):
    FROZEN = "frozen"


class Size(Enum):
    LARGE = 3


def operation(method: str = "GET", path: str = "/v1/cards", idempotent: bool = False) -> PeerOperation:
    return PeerOperation(id="x", peer="card", method=method, path=path, success=200, idempotent=idempotent)


@pytest.mark.parametrize(
    ("method", "idempotent", "repeatable"),
    [
        ("GET", False, True),
        ("HEAD", False, True),
        ("PUT", False, True),
        ("DELETE", False, True),
        ("POST", False, False),
        ("PATCH", False, False),
        ("POST", True, True),
    ],
)
def test_only_what_does_no_harm_twice_is_repeatable(method: str, idempotent: bool, repeatable: bool) -> None:
    assert operation(method, idempotent=idempotent).repeatable is repeatable


def test_path_values_cannot_leave_their_segment() -> None:
    one = operation(path="/v1/cards/{card_id}/picture")
    assert one.target({"card_id": "a/../b?c=d&é"}, {}) == "/v1/cards/a%2F..%2Fb%3Fc%3Dd%26%C3%A9/picture"


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_a_path_value_that_changes_the_path_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="card_id"):
        operation(path="/v1/cards/{card_id}").target({"card_id": value}, {})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("å b&c", "q=%C3%A5%20b%26c"),
        (20, "q=20"),
        (True, "q=true"),
        (False, "q=false"),
        (Decimal("1250.00"), "q=1250.00"),
        (date(2026, 11, 15), "q=2026-11-15"),
        (datetime(2026, 11, 15, 9, 30, tzinfo=UTC), "q=2026-11-15T09%3A30%3A00Z"),
        (datetime(2026, 11, 15, 9, 30, tzinfo=timezone(timedelta(hours=1))), "q=2026-11-15T08%3A30%3A00Z"),
        (Status.FROZEN, "q=frozen"),
        (Size.LARGE, "q=3"),
        ([Status.FROZEN, "open"], "q=frozen&q=open"),
        ((), ""),
        (None, ""),
    ],
)
def test_query_values_are_written_as_contracts_do(value: object, text: str) -> None:
    assert operation().target({}, {"q": value}) == ("/v1/cards?" + text).rstrip("?")


def test_what_is_none_is_left_out_of_the_query() -> None:
    assert operation().target({}, {"account_id": "acc_1", "limit": None, "cursor": "x"}) == (
        "/v1/cards?account_id=acc_1&cursor=x"
    )
