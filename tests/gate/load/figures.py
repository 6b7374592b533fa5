"""Measurements as a run would have brought them, made of how long an answer takes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tandem.gate.load.plan import WARM_UP, YARDSTICK, Plan
from tandem.gate.load.samples import Measured, Sample
from tandem.gate.service.running import Running

Time = Callable[[str, int], tuple[float, int]]


def steady(milliseconds: float = 4.0) -> Time:
    """Every operation takes as long, and a bare answer takes one millisecond."""
    return lambda operation, _: (1.0 if operation == YARDSTICK else milliseconds, 200)


def measured(plan: Plan, time: Time, *, finished: bool = True) -> Measured:
    """`time` says how long an operation takes in a round, and with which status it answers."""
    samples, at = [], 0.0
    for nth, walk in plan.in_order():
        for step in walk.steps:
            at += 1 / plan.per_second
            if nth != WARM_UP:
                samples.append(Sample(at, step.operation, nth, *time(step.operation, nth)))
    return Measured(tuple(samples), finished)


def sender(*times: Time, finished: bool = True) -> Callable[[Plan, Path, Running, Callable[[float], None]], Measured]:
    """One time for each run, the last of them for whatever follows."""
    left = list(times)

    def send(plan: Plan, _: Path, __: Running, look: Callable[[float], None]) -> Measured:
        look(1.0)
        return measured(plan, left.pop(0) if len(left) > 1 else left[0], finished=finished)

    return send
