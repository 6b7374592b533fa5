"""A verdict as a JSON document."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tandem.gate.verdict import GateResult
from tandem.local.state import write_atomically


def as_document(result: GateResult) -> dict[str, Any]:
    return {
        "verdict": result.verdict.value,
        "exit_code": result.verdict.exit_code,
        **asdict(result),
        "began_at": result.began_at.isoformat(timespec="seconds"),
    }


def write(result: GateResult, path: Path) -> None:
    write_atomically(path, json.dumps(as_document(result), indent=2) + "\n", mode=0o644)
