"""Locust started on a plan and watched: it is ended when it hangs or the service is gone."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tandem.gate.load import samples
from tandem.gate.load.plan import Plan
from tandem.gate.load.samples import Measured
from tandem.gate.service.running import Running
from tandem.gate.session import started
from tandem.local.state import write_atomically
from tandem.local.trouble import Trouble

_LOOK_SECONDS = 0.1


@dataclass(frozen=True)
class Locust:
    """`grace_seconds` is what it may need beyond its plan to start and to write down what it saw."""

    health_seconds: float = 3.0
    grace_seconds: float = 30.0

    def send(self, plan: Plan, folder: Path, service: Running, look: Callable[[float], None]) -> Measured:
        """`look` is told the seconds so far. Raises Trouble when the service goes away or Locust breaks."""
        folder.mkdir(parents=True, exist_ok=True)
        written, result, said = folder / "plan.json", folder / "result.json", folder / "said"
        result.unlink(missing_ok=True)
        # It holds tokens.
        write_atomically(written, json.dumps(plan.as_document()), mode=0o600)
        command = [sys.executable, "-m", "tandem.gate.load.driving", str(written.resolve()), str(result.resolve())]
        try:
            with said.open("wb") as log, started(command, folder, log, log) as process:
                self._watch(process, plan.seconds + self.grace_seconds, service, look)
        finally:
            written.unlink()
        if trouble := service.trouble():
            raise Trouble(trouble)
        if not result.exists():
            lines = said.read_text("utf-8", "replace").strip().splitlines()
            raise Trouble(f"Locust broke off: {lines[-1] if lines else 'it said nothing'}")
        return samples.read(json.loads(result.read_text("utf-8")))

    def _watch(
        self, process: subprocess.Popen[bytes], seconds: float, service: Running, look: Callable[[float], None]
    ) -> None:
        began = time.monotonic()
        health = began + self.health_seconds
        while process.poll() is None and (now := time.monotonic()) < began + seconds:
            time.sleep(_LOOK_SECONDS)
            look(now - began)
            if now > health:
                if said := service.trouble():
                    raise Trouble(said)
                health = now + self.health_seconds
