from datetime import UTC, datetime, timedelta, timezone

import orjson
import pytest

from tandem.kit.events.envelope import Event, UnusableEvent
from tests.kit.events.conftest import Say


def test_event_survives_the_way_there_and_back(say: Say) -> None:
    event = say()
    assert Event.from_json(event.to_json()) == event


def test_document_is_a_cloud_event_in_utc(say: Say) -> None:
    stockholm = datetime(2026, 11, 15, 10, 30, tzinfo=timezone(timedelta(hours=1)))
    event = Event("evt_1", "card.frozen", "card", "crd_1", stockholm, {"card_id": "crd_1"}, "00-a-b-01", "request-1")
    assert orjson.loads(event.to_json()) == {
        "specversion": "1.0",
        "id": "evt_1",
        "type": "card.frozen",
        "source": "card",
        "subject": "crd_1",
        "time": "2026-11-15T09:30:00Z",
        "datacontenttype": "application/json",
        "traceparent": "00-a-b-01",
        "requestid": "request-1",
        "data": {"card_id": "crd_1"},
    }
    assert Event.from_json(event.to_json()).time == datetime(2026, 11, 15, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "change",
    [{"id": None}, {"time": "yesterday"}, {"time": 5}, {"data": [1]}, {"specversion": "0.3"}, {"subject": 7}],
)
def test_document_of_another_shape_is_unusable(say: Say, change: dict[str, object]) -> None:
    document = orjson.dumps({**orjson.loads(say().to_json()), **change})
    with pytest.raises(UnusableEvent):
        Event.from_json(document)


@pytest.mark.parametrize("document", [b"", b"{", b"[]", b"{}", b"7", b"\xff"])
def test_anything_else_is_unusable(document: bytes) -> None:
    with pytest.raises(UnusableEvent, match="is not a CloudEvents document"):
        Event.from_json(document)
