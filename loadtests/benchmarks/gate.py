"""How long the gate of one service takes, and whether it says the same every time.

`python -m loadtests.benchmarks.gate` measures nothing else; TANDEM_BENCH_GATE_RUNS says how often.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tandem.kit.settings import REPOSITORY

_SERVICE = "card"
_RUNS = int(os.environ.get("TANDEM_BENCH_GATE_RUNS", "20"))


def measure() -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="tandem-bench-gate-") as state:
        # Root's PostgreSQL runs as somebody else and has to pass through.
        Path(state).chmod(0o711)
        runs = [_run(state, "smoke") for _ in range(_RUNS)]
        full_seconds, full = _run(state, "full")
    said, times = Counter(said for _, said in runs).most_common(1)[0]
    return {
        "service": _SERVICE,
        "smoke_seconds": round(statistics.median(seconds for seconds, _ in runs), 1),
        "slowest_smoke_seconds": round(max(seconds for seconds, _ in runs), 1),
        "full_seconds": round(full_seconds, 1),
        "verdict": json.loads(said)["verdict"],
        "full_verdict": json.loads(full)["verdict"],
        "runs": _RUNS,
        "same": times,
        "others": [json.loads(other) for other in Counter(one for _, one in runs) if other != said],
    }


def _run(state: str, profile: str) -> tuple[float, str]:
    """How long it took, and what must not differ: the verdicts and the findings."""
    command = [sys.executable, "-m", "tandem.cli.main", "gate", _SERVICE, "--profile", profile, "--json"]
    began = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=REPOSITORY,
        env={**os.environ, "TANDEM_HOME": state},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=False,
        timeout=600,
    )
    seconds, told = time.perf_counter() - began, json.loads(done.stdout)
    said = {
        "verdict": told["verdict"],
        "stages": {stage["stage"]: stage["verdict"] for stage in told["stages"]},
        "findings": sorted(finding["fingerprint"] for stage in told["stages"] for finding in stage["findings"]),
        "reasons": sorted(stage["reason"] for stage in told["stages"] if stage["reason"]),
    }
    return seconds, json.dumps(said, sort_keys=True)


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
