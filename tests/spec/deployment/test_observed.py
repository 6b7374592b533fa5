import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tandem.spec.deployment.observed import Call, NotObserved, Observed, as_json, parse, summed

EARLY, LATE = datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 1, 2, tzinfo=UTC)
RECORD = Observed(EARLY, LATE, (Call("account", "invoice", "listInvoices", LATE, 7),))


def _record(**words: Any) -> str:
    entry = {**as_json(RECORD)["calls"][0], **words}
    return json.dumps({**as_json(RECORD), "calls": [entry]})


def test_record_is_read_as_it_was_written() -> None:
    assert parse(json.dumps(as_json(RECORD))) == RECORD


def test_calls_of_one_consumer_are_one_with_the_last_moment() -> None:
    calls = [Call("app", "card", "getCard", moment, 2) for moment in (LATE, EARLY)]
    assert summed([*calls, RECORD.calls[0]]) == (Call("app", "card", "getCard", LATE, 4), RECORD.calls[0])


def test_record_tells_the_calls_of_a_service() -> None:
    assert (RECORD.of("invoice"), RECORD.of("card")) == (list(RECORD.calls), [])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not JSON"),
        ("[]", "must be an object with `since`"),
        ('{"calls": {}}', "must be an object with `since`"),
        ('{"calls": []}', "it: since must be a moment such as"),
        ('{"calls": [], "since": "2027-01-01T00:00:00"}', "it: since must be a moment"),
        ('{"calls": [1]}', "call 1 is no object"),
        (_record(consumer=""), "call 1 needs consumer, service and operation, as text"),
        (_record(count=0), "call 1: count must be a whole number above zero"),
        (_record(count=True), "call 1: count must be a whole number"),
        (_record(last_seen="yesterday"), "call 1: last_seen must be a moment"),
    ],
)
def test_what_is_no_record_is_refused_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(NotObserved, match=said):
        parse(text)


def test_one_call_needs_no_count() -> None:
    entry = json.loads(_record())
    del entry["calls"][0]["count"]
    assert parse(json.dumps(entry)).calls[0].count == 1
