"""What Schemathesis reports while it runs, as it grows: its events are lines of JSON."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson


@dataclass(frozen=True)
class Failure:
    """`check` is the name that Schemathesis has for it, `status` that of the answer."""

    operation: str
    check: str
    code: str
    title: str
    message: str
    case_id: str
    status: int | None
    caller: str


@dataclass
class Observed:
    """Everything that later runs add is added up."""

    phase: str = ""
    requests: int = 0
    failures: list[Failure] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    statuses: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    answered: list[tuple[float, float]] = field(default_factory=list)
    _rest: bytes = b""

    def read(self, more: bytes) -> None:
        """Whole lines count at once; the beginning of one waits for its end."""
        *lines, self._rest = (self._rest + more).split(b"\n")
        for line in lines:
            for kind, event in orjson.loads(line).items():
                self._note(kind, event)

    def begin(self) -> None:
        """Another run: what was seen stays."""
        self._rest = b""

    def _note(self, kind: str, event: Mapping[str, Any]) -> None:
        match kind:
            case "PhaseStarted":
                self.phase = event["phase"]["name"]
            case "ScenarioFinished":
                self._scenario(event["recorder"])
            case "NonFatalError":
                self.errors.append(f"{event.get('label', '')}: {event['value']['message']}".strip(": "))
            case "FatalError":
                self.errors.append(str(event["exception"]["message"]))

    def _scenario(self, recorder: Mapping[str, Any]) -> None:
        cases, interactions = recorder.get("cases", {}), recorder.get("interactions", {})
        for case_id, interaction in interactions.items():
            self.requests += 1
            answer = interaction.get("response")
            if isinstance(answer, dict):
                self._answer(_operation(cases.get(case_id, {})), answer, interaction["timestamp"])
        for case_id, checks in recorder.get("checks", {}).items():
            answer = interactions.get(case_id, {}).get("response")
            status = answer["status_code"] if isinstance(answer, dict) else None
            if _was_refused_without_token(checks, status):
                self.statuses[_operation(cases.get(case_id, {}))][401] += 1
            caller = cases.get(case_id, {}).get("value", {}).get("auth_identity", "")
            self.failures += _failures(checks, case_id, status, caller)

    def _answer(self, operation: str, answer: Mapping[str, Any], at: float) -> None:
        self.statuses[operation][answer["status_code"]] += 1
        self.answered.append((at, answer["elapsed"]))

    def percentiles(self) -> list[tuple[float, float, float]]:
        """For each second with enough answers: when, and the median and 95th percentile in milliseconds."""
        if not self.answered:
            return []
        began = min(at for at, _ in self.answered)
        by_second: dict[int, list[float]] = defaultdict(list)
        for at, elapsed in self.answered:
            by_second[int(at - began)].append(elapsed * 1000)
        return [
            (second, statistics.median(times), statistics.quantiles(times, n=20)[-1])
            for second, times in sorted(by_second.items())
            if len(times) >= _ENOUGH
        ]


_ENOUGH = 5


def _operation(case: Mapping[str, Any]) -> str:
    value = case.get("value", {})
    return f"{value.get('method')} {value.get('path')}"


def _was_refused_without_token(checks: list[Mapping[str, Any]], status: int | None) -> bool:
    """The requests of this check are not recorded: where the caller was let in, one without a token was refused."""
    succeeded = any(check["name"] == "ignored_auth" and check["status"] == "success" for check in checks)
    return succeeded and status is not None and 200 <= status < 300


def _failures(checks: list[Mapping[str, Any]], case_id: str, status: int | None, caller: str) -> Iterator[Failure]:
    for check in checks:
        told = check.get("failure_info", {}).get("failure")
        if told:
            yield Failure(
                told["operation"],
                check["name"],
                told["code"],
                told["title"],
                told["message"],
                told["case_id"] or case_id,
                status,
                caller,
            )
