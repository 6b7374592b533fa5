"""Servers that a benchmark starts for itself, and when they are there."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from tandem.kit.settings import REPOSITORY

_START_SECONDS = 20.0


@asynccontextmanager
async def running(
    command: list[str], port: int, environment: Mapping[str, str], **options: Any
) -> AsyncIterator[subprocess.Popen[bytes]]:
    """Until the block ends; begins when something listens on the port."""
    process = subprocess.Popen(command, cwd=REPOSITORY, env=environment, **options)  # noqa: ASYNC220 - starts at once
    try:
        await _listening(port)
        yield process
    finally:
        process.terminate()
        process.wait(20)


async def _listening(port: int) -> None:
    give_up = time.monotonic() + _START_SECONDS
    while time.monotonic() < give_up:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    raise TimeoutError(f"nothing listens on port {port}")
