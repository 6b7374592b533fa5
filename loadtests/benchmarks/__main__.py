"""`make bench`: measure, print, and keep the figures in docs/benchmarks.md. `--json` prints them for machines."""

from __future__ import annotations

import asyncio
import json
import platform
import sys
from datetime import UTC, datetime
from typing import Any

import psutil

from loadtests.benchmarks import list_transactions, stack
from tandem.kit.settings import REPOSITORY

PAGE = REPOSITORY / "docs" / "benchmarks.md"


def measure() -> dict[str, Any]:
    _say("list of transactions against a bare handler (about 45 s) …")
    listed = asyncio.run(list_transactions.measure())
    _say("starting the whole machine …")
    with stack.running_stack() as running:
        _say("overview, gateway, overview with a dead peer (about 50 s) …")
        figures = asyncio.run(stack.measure(running))
        ready = running.status["ready_after_ms"] / 1000
    return {"machine": _machine(), "start_seconds": round(ready, 1), "list_transactions": listed, **figures}


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _machine() -> dict[str, Any]:
    return {
        "cores": psutil.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load": round(psutil.getloadavg()[0], 1),
        "day": datetime.now(UTC).date().isoformat(),
    }


def page(figures: dict[str, Any]) -> str:
    machine, listed = figures["machine"], figures["list_transactions"]
    whole, dead = figures["overview"], figures["overview_with_a_dead_peer"]
    rows = [
        ("`tandem up`, environment built, to all healthy and seeded", f"{figures['start_seconds']} s", "10 s",
         figures["start_seconds"] <= 10),
        ("list of transactions, everything on, against bare ASGI + asyncpg with the same query (throughput)",
         f"{listed['ratio']} ({listed['tandem_per_second']} to {listed['bare_per_second']} a second)", "at least 0.5",
         listed["ratio"] >= 0.5 and not listed["failed"]),
        ("account overview through the gateway at 100 a second, p95",
         f"{whole['p95_ms']} ms (p50 {whole['p50_ms']}, p99 {whole['p99_ms']}; {whole['failed']} failed)", "50 ms",
         whole["p95_ms"] <= 50 and not whole["failed"]),
        ("the same with invoices hanging, p95",
         f"{dead['p95_ms']} ms (p50 {dead['p50_ms']}, p99 {dead['p99_ms']}; {dead['failed']} failed)", "1200 ms",
         dead["p95_ms"] <= 1200 and not dead["failed"]),
        ("what the gateway adds to one call, p50", f"{figures['gateway_adds_p50_ms']} ms", "(none set)", True),
    ]  # fmt: skip
    table = [f"| {what} | {measured} | {budget} | {'yes' if ok else '**no**'} |" for what, measured, budget, ok in rows]
    return _PAGE.format(**machine, rows="\n".join(table))


_PAGE = """# Benchmarks

`make bench` on {day}: {cores} cores, {memory_gib} GiB, {system}, Python {python}, load {load} from other
work when it began. Client, gateway, services and PostgreSQL share the cores. Throughput is a ratio of alternating
rounds in one run, because single figures of such machines say little.

| what | measured | budget | reached |
|---|---|---|---|
{rows}

A hanging peer is one that was stopped with SIGSTOP: its connections stay open and nothing answers. The breaker opens
after five failures, so most calls do not wait for it; one in a while does, to see if it is back.
"""


def main() -> None:
    figures = measure()
    PAGE.write_text(page(figures), encoding="utf-8")
    if "--json" in sys.argv:
        print(json.dumps(figures, indent=2))
    else:
        print(page(figures))


if __name__ == "__main__":
    main()
