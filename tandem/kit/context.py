"""What travels with one request or event through every hop: ids, trace context and the time that is left."""

import time
from contextvars import ContextVar
from dataclasses import dataclass

# Envoy sets and forwards this header by itself, so a gateway timeout reaches the last service in the chain.
TIMEOUT_HEADER = "x-envoy-expected-rq-timeout-ms"


@dataclass(slots=True)
class RequestContext:
    """`deadline` is in seconds of `time.monotonic()`; `traceparent` is W3C Trace Context."""

    request_id: str
    traceparent: str
    deadline: float
    # From its first statement on a write keeps a connection from everybody else.
    in_transaction: bool = False

    @property
    def seconds_left(self) -> float:
        return self.deadline - time.monotonic()


current: ContextVar[RequestContext | None] = ContextVar("tandem_request", default=None)
