"""How long `tandem contract diff` takes for a document as large as the largest public ones."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from loadtests.benchmarks import large_document

ROUNDS = 3
_TANDEM = str(Path(sys.executable).with_name("tandem"))
_MEMBERS = 25


def measure() -> dict[str, Any]:
    """`one` schema changed, to which everything leads, and `all` of them."""
    with TemporaryDirectory() as folder:
        base = large_document.write(Path(folder) / "base.json", _MEMBERS)
        one = _with_a_member_more(base, Path(folder) / "one.json")
        every = large_document.write(Path(folder) / "all.json", _MEMBERS + 1)
        return {
            "megabytes": round(every.stat().st_size / 1e6, 1),
            "one": _median(base, one),
            "all": _median(base, every),
        }


def _with_a_member_more(document: Path, path: Path) -> Path:
    content = orjson.loads(document.read_bytes())
    content["components"]["schemas"]["thing_0_0"]["properties"]["more"] = {"type": "string"}
    path.write_bytes(orjson.dumps(content))
    return path


def _median(base: Path, revision: Path) -> dict[str, Any]:
    seconds, findings = zip(*(_diff(base, revision) for _ in range(ROUNDS)), strict=True)
    return {"seconds": round(median(seconds), 1), "findings": findings[0]}


def _diff(base: Path, revision: Path) -> tuple[float, int]:
    """Of the whole command, from its start to its last word."""
    began = time.perf_counter()
    command = [_TANDEM, "contract", "diff", str(base), str(revision), "--json"]
    answer = subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - began, len(orjson.loads(answer.stdout)["findings"])
