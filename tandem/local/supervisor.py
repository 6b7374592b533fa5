"""Keeps one process running: starts it, asks how it is, starts it again with growing pauses when it ends."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from random import Random
from typing import Any, Protocol

from tandem.local.journal import last_line
from tandem.local.probe import NoAnswer
from tandem.local.processes import Command, Identity, Process
from tandem.local.trouble import Trouble

_STARTING_PAUSE_SECONDS = 0.05
_WATCHING_PAUSE_SECONDS = 1.0
# A process that was well and answers nobody for this long hangs: it is ended, so that it starts again.
_HUNG_AFTER_SECONDS = 20.0


class Phase(StrEnum):
    STARTING = "starting"
    READY = "ready"
    UNREADY = "not ready"
    RESTARTING = "restarting"
    STOPPED = "stopped"


class Running(Protocol):
    """A process that was started."""

    @property
    def pid(self) -> int: ...
    @property
    def identity(self) -> Identity | None: ...
    async def wait(self) -> str: ...
    async def stop(self) -> None: ...
    def kill(self) -> None: ...


Start = Callable[[], Awaitable[Running]]
# Why it is not ready; nothing when it is. Raises NoAnswer when it says nothing at all.
Check = Callable[[], Awaitable[list[str]]]


class StartFailed(Trouble):
    """It ended, or could not be started, before it was ready for the first time."""


@dataclass
class Backoff:
    """Pauses that double up to a longest one, and begin anew after a good run."""

    first_seconds: float = 0.1
    longest_seconds: float = 10.0
    good_run_seconds: float = 10.0
    random: Random = field(default_factory=Random)
    _attempt: int = 0

    def pause(self, ran_seconds: float) -> float:
        if ran_seconds >= self.good_run_seconds:
            self._attempt = 0
        doubled = min(self.longest_seconds, self.first_seconds * 2.0**self._attempt)
        self._attempt += 1
        return doubled * self.random.uniform(0.5, 1.0)


class Unit:
    """One process of the runtime and what is known of it."""

    def __init__(
        self,
        name: str,
        start: Start,
        check: Check,
        on_change: Callable[[], None] = lambda: None,
        last_words: Callable[[], str] = str,
    ) -> None:
        self.name = name
        self.phase = Phase.STOPPED
        self.reasons: list[str] = []
        self.restarts = 0
        self.ready_after_ms: int | None = None
        self.running: Running | None = None
        # Set when it first answered, ready or not: what it then waits for costs no processor.
        self.answered = asyncio.Event()
        self._start = start
        self._check = check
        self._on_change = on_change
        self._last_words = last_words
        self._backoff = Backoff()
        self._keeper: asyncio.Task[None] | None = None
        self._first_ready: asyncio.Future[None] | None = None
        self._asked_to_restart = False
        self._began = 0.0

    @classmethod
    def of(cls, command: Command, check: Check, on_change: Callable[[], None] = lambda: None) -> "Unit":
        return cls(command.name, partial(Process.start, command), check, on_change, lambda: last_line(command.log))

    def status(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "status": str(self.phase),
            "pid": self.running.pid if self.running else None,
            "restarts": self.restarts,
            "ready_after_ms": self.ready_after_ms,
            "reasons": self.reasons,
        }

    async def start(self, timeout_seconds: float = 60.0) -> None:
        """Return when it is ready; raise StartFailed, with nothing left running, when it does not get there."""
        self._began = time.monotonic()
        self._first_ready = asyncio.get_running_loop().create_future()
        self._keeper = asyncio.create_task(self._keep_running(), name=f"keep {self.name}")
        try:
            await asyncio.wait_for(self._first_ready, timeout_seconds)
        except TimeoutError as error:
            why = "; ".join(self.reasons) or "no reason given"
            await self.stop()
            raise StartFailed(f"{self.name} was not ready within {timeout_seconds:g} s: {why}.") from error
        except (StartFailed, asyncio.CancelledError):
            await self.stop()
            raise

    async def stop(self) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
            self._keeper = None
        if self.running is not None:
            await self.running.stop()
            self.running = None
        self._change(Phase.STOPPED, [])

    async def restart(self, timeout_seconds: float = 60.0) -> None:
        """Stop it in good order and start it at once."""
        if self.running is None or self._keeper is None:
            await self.start(timeout_seconds)
            return
        self._asked_to_restart = True
        self._first_ready = asyncio.get_running_loop().create_future()
        self._began = time.monotonic()
        await self.running.stop()
        await asyncio.wait_for(self._first_ready, timeout_seconds)

    async def _keep_running(self) -> None:
        while True:
            began = time.monotonic()
            ending = await self._run_once()
            if self._asked_to_restart:
                self._asked_to_restart = False
                continue
            if self._first_ready is not None and not self._first_ready.done():
                self._first_ready.set_exception(StartFailed(self._failure(ending)))
                return
            self.restarts += 1
            pause = self._backoff.pause(time.monotonic() - began)
            self._change(Phase.RESTARTING, [f"{ending}; starts again in {pause:.1f} s"])
            await asyncio.sleep(pause)

    def _failure(self, ending: str) -> str:
        said = self._last_words()
        return f"{self.name} did not start: {ending}" + (f", saying: {said}" if said else ".")

    async def _run_once(self) -> str:
        """How it ended, in words."""
        self._change(Phase.STARTING, [])
        try:
            self.running = await self._start()
        except (OSError, Trouble) as error:
            return str(error).rstrip(".")
        watcher = asyncio.create_task(self._watch(self.running))
        try:
            ending = await self.running.wait()
        finally:
            watcher.cancel()
        self.running = None
        return ending

    async def _watch(self, running: Running) -> None:
        silent_since: float | None = None
        while True:
            try:
                reasons = await self._check()
                silent_since = None
                self.answered.set()
            except NoAnswer as error:
                reasons = [str(error)]
                silent_since = silent_since or time.monotonic()
            if not self._asked_to_restart:
                # Until then it is the one that is being stopped who answers.
                self._note(reasons)
            if self._is_hung(silent_since):
                running.kill()
            ready = self.phase is Phase.READY
            await asyncio.sleep(_WATCHING_PAUSE_SECONDS if ready else _STARTING_PAUSE_SECONDS)

    def _is_hung(self, silent_since: float | None) -> bool:
        was_well = self._first_ready is not None and self._first_ready.done()
        return was_well and silent_since is not None and time.monotonic() - silent_since > _HUNG_AFTER_SECONDS

    def _note(self, reasons: list[str]) -> None:
        if not reasons:
            if self._first_ready is not None and not self._first_ready.done():
                self.ready_after_ms = round((time.monotonic() - self._began) * 1000)
                self._first_ready.set_result(None)
            self._change(Phase.READY, [])
        elif self.phase in {Phase.READY, Phase.UNREADY}:
            self._change(Phase.UNREADY, reasons)
        else:
            self._change(self.phase, reasons)

    def _change(self, phase: Phase, reasons: list[str]) -> None:
        if (phase, reasons) != (self.phase, self.reasons):
            self.phase, self.reasons = phase, reasons
            self._on_change()
