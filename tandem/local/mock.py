"""The mock server as a process of this machine: `tandem.mock`, with Prism beside it."""

import os
import sys

from tandem.local import probe
from tandem.local.gateway import LIVE_FILE
from tandem.local.processes import Command
from tandem.local.state import Home


def command(home: Home, port: int) -> Command:
    flags = ["--project", str(home.project), "--host", "127.0.0.1", "--port", str(port)]
    flags += ["--live", str(home.folder / LIVE_FILE)]
    return Command(
        name="mock",
        argv=(sys.executable, "-m", "tandem.mock", *flags),
        log=home.logs / "mock.log",
        folder=home.project,
        environment={**os.environ, "PYTHONPATH": str(home.project), "PYTHONUNBUFFERED": "1"},
        stop_seconds=5.0,
    )


async def readiness(port: int) -> list[str]:
    answer = await probe.get(port, "/__tandem/health")
    return [] if answer.status == 200 else [f"answers {answer.status} to GET /__tandem/health"]
