"""A pytest plugin: every operation is answered with success in its own service's tests, or excused in writing.

It judges at the end of a run, and only services all of whose tests were in the run. Schemathesis does not count: it
calls everything, and looks only for what breaks.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tandem.kit.telemetry.metrics import REQUESTS
from tandem.spec.manifest import load_manifest

ROOT = Path(__file__).parents[2]
EXCUSES = Path(__file__).with_name("untested-operations.yaml")
Offered = Callable[[], Mapping[str, set[str]]]


@dataclass(frozen=True)
class Rules:
    """`tests` holds a folder per service; `offered` and `excused` speak of operations as `service.operationId`."""

    tests: Path
    offered: Offered
    excused: Mapping[str, str]

    def service_of(self, test: Path) -> str | None:
        """The service whose operations count as tested by this file."""
        if not test.is_relative_to(self.tests) or test.name == "test_schemathesis.py":
            return None
        return test.relative_to(self.tests).parts[0]

    def complete(self, ran: set[Path]) -> set[str]:
        """The services all of whose test files ran."""
        files = {path for path in self.tests.glob("*/**/test_*.py") if self.service_of(path)}
        missed = {self.service_of(path) for path in files - ran}
        return {path.name for path in self.tests.iterdir() if path.is_dir()} - missed


def judge(offered: set[str], exercised: set[str], excused: Mapping[str, str]) -> list[str]:
    """What to do about each operation that is neither tested nor excused, and each excuse that has become untrue."""
    said = [f"{one} has no test that it answers with success: write one" for one in offered - exercised - set(excused)]
    for name, reason in excused.items():
        if name not in offered:
            said.append(f"{name} is excused but is no operation: strike it from {EXCUSES.name}")
        elif name in exercised:
            said.append(f"{name} is excused but tested: strike it from {EXCUSES.name}")
        elif not reason:
            said.append(f"{name} is excused without a reason: give it in {EXCUSES.name}")
    return sorted(said)


def successes() -> dict[str, float]:
    """How often each operation has answered with success in this process."""
    counts: dict[str, float] = {}
    for sample in next(iter(REQUESTS.collect())).samples:
        if sample.name.endswith("_total") and sample.labels["status"].startswith("2"):
            operation = sample.labels["operation"]
            counts[operation] = counts.get(operation, 0) + sample.value
    return counts


class OperationCoverage:
    def __init__(self, config: pytest.Config, rules: Rules) -> None:
        self._config = config
        self._rules = rules
        self._exercised: set[str] = set()
        self._ran: set[Path] = set()
        self._complaints: list[str] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        service = self._rules.service_of(item.path)
        before = successes() if service else {}
        try:
            return (yield)
        finally:
            if service:
                now = successes().items()
                self._exercised |= {f"{service}.{name}" for name, count in now if count > before.get(name, 0)}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._ran.add(self._config.rootpath / report.nodeid.partition("::")[0])

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        self._exercised.update(getattr(node, "workeroutput", {}).get("exercised", ()))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(self._config, "workeroutput"):
            self._config.workeroutput["exercised"] = sorted(self._exercised)
        elif self._is_whole_run(session) and (services := self._rules.complete(self._ran)):
            self._complaints = self._judge(services)
            if self._complaints and session.exitstatus == pytest.ExitCode.OK:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._complaints:
            terminalreporter.section("operations without a test", red=True)
            terminalreporter.write_line("\n".join(self._complaints))

    def _judge(self, services: set[str]) -> list[str]:
        offered = {name for service in services for name in self._rules.offered().get(service, ())}
        excused = {name: why for name, why in self._rules.excused.items() if name.partition(".")[0] in services}
        return judge(offered, self._exercised, excused)

    def _is_whole_run(self, session: pytest.Session) -> bool:
        options = self._config.option
        narrowed = options.keyword or options.markexpr or getattr(options, "lf", False) or options.deselect
        return not (
            narrowed or session.shouldstop or session.shouldfail or any("::" in one for one in self._config.args)
        )


def _offered() -> Mapping[str, set[str]]:
    services = load_manifest(ROOT / "contracts").services.items()
    return {name: {f"{name}.{operation.id}" for operation in one.contract.operations} for name, one in services}


def pytest_configure(config: pytest.Config) -> None:
    excused = yaml.safe_load(EXCUSES.read_text(encoding="utf-8")) or {}
    rules = Rules(ROOT / "tests" / "services", _offered, excused)
    config.pluginmanager.register(OperationCoverage(config, rules), "operation-coverage")
