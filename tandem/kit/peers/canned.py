"""Answers prepared beforehand instead of a network: for tests of services and of this package."""

from collections import deque
from typing import Any

import orjson

from tandem.kit.context import current
from tandem.kit.peers.transport import PeerAnswer, PeerRequest


class AskedInTransaction(AssertionError):
    """A slow peer would keep a connection, and what this transaction has locked, from everybody else."""

    def __init__(self, operation_id: str) -> None:
        super().__init__(
            f"{operation_id} is asked after the transaction has begun: ask before the first statement, "
            "and read what you need for it through call.reader"
        )


class CannedTransport:
    """Answers by operation id, in the order given; the last one stays. What was asked is kept in `requests`."""

    def __init__(self) -> None:
        self.requests: list[PeerRequest] = []
        self._answers: dict[str, deque[PeerAnswer | Exception]] = {}

    def answers(self, operation_id: str, body: Any = None, status: int = 200, retry_after: str | None = None) -> None:
        """`body` is sent as JSON; bytes are sent as they are and None is no body."""
        content = body if isinstance(body, bytes) else b"" if body is None else orjson.dumps(body, default=str)
        self._add(operation_id, PeerAnswer(status, content, retry_after))

    def refuses(self, operation_id: str, status: int, type: str, detail: str = "") -> None:
        self.answers(operation_id, {"type": type, "detail": detail, "status": status}, status)

    def fails(self, operation_id: str, error: Exception) -> None:
        self._add(operation_id, error)

    def forget(self, operation_id: str) -> None:
        """So that what is prepared next comes at once, not after what was prepared before."""
        self._answers.pop(operation_id, None)

    def asked(self, operation_id: str) -> list[PeerRequest]:
        return [request for request in self.requests if request.operation.id == operation_id]

    async def send(self, request: PeerRequest) -> PeerAnswer:
        context = current.get()
        if context is not None and context.in_transaction:
            raise AskedInTransaction(request.operation.id)
        self.requests.append(request)
        prepared = self._answers.get(request.operation.id)
        if not prepared:
            operation = request.operation
            raise AssertionError(f"{operation.peer}.{operation.id} was called, but no answer is prepared for it.")
        answer = prepared.popleft() if len(prepared) > 1 else prepared[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def close(self) -> None:
        self._answers.clear()

    def _add(self, operation_id: str, answer: PeerAnswer | Exception) -> None:
        self._answers.setdefault(operation_id, deque()).append(answer)
