"""Dials for bad days: slow answers, errors by rate, connections cut, bodies that trickle, answers that never come."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from typing import Any

from tandem.kit.problems import MalformedRequest

ALL = "*"
LONGEST_DELAY_MS = 600_000
_PERCENTILES = ("p50", "p95", "p99")
_KINDS = ("drop", "slow", "timeout")
_FAULT = re.compile(r"(drop|slow|timeout|[1-5][0-9][0-9])(?:@(1(?:\.0+)?|0?\.[0-9]+|0))?")


class NoSuchDial(MalformedRequest):
    title = "There is no such dial"


@dataclass(frozen=True)
class Dial:
    """`delay_ms` is fixed; `percentiles` draws one. The rest are shares of requests from 0 to 1."""

    delay_ms: float = 0
    percentiles: Mapping[str, float] = field(default_factory=dict)
    errors: Mapping[int, float] = field(default_factory=dict)
    drop: float = 0
    slow: float = 0
    timeout: float = 0

    def document(self) -> dict[str, Any]:
        said = {
            "delay_ms": self.delay_ms,
            "percentiles": dict(self.percentiles),
            "errors": {str(status): rate for status, rate in self.errors.items()},
            "drop": self.drop,
            "slow": self.slow,
            "timeout": self.timeout,
        }
        return {name: value for name, value in said.items() if value}

    def draw(self, random: Random) -> Fault:
        """What befalls one request."""
        for kind in _KINDS:
            if (share := getattr(self, kind)) and random.random() < share:
                return Fault(self._delay(random), kind)
        luck = random.random()
        for status, rate in self.errors.items():
            if luck < rate:
                return Fault(self._delay(random), "error", status)
            luck -= rate
        return Fault(self._delay(random))

    def _delay(self, random: Random) -> float:
        if not self.percentiles:
            return self.delay_ms / 1000
        return self.delay_ms / 1000 + _drawn(self.percentiles, random.random()) / 1000


@dataclass(frozen=True, slots=True)
class Fault:
    """`kind` is empty (only the delay), `error`, `drop`, `slow` or `timeout`."""

    delay_seconds: float = 0
    kind: str = ""
    status: int = 0


NONE = Fault()


def _drawn(percentiles: Mapping[str, float], luck: float) -> float:
    """Straight lines between the points given; beyond the last one it stays there."""
    points = [(0.0, 0.0), *sorted((float(name[1:]) / 100, ms) for name, ms in percentiles.items())]
    if points[1][0] >= 0.5:
        points[0] = (0.0, points[1][1] / 2)
    for (low, low_ms), (high, high_ms) in pairwise(points):
        if luck <= high:
            return low_ms + (high_ms - low_ms) * (luck - low) / (high - low)
    return points[-1][1]


def read_dial(said: Any) -> Dial:
    """A dial as the API takes it; raises NoSuchDial."""
    if not isinstance(said, Mapping):
        raise NoSuchDial('A dial is an object, for example {"delay_ms": 300, "errors": {"503": 0.1}}.')
    known = ("delay_ms", "percentiles", "errors", *_KINDS)
    for name in said:
        if name not in known:
            raise NoSuchDial(f"There is no dial {str(name)[:40]!r}. There are: {', '.join(known)}.")
    errors = said.get("errors") or {}
    if not isinstance(errors, Mapping) or not all(re.fullmatch("[1-5][0-9][0-9]", str(one)) for one in errors):
        raise NoSuchDial('`errors` maps a status to a share of requests, for example {"503": 0.1}.')
    return Dial(
        delay_ms=_number(said.get("delay_ms", 0), "delay_ms", LONGEST_DELAY_MS),
        percentiles=_read_percentiles(said.get("percentiles") or {}),
        errors={int(status): _number(rate, f"errors.{status}", 1) for status, rate in errors.items()},
        **{kind: _number(said.get(kind, 0), kind, 1) for kind in _KINDS},
    )


def _read_percentiles(said: Any) -> dict[str, float]:
    if not isinstance(said, Mapping) or not all(re.fullmatch(r"p[0-9]{1,2}(\.[0-9])?", str(name)) for name in said):
        raise NoSuchDial(f"`percentiles` are milliseconds by percentile: {', '.join(_PERCENTILES)}.")
    read = {str(name): _number(value, f"percentiles.{name}", LONGEST_DELAY_MS) for name, value in said.items()}
    if any(name in {"p0", "p00"} for name in read):
        raise NoSuchDial("`percentiles` begin above p0.")
    return read


def _number(value: Any, name: str, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= most:
        raise NoSuchDial(f"`{name}` is a number from 0 to {most:g}.")
    return float(value)


def from_headers(delay: str | None, fault: str | None) -> Dial | None:
    """`X-Tandem-Delay: 300` or `p50=50,p95=400`; `X-Tandem-Fault: 503`, `503@0.3`, `drop`, `slow`, `timeout`."""
    if delay is None and fault is None:
        return None
    said: dict[str, Any] = {}
    if delay is not None:
        said |= _said_delay(delay)
    for one in (part.strip() for part in (fault or "").split(",") if part.strip()):
        found = _FAULT.fullmatch(one)
        if found is None:
            raise NoSuchDial(
                "X-Tandem-Fault takes a status, drop, slow or timeout, with a share if wanted (503@0.3); "
                f"not {one[:40]!r}."
            )
        share = float(found[2]) if found[2] else 1.0
        if found[1].isdecimal():
            said.setdefault("errors", {})[found[1]] = share
        else:
            said[found[1]] = share
    return read_dial(said)


def _said_delay(delay: str) -> dict[str, Any]:
    try:
        if "=" not in delay:
            return {"delay_ms": float(delay)}
        pairs = (part.split("=", 1) for part in delay.split(","))
        return {"percentiles": {name.strip(): float(ms) for name, ms in pairs}}
    except ValueError:
        raise NoSuchDial(
            f"X-Tandem-Delay takes milliseconds (300) or percentiles (p50=50,p95=400); not {delay[:40]!r}."
        ) from None
