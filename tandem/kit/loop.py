"""Work that goes on for as long as the process lives, whatever happens to what it depends on."""

from __future__ import annotations

import asyncio
import random
import time
from abc import ABC, abstractmethod
from typing import ClassVar

import structlog

log = structlog.get_logger("tandem.loop")


class Loop(ABC):
    """`work` is begun again when it fails, each time after a longer pause with jitter."""

    first_pause_seconds: ClassVar[float] = 0.1
    longest_pause_seconds: ClassVar[float] = 5.0
    # Work that lasted this long was well; its next failure is a new one.
    well_after_seconds: ClassVar[float] = 10.0
    cancel_again_seconds: ClassVar[float] = 0.5

    def __init__(self, name: str) -> None:
        self.name = name
        self._task: asyncio.Task[None] | None = None

    @abstractmethod
    async def work(self) -> None:
        """Runs until cancelled."""

    @property
    def running(self) -> bool:
        return self._task is not None and not self._task.done()

    def start(self) -> None:
        if not self.running:
            self._task = asyncio.create_task(self._run(), name=self.name)

    async def stop(self) -> None:
        # Once is not enough: a cancellation that meets a failure on its way out is lost, and the loop begins again.
        while self._task is not None and not self._task.done():
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=self.cancel_again_seconds)
        self._task = None

    async def _run(self) -> None:
        pause = self.first_pause_seconds
        while True:
            begun = time.monotonic()
            try:
                await self.work()
            except Exception as error:  # noqa: BLE001 - the edge of the process: nobody is above to deal with it
                if time.monotonic() - begun > self.well_after_seconds:
                    pause = self.first_pause_seconds
                log.warning("begins again after a failure", loop=self.name, error=repr(error), pause_seconds=pause)
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - spreads load, keeps no secret
            pause = min(2 * pause, self.longest_pause_seconds)
