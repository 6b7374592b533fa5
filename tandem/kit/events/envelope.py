"""What an event looks like on its way: a CloudEvents 1.0 document in JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

_TEXTS = ("id", "type", "source", "subject", "traceparent", "requestid")


class UnusableEvent(Exception):
    """No repetition can make this event right; it goes to the dead letters at once."""


@dataclass(frozen=True, slots=True)
class Event:
    """`source` is the service that says it, `subject` the id of what it is about."""

    id: str
    type: str
    source: str
    subject: str
    time: datetime
    data: dict[str, Any]
    traceparent: str
    request_id: str

    def to_json(self) -> bytes:
        # Extension attributes of CloudEvents have lower-case letters and digits only: `requestid`.
        return orjson.dumps(
            {
                "specversion": "1.0",
                "id": self.id,
                "type": self.type,
                "source": self.source,
                "subject": self.subject,
                "time": self.time.astimezone(UTC),
                "datacontenttype": "application/json",
                "traceparent": self.traceparent,
                "requestid": self.request_id,
                "data": self.data,
            },
            option=orjson.OPT_UTC_Z,
        )

    @classmethod
    def from_json(cls, document: bytes) -> Event:
        """Raises UnusableEvent."""
        try:
            fields = orjson.loads(document)
            texts = [fields[name] for name in _TEXTS]
            time, data = datetime.fromisoformat(fields["time"]), fields["data"]
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
            raise UnusableEvent(f"is not a CloudEvents document: {type(error).__name__} {error}") from error
        if (
            fields.get("specversion") != "1.0"
            or not isinstance(data, dict)
            or not all(isinstance(t, str) for t in texts)
        ):
            raise UnusableEvent("is not a CloudEvents 1.0 document with an object as its data")
        id_, type_, source, subject, traceparent, request_id = texts
        return cls(id_, type_, source, subject, time, data, traceparent, request_id)
