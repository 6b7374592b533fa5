"""How many retries a peer may be given: a share of the requests, so that retries never multiply an outage."""

import time
from collections.abc import Callable


class RetryBudget:
    """A bucket of tokens: each request puts a share in, time puts a few in, each retry takes one out."""

    def __init__(
        self,
        share: float = 0.2,
        per_second: float = 0.5,
        most: float = 10.0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._share = share
        self._per_second = per_second
        self._most = most
        self._now = now
        self._tokens = most
        self._filled_at = now()

    def request(self) -> None:
        self._tokens = min(self._most, self._tokens + self._share)

    def take(self) -> bool:
        now = self._now()
        self._tokens = min(self._most, self._tokens + (now - self._filled_at) * self._per_second)
        self._filled_at = now
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True
