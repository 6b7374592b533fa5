"""The whole machine under load: how long it takes to start, what the overview costs, what the gateway adds."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from loadtests.benchmarks.load import Sample, Target, closed_loop, open_loop
from tandem.kit.settings import REPOSITORY
from tandem.local.demo import demo_customer
from tandem.local.postgres import free_port

_TANDEM = str(Path(sys.executable).with_name("tandem"))
OVERVIEWS_PER_SECOND = 100
OVERVIEW_SECONDS = 15.0


@dataclass(frozen=True)
class Stack:
    project: Path
    status: dict[str, Any]
    environment: dict[str, str]
    seconds_to_ready: float

    def process(self, name: str) -> dict[str, Any]:
        return next(row for row in self.status["processes"] if row["name"] == name)

    @property
    def gateway_port(self) -> int:
        return int(self.environment["TANDEM_GATEWAY_PORT"])

    def token(self, kind: str) -> str:
        return self.run("token", kind).strip()

    def run(self, *arguments: str) -> str:
        return tandem(self.project, self.environment, *arguments)


@contextmanager
def running_stack(project: Path = REPOSITORY) -> Iterator[Stack]:
    """A stack of its own, in a new state folder on free ports; everything is stopped afterwards."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        ports = {"TANDEM_GATEWAY_PORT": str(free_port()), "TANDEM_MOCK_PORT": str(free_port())}
        environment = {**environment_of(project), "TANDEM_HOME": folder, **ports}
        began = time.perf_counter()
        try:
            status = json.loads(tandem(project, environment, "up", "--detach", "--json"))
            yield Stack(project, status, environment, time.perf_counter() - began)
        finally:
            tandem(project, environment, "down")


def environment_of(project: Path) -> dict[str, str]:
    """In which `tandem` is the code of that checkout and has its state there, wherever the packages are."""
    return {**os.environ, "PYTHONPATH": str(project), "TANDEM_HOME": str(project / ".tandem")}


def tandem(project: Path, environment: dict[str, str], *arguments: str) -> str:
    """What it prints."""
    command = [_TANDEM, *arguments]
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"tandem {' '.join(arguments)} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


async def measure(stack: Stack) -> dict[str, Any]:
    """Milliseconds from outside: the overview at a fixed rate, with and without a dead peer; the gateway's cost."""
    account = demo_customer(REPOSITORY / "contracts").account_id
    overview = Target(stack.gateway_port, f"/v1/accounts/{account}/overview", stack.token("customer"))
    await open_loop([overview], OVERVIEWS_PER_SECOND, 3.0)
    whole = await open_loop([overview], OVERVIEWS_PER_SECOND, OVERVIEW_SECONDS)
    gateway = await _gateway_cost(stack, account)
    return {
        "overview": _latency(whole),
        "gateway_adds_p50_ms": gateway,
        "overview_with_a_dead_peer": await _with_a_dead_peer(stack, overview),
    }


async def _gateway_cost(stack: Stack, account: str) -> float:
    """The difference of the medians of one caller asking for one account, in alternating rounds."""
    token = stack.token("customer")
    path = f"/v1/accounts/{account}"
    through = Target(stack.gateway_port, path, token)
    direct = Target(stack.process("account")["port"], path, token)
    rounds = [(await closed_loop(through, 1, 2.0), await closed_loop(direct, 1, 2.0)) for _ in range(3)]
    return round(median(one.percentile(0.5) - other.percentile(0.5) for one, other in rounds), 2)


async def _with_a_dead_peer(stack: Stack, overview: Target) -> dict[str, Any]:
    """Invoices stop answering but keep their connections: worse than being gone, since every call waits."""
    pid = int(stack.process("invoice")["pid"])
    os.kill(pid, signal.SIGSTOP)
    try:
        return _latency(await open_loop([overview], OVERVIEWS_PER_SECOND, OVERVIEW_SECONDS))
    finally:
        os.kill(pid, signal.SIGCONT)
        await asyncio.sleep(0)


def _latency(sample: Sample) -> dict[str, Any]:
    return {
        "answered": len(sample.latencies),
        "failed": sample.failed,
        "p50_ms": round(sample.percentile(0.5), 1),
        "p95_ms": round(sample.percentile(0.95), 1),
        "p99_ms": round(sample.percentile(0.99), 1),
    }
