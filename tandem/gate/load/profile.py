"""The load that a contract and the written journeys ask for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle, islice
from random import Random

from tandem.gate.load.exploring import Answered, Explored, grouped
from tandem.gate.load.journeys import Journey
from tandem.gate.load.limits import LoadLimits
from tandem.gate.load.plan import YARDSTICK, Plan, Step, Walk
from tandem.gate.service.running import Running
from tandem.kit.contract import Contract, Operation


def plan(
    contract: Contract,
    running: Running,
    explored: Mapping[str, Explored],
    journeys: Sequence[Journey],
    limits: LoadLimits,
    yardstick: str,
) -> Plan:
    """`explored` is what each caller was shown; who comes first asks for what several may see."""
    walks = [
        *_reads(contract, explored, limits),
        *_walks(contract, journeys, limits),
        *[Walk("", (Step(YARDSTICK, "GET", yardstick),))] * limits.reads,
    ]
    # Mixed, and the same every time.
    Random(0).shuffle(walks)  # noqa: S311 - an order, no secret
    seeds = {caller: grouped(one.records) for caller, one in explored.items()}
    return Plan(
        running.url,
        dict(running.callers),
        tuple(walks),
        limits.rounds,
        limits.per_second,
        limits.callers,
        limits.seconds,
        seeds,
    )


def _reads(contract: Contract, explored: Mapping[str, Explored], limits: LoadLimits) -> Iterator[Walk]:
    for operation in contract.operations:
        for caller, one in explored.items():
            if answered := one.answered.get(operation.id):
                count = round(limits.reads * _weight(contract, operation))
                yield from (Walk(caller, (_step(request),)) for request in islice(cycle(answered), count))
                break


def _weight(contract: Contract, operation: Operation) -> float:
    promised = contract.document["paths"][operation.path][operation.method.lower()].get("x-slo", {})
    return float(promised.get("weight", 1))


def _step(request: Answered) -> Step:
    return Step(request.operation.id, request.operation.method, request.path, request.query)


def _walks(contract: Contract, journeys: Sequence[Journey], limits: LoadLimits) -> Iterator[Walk]:
    for journey in journeys:
        if walk := journey.walk(contract):
            yield from [walk] * limits.walks
