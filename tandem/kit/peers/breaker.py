"""Stops asking a peer that does not answer, so that callers fail at once instead of waiting for it."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BreakerPolicy:
    """Opens after so many failures in a row, or when that share of a window's requests fails."""

    consecutive_failures: int = 5
    failure_share: float = 0.5
    window_seconds: float = 10.0
    window_requests: int = 20
    open_seconds: float = 2.0


class CircuitBreaker:
    """Closed, open, or half open with one probe under way.

    `admit` hands out a permit that `record` takes back. Permits carry the number of the state they were given in:
    a late answer to a question asked before the breaker opened says nothing about now and is not counted.
    """

    def __init__(
        self,
        policy: BreakerPolicy,
        on_change: Callable[[bool], None],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._policy = policy
        self._on_change = on_change
        self._now = now
        self._state_number = 0
        self._open_until: float | None = None
        self._probing = False
        self._failures_in_a_row = 0
        self._start_window(now())

    @property
    def is_open(self) -> bool:
        return self._open_until is not None

    def admit(self) -> int | None:
        """A permit to ask the peer now, or None."""
        if self._open_until is None:
            return self._state_number
        if self._probing or self._now() < self._open_until:
            return None
        self._probing = True
        return self._state_number

    def record(self, permit: int, healthy: bool | None) -> None:
        """None: nothing was learnt about the peer, for example because our own caller hung up."""
        if permit != self._state_number:
            return
        if self._open_until is not None:
            self._record_probe(healthy)
        elif healthy is not None:
            self._count(healthy)

    def _record_probe(self, healthy: bool | None) -> None:
        self._probing = False
        if healthy:
            self._close()
        elif healthy is False:
            self._open()

    def _count(self, healthy: bool) -> None:
        now = self._now()
        if now >= self._window_ends:
            self._start_window(now)
        self._requests += 1
        if healthy:
            self._failures_in_a_row = 0
            return
        self._failures += 1
        self._failures_in_a_row += 1
        if self._has_had_enough():
            self._open()

    def _has_had_enough(self) -> bool:
        policy = self._policy
        return self._failures_in_a_row >= policy.consecutive_failures or (
            self._requests >= policy.window_requests and self._failures >= policy.failure_share * self._requests
        )

    def _open(self) -> None:
        self._state_number += 1
        self._open_until = self._now() + self._policy.open_seconds
        self._on_change(self.is_open)

    def _close(self) -> None:
        self._state_number += 1
        self._open_until = None
        self._failures_in_a_row = 0
        self._start_window(self._now())
        self._on_change(self.is_open)

    def _start_window(self, now: float) -> None:
        self._window_ends = now + self._policy.window_seconds
        self._requests = 0
        self._failures = 0
