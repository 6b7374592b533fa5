"""`make bench`: measure, print, and keep the figures in docs/benchmarks.md. `--json` prints them for machines."""

from __future__ import annotations

import asyncio
import json
import platform
import sys
from datetime import UTC, datetime
from typing import Any

import psutil

from loadtests.benchmarks import contracts, gate, list_transactions, mock, scaffold, stack
from loadtests.benchmarks.page import measured_elsewhere, page
from tandem.kit.settings import REPOSITORY

PAGE = REPOSITORY / "docs" / "benchmarks.md"


def measure() -> dict[str, Any]:
    machine = _machine()
    _say("the mock, alone and beside Prism (about 80 s) …")
    mocked = mock.measure()
    _say("diffs of a large contract (about 20 s) …")
    compared = contracts.measure()
    _say("list of transactions against a bare handler (about 45 s) …")
    listed = asyncio.run(list_transactions.measure())
    _say("starting the whole machine …")
    with stack.running_stack() as running:
        _say("overview, gateway, overview with a dead peer (about 50 s) …")
        figures = asyncio.run(stack.measure(running))
        ready = running.status["ready_after_ms"] / 1000
    _say("the gate of one service, again and again (about 13 minutes) …")
    gated = gate.measure()
    _say("new services, and a page of Markdown, in clones (about 3 minutes) …")
    begun = scaffold.measure()
    return {
        "machine": machine,
        "start_seconds": round(ready, 1),
        "list_transactions": listed,
        **figures,
        "mock": mocked,
        "contracts": compared,
        "gate": gated,
        "scaffold": begun,
    }


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


def main() -> None:
    figures = measure()
    PAGE.write_text(page(figures) + measured_elsewhere(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    if "--json" in sys.argv:
        print(json.dumps(figures, indent=2))
    else:
        print(page(figures))


if __name__ == "__main__":
    main()
