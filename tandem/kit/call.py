"""What a handler is given: one request or one event, and everything it may use to deal with it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel

from tandem.kit import paging
from tandem.kit.database import Connection, Session
from tandem.kit.ids import new_id
from tandem.kit.problems import PreconditionFailed

if TYPE_CHECKING:
    from tandem.kit.auth.caller import Caller
    from tandem.kit.context import RequestContext
    from tandem.kit.flags import Flags
    from tandem.kit.objects import ObjectStore
    from tandem.kit.runtime import Runtime

P = TypeVar("P")


class Call(Generic[P]):
    """`P` is the service's generated `Peers`. `now` is UTC and the same for the whole call."""

    __slots__ = (
        "_headers",
        "_parameters",
        "_runtime",
        "caller",
        "connection",
        "context",
        "etag",
        "now",
        "operation_id",
    )

    def __init__(
        self,
        runtime: Runtime,
        operation_id: str,
        caller: Caller,
        context: RequestContext,
        connection: Connection,
        parameters: Mapping[str, Any],
        headers: Mapping[str, str],
    ) -> None:
        self._runtime = runtime
        self._parameters = parameters
        self._headers = headers
        self.operation_id = operation_id
        self.caller = caller
        self.context = context
        self.connection = connection
        self.now: datetime = runtime.now()
        self.etag: int | None = None

    @property
    def peers(self) -> P:
        peers: P = self._runtime.peers
        return peers

    @property
    def objects(self) -> ObjectStore:
        return self._runtime.objects

    @property
    def flags(self) -> Flags:
        return self._runtime.flags

    @property
    def settings(self) -> Any:
        return self._runtime.settings

    @property
    def request_id(self) -> str:
        return self.context.request_id

    @property
    def deadline(self) -> float:
        """In seconds of `time.monotonic()`."""
        return self.context.deadline

    @property
    def reader(self) -> Connection:
        """For a write that has to read before it asks a peer: outside the transaction, holding no connection."""
        return self._runtime.database.reader

    def snapshot(self) -> AbstractAsyncContextManager[Session]:
        return self._runtime.database.snapshot()

    def new_id(self, prefix: str) -> str:
        return new_id(prefix, self.now.timestamp)

    async def emit(self, event: BaseModel) -> None:
        """Say that something happened, in the transaction in which it happened."""
        await self._runtime.emit(self.connection, event, self.context, self.now)

    def check_match(self, version: int) -> None:
        """Raise PreconditionFailed unless the caller saw this version (RFC 9110, If-Match)."""
        seen = self._headers.get("if-match")
        if seen is not None and seen != f'"{version}"':
            newest = f'You sent If-Match {seen} but the newest version is "{version}".'
            raise PreconditionFailed(f"{newest} Fetch it again and repeat your change.")

    def read_cursor(self, cursor: str | None, *shape: type) -> tuple[Any, ...] | None:
        return paging.read_cursor(self._cursor_tie(), cursor, shape) if cursor is not None else None

    def write_cursor(self, *values: Any) -> str:
        return paging.write_cursor(self._cursor_tie(), values)

    def _cursor_tie(self) -> str:
        return paging.fingerprint(self.operation_id, self._parameters)
