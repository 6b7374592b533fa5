"""Child processes: they do not outlive the runtime, are stopped in good order, and known again after a crash."""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from tandem.local.journal import Journal, Pump

_PR_SET_PDEATHSIG = 1
# Start times are computed from the boot time, which moves a little when the clock is set.
_SAME_START_SECONDS = 2.0
_LOOK_SECONDS = 0.02
# In the child: the kernel ends it when the runtime is killed. Not on a Mac, where the next start cleans up. No line of
# Python runs for it, because whatever watches Python (coverage) may hold a lock that nobody gives back there.
die_with_parent: Callable[[], object] | None = (
    partial(ctypes.CDLL(None, use_errno=True).prctl, _PR_SET_PDEATHSIG, signal.SIGTERM)
    if sys.platform == "linux"
    else None
)


@dataclass(frozen=True)
class Command:
    """One program as it is to be run."""

    name: str
    argv: tuple[str, ...]
    log: Path
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_seconds: float = 10.0


@dataclass(frozen=True)
class Identity:
    """A process that can be told from a later one that was given the same pid."""

    pid: int
    created: float
    command: str

    @classmethod
    def of(cls, pid: int) -> "Identity | None":
        try:
            process = psutil.Process(pid)
            if process.status() == psutil.STATUS_ZOMBIE:
                return None
            return cls(pid, process.create_time(), " ".join(process.cmdline()))
        except psutil.Error:
            return None

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> "Identity":
        return cls(int(document["pid"]), float(document["created"]), str(document["command"]))

    def document(self) -> dict[str, Any]:
        return {"pid": self.pid, "created": self.created, "command": self.command}

    @property
    def alive(self) -> bool:
        now = Identity.of(self.pid)
        return now is not None and now.command == self.command and abs(now.created - self.created) < _SAME_START_SECONDS

    def wait(self, seconds: float) -> bool:
        """Whether it ended in time."""
        give_up = time.monotonic() + seconds
        while self.alive:
            if time.monotonic() > give_up:
                return False
            time.sleep(_LOOK_SECONDS)
        return True


class Process:
    """A running command. What it says goes to its journal."""

    def __init__(self, command: Command, process: asyncio.subprocess.Process, pump: Pump) -> None:
        self._command = command
        self._process = process
        self._pump = pump

    @classmethod
    async def start(cls, command: Command) -> "Process":
        reader, writer = os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                *command.argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=writer,
                stderr=writer,
                cwd=command.folder,
                env=dict(command.environment),
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        except OSError:
            os.close(reader)
            raise
        finally:
            os.close(writer)
        return cls(command, process, Pump(reader, Journal(command.log)))

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def identity(self) -> Identity | None:
        return Identity.of(self.pid)

    async def wait(self) -> str:
        """How it ended, in words."""
        code = await self._process.wait()
        self._pump.close()
        return f"ended with code {code}" if code >= 0 else f"ended by {signal.Signals(-code).name}"

    async def stop(self) -> None:
        """Ask, wait, then end it; with everything it started."""
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), self._command.stop_seconds)
            except TimeoutError:
                self.kill()
        await self.wait()

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)


def end_all(identities: Mapping[str, Identity], seconds: float = 10.0) -> list[str]:
    """End what an earlier runtime left behind; the names of those that were still there."""
    left = {name: identity for name, identity in identities.items() if identity.alive}
    for identity in left.values():
        _signal(identity, signal.SIGTERM)
    give_up = time.monotonic() + seconds
    for identity in left.values():
        if not identity.wait(max(0.0, give_up - time.monotonic())):
            _signal(identity, signal.SIGKILL)
    return sorted(left)


def _signal(identity: Identity, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(identity.pid, number)
