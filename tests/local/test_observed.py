"""Who calls what on this machine, read from what its services logged."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tandem.local.observed import read_record, record_of, recorded, seen_here
from tandem.local.state import Home
from tandem.spec.deployment.observed import Call, NotObserved


def _line(moment: str, caller: str | None, operation: str, event: str = "request") -> str:
    return (
        json.dumps({"event": event, "caller": caller, "operation": operation, "time": f"2027-01-15T{moment}Z"}) + "\n"
    )


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path, tmp_path)
    home.logs.mkdir()
    return home


def _at(hour: int) -> datetime:
    return datetime(2027, 1, 15, hour, 0, 0, 500000, UTC)


def test_calls_are_told_by_consumer_also_from_older_files(home: Home) -> None:
    (home.logs / "card.log.1").write_text(_line("08:00:00.500000", "service:account", "listCards"))
    (home.logs / "card.log").write_text(
        _line("09:00:00.500000", "service:account", "listCards")
        + _line("10:00:00.500000", "customer:anna", "getCard")
        + _line("11:00:00.500000", "customer:bo", "getCard")
    )
    observed = seen_here(home)
    assert observed is not None
    assert (observed.since, observed.until) == (_at(8), _at(11))
    assert observed.calls == (
        Call("customer", "card", "getCard", _at(11), 2),
        Call("account", "card", "listCards", _at(9), 2),
    )


def test_who_was_not_let_in_or_found_nothing_is_no_consumer(home: Home) -> None:
    (home.logs / "card.log").write_text(
        _line("09:00:00.5", None, "getCard")
        + _line("09:00:00.5", "customer:anna", "unmatched")
        + _line("09:00:00.5", "customer:anna", "getCard", "unhandled error in a request")
        + 'a line that says "request"\n'
    )
    assert seen_here(home) is None


def test_record_of_another_environment_is_kept_in_the_state_folder(home: Home) -> None:
    assert recorded(home, "uat") is None
    record_of(home, "uat").parent.mkdir()
    record_of(home, "uat").write_text('{"since": "2027-01-01T00:00:00Z", "until": "2027-01-02T00:00:00Z", "calls": []}')
    found = recorded(home, "uat")
    assert found is not None
    assert found.calls == ()


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe"])
def test_what_is_no_record_is_named_with_its_file(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "calls.json").write_bytes(content)
    with pytest.raises(NotObserved, match=r"calls\.json: is not JSON"):
        read_record(tmp_path / "calls.json")
