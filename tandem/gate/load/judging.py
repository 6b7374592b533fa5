"""What the figures mean: too slow, too often broken, slower than it was, or not enough to tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import comb

from tandem.gate.load.baseline import Baseline
from tandem.gate.load.plan import YARDSTICK, Plan
from tandem.gate.load.samples import Measured
from tandem.gate.load.statements import Cost, Growth
from tandem.gate.verdict import Finding, fingerprint
from tandem.kit.contract import Contract, Operation, Slo

_SURE = 0.01
_RATE_WHERE_NONE_IS_PROMISED = 0.01
# Twice as slow, by a difference that somebody could notice: machines differ by less, and from run to run too.
_NOISE = 2.0
_LEAST_MILLISECONDS = 3.0


@dataclass(frozen=True)
class Judge:
    """Of one run. `enough` is how many answers a round needs to count."""

    service: str
    contract: Contract
    plan: Plan
    measured: Measured
    enough: int

    @property
    def promised(self) -> list[tuple[Operation, Slo]]:
        """Operations that the plan asks often enough in each round."""
        return [
            (operation, operation.slo)
            for operation in self.contract.operations
            if operation.slo and self.plan.asks(operation.id) >= self.enough and not self._rarely(operation)
        ]

    @property
    def asked(self) -> int:
        """How many requests count."""
        return sum(sample.operation != YARDSTICK for sample in self.measured.samples)

    def _rarely(self, operation: Operation) -> bool:
        return any(step.rarely for walk in self.plan.walks for step in walk.steps if step.operation == operation.id)

    def p95(self, operation: Operation) -> float | None:
        return self.measured.median_of_rounds(operation.id, 0.95, self.enough)

    def relative(self) -> dict[str, float]:
        """By operation; what a baseline keeps."""
        ratios = {one.id: self.measured.relative(one.id, self.enough) for one, _ in self.promised}
        return {name: ratio for name, ratio in ratios.items() if ratio is not None}

    def undecided(self) -> list[str]:
        """Operations that were to be asked often enough, and were not answered often enough."""
        return [operation.id for operation, _ in self.promised if self.p95(operation) is None]

    def slow(self) -> Iterator[tuple[Operation, Finding]]:
        for operation, slo in self.promised:
            seen = self.p95(operation)
            if seen is not None and seen > slo.p95_ms:
                yield (
                    operation,
                    self._finding(
                        operation,
                        "slow",
                        f"is slower than promised: its 95th percentile is {seen:.0f} ms, not {slo.p95_ms:g} ms.",
                        f"The median of {self.plan.rounds} rounds at {self.plan.per_second:g} requests a second.",
                        "Make it faster, or promise less in `x-slo` and let those who use it know.",
                    ),
                )

    def failing(self) -> tuple[list[Finding], list[str]]:
        """What breaks more often than promised; and what broke, but too seldom to tell."""
        found, unsure = [], []
        for operation in self.contract.operations:
            samples = self.measured.of(operation.id)
            broken = [sample.status for sample in samples if sample.failed]
            if not broken:
                continue
            rate = operation.slo.error_rate if operation.slo else _RATE_WHERE_NONE_IS_PROMISED
            said = f"{len(broken)} of {len(samples)} requests"
            if chance(len(broken), len(samples), rate) < _SURE:
                found.append(
                    self._finding(
                        operation,
                        "errors",
                        f"breaks under load: {said} got {_statuses(broken)}, "
                        f"{rate:.2%} {'is what the contract allows' if operation.slo else 'would be let pass'}.",
                        "",
                        "Find the reason in the service's log; what is short under load is often a pool or a lock.",
                    )
                )
            else:
                unsure.append(f"{operation.id} ({said})")
        return found, unsure

    def slower(self, baseline: Baseline) -> Iterator[tuple[Operation, Finding]]:
        bare, ratios = self.measured.median_of_rounds(YARDSTICK, 0.5, self.enough) or 0.0, self.relative()
        for operation, _ in self.promised:
            before, now = baseline.relative.get(operation.id), ratios.get(operation.id)
            if before is None or now is None:
                continue
            if now > _NOISE * before and (now - before) * bare > _LEAST_MILLISECONDS:
                yield (
                    operation,
                    self._finding(
                        operation,
                        "slower",
                        f"is {now / before:.1f} times as slow as at {baseline.commit[:10]}: "
                        f"{now * bare:.1f} ms where it would have been {before * bare:.1f} ms.",
                        f"Medians, held against a bare answer on this machine ({bare:.1f} ms).",
                        "Look at what changed since; what is meant becomes the new baseline (docs/gates.md).",
                    ),
                )

    def _finding(self, operation: Operation, what: str, said: str, detail: str, fix: str) -> Finding:
        return _finding(self.service, operation, what, said, detail, fix)


def repetitions(service: str, growths: Sequence[Growth]) -> Iterator[Finding]:
    for one in growths:
        yield _finding(
            service,
            one.operation,
            "statements",
            f"asks its database again for each row: {_cost(one.fewest)}, {_cost(one.most)}.",
            f"Again and again: {one.repeated}",
            "Ask for all of them in one statement: a join, or `= ANY($1)`.",
        )


def _finding(service: str, operation: Operation, what: str, said: str, detail: str, fix: str) -> Finding:
    return Finding(
        fingerprint("load", service, operation.id, what),
        f"{operation.id} {said}",
        f"{operation.method} {operation.path}",
        detail,
        fix,
        f"tandem gate {service} --stage load",
    )


def chance(broken: int, asked: int, rate: float) -> float:
    """That so many or more break when each breaks at the promised rate."""
    return 1.0 - sum(comb(asked, count) * rate**count * (1 - rate) ** (asked - count) for count in range(broken))


def _cost(cost: Cost) -> str:
    return f"{cost.statements.total()} statements for {cost.rows} {'row' if cost.rows == 1 else 'rows'}"


def _statuses(broken: Sequence[int]) -> str:
    names = {0: "no answer"}
    return ", ".join(names.get(status, str(status)) for status in sorted(set(broken)))
