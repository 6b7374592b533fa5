"""How a call to another service can fail, by what the caller can do about it."""

from typing import Any

import orjson

from tandem.kit.problems import Unavailable


class PeerUnavailable(Unavailable):
    """The peer gave no usable answer. A handler that can do without catches it; otherwise it is a 503 to our caller."""

    title = "Something this needs is not answering"

    def __init__(self, peer: str, outcome: str, *, may_retry: bool = False, retry_after_seconds: float = 0.0) -> None:
        super().__init__(f"The {peer} service is not answering just now. Try again shortly.")
        self.peer = peer
        self.outcome = outcome
        self.may_retry = may_retry
        self.retry_after_seconds = retry_after_seconds


class PeerBroken(PeerUnavailable):
    """The peer answered, but not as its contract says."""

    def __init__(self, peer: str, operation: str, reason: str) -> None:
        super().__init__(peer, "broken")
        self.operation = operation
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.peer}.{self.operation} did not answer as its contract says: {self.reason}"


class PeerRefused(Exception):
    """The peer understood and said no (4xx).

    Not a Problem on purpose. What a refusal means, only the handler that asked can say: it catches this and raises
    its own problem. One that nobody caught was not foreseen, which is a bug of ours and therefore a 500.
    """

    def __init__(self, peer: str, operation: str, status: int, type: str, detail: str) -> None:
        super().__init__(f"{peer}.{operation} refused with {status} {type}: {detail}")
        self.peer = peer
        self.operation = operation
        self.status = status
        self.type = type
        self.detail = detail

    @classmethod
    def from_body(cls, peer: str, operation: str, status: int, body: bytes) -> "PeerRefused":
        """Something between us and the peer may have refused in plain text; then `type` is `about:blank` (RFC 9457)."""
        try:
            document: Any = orjson.loads(body)
        except orjson.JSONDecodeError:
            document = None
        if not isinstance(document, dict):
            document = {}
        return cls(peer, operation, status, str(document.get("type", "about:blank")), str(document.get("detail", "")))
