"""What all calls of one service process share."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel

from tandem.kit.auth.verifier import TokenVerifier
from tandem.kit.context import RequestContext
from tandem.kit.contract.operations import Contract
from tandem.kit.database import Connection, Database
from tandem.kit.drift import Drift
from tandem.kit.events import outbox
from tandem.kit.events.catalogue import Catalogue, EventType
from tandem.kit.events.envelope import Event
from tandem.kit.flags import Flags
from tandem.kit.ids import new_id
from tandem.kit.objects import ObjectStore
from tandem.kit.telemetry.masking import sensitive_names


class UnknownEvent(Exception):
    """A service says something that contracts/events.yaml does not list for it."""


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Runtime:
    """`response_share` of the answers is held against the contract: in tests all, and a violation is an error.

    A service that `keeps_files` is not ready before its object store is.
    """

    service: str
    contract: Contract
    settings: Any
    database: Database
    catalogue: Catalogue
    verifier: TokenVerifier
    peers: Any
    objects: ObjectStore
    flags: Flags
    version: str = "dev"
    stage: str = "local"
    response_share: float = 0.01
    strict_responses: bool = False
    keeps_files: bool = False
    default_seconds: float = 10.0
    most_body_bytes: int = 1_048_576
    now: Callable[[], datetime] = utc_now
    chance: Callable[[], float] = random.random
    wake_relay: Callable[[], None] = lambda: None
    drift: Drift = field(default_factory=Drift)
    sensitive: frozenset[str] = field(init=False)
    _said: dict[str, EventType] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sensitive = sensitive_names(self.contract.document)
        self._said = {event.class_name: event for event in self.catalogue.said_by(self.service)}

    async def emit(self, connection: Connection, data: BaseModel, context: RequestContext, now: datetime) -> None:
        kind = self._said.get(type(data).__name__)
        if kind is None:
            raise UnknownEvent(
                f"{self.service} says {type(data).__name__}, which contracts/events.yaml does not list for it"
            )
        payload = data.model_dump(mode="json")
        kind.validate(payload)
        event = Event(
            id=new_id("evt", now.timestamp),
            type=kind.name,
            source=self.service,
            subject=payload[kind.entity],
            time=now,
            data=payload,
            traceparent=context.traceparent,
            request_id=context.request_id,
        )
        await outbox.append(connection, event)
