"""Schemathesis in a process of its own, watched: it is ended when its time is up or the service is gone."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tandem.gate.fuzzing.configuration import HOOKS, configuration
from tandem.gate.fuzzing.observed import Observed
from tandem.gate.service.running import Running
from tandem.gate.session import started
from tandem.kit.contract import Contract
from tandem.local.trouble import Trouble

# What neighbours may not see of each other is looked for as one of them; the staff see everything.
AS_CUSTOMER = ("--auth-wfc-user=customer", "--phases=fuzzing,stateful", "--warnings=off")
_EVENTS = "events.ndjson"
_CRASHES = Path(".schemathesis/default/cache/crashes")
_LOOK_SECONDS = 0.2
_HEALTH_SECONDS = 3.0


class TimeIsUp(Exception):
    """The run was ended before it had seen everything."""


@dataclass(frozen=True)
class Ran:
    """`said` is its whole output; `passed` is its own opinion."""

    passed: bool
    said: str


def command(*options: str) -> list[str]:
    return [sys.executable, "-m", "schemathesis.cli", "--config-file", "schemathesis.toml", *options]


def prepare(folder: Path, settings: str, callers: Mapping[str, str], *, replaying: bool = False) -> dict[str, str]:
    """Writes what it reads into `folder`, where it has to run; the environment it has to run with."""
    file = folder / "callers.json"
    folder.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(json.dumps({"auth": [_caller(name, token) for name, token in callers.items()]}))
    (folder / "schemathesis.toml").write_text(settings, "utf-8")
    told = {"CALLERS": str(file), "HOOKS": str(HOOKS), "SUPPORT_TOKEN": callers["support"]}
    return {**os.environ, **told, "TANDEM_REPLAYING": "1" if replaying else "0"}


def _caller(name: str, token: str) -> dict[str, object]:
    return {"name": name, "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {token}"}]}


@dataclass(frozen=True)
class Watch:
    """One run over a service. `folder` is its own, and goes with it."""

    running: Running
    contract: Contract
    folder: Path
    give_up: float
    untested: Mapping[str, str] = field(default_factory=dict)

    def run(self, options: Sequence[str], observed: Observed, look: Callable[[], None]) -> Ran:
        """Raises TimeIsUp, or Trouble when the service can no longer be judged."""
        shutil.rmtree(self.folder, ignore_errors=True)
        environment = prepare(self.folder, configuration(self.contract, self.untested), self.running.callers)
        observed.begin()
        report = ("--report=ndjson", f"--report-ndjson-path={_EVENTS}", "--no-color")
        # Contracts that others wrote name servers of their own.
        here = f"--url={self.running.url}"
        line = command("run", f"{self.running.url}/openapi.json", here, *report, *options)
        tail = _Tail(self.folder / _EVENTS)
        with (self.folder / "said").open("wb") as said, started(line, self.folder, said, said, environment) as process:
            health = time.monotonic() + _HEALTH_SECONDS
            while process.poll() is None:
                time.sleep(_LOOK_SECONDS)
                observed.read(tail.more())
                look()
                if time.monotonic() > self.give_up:
                    raise TimeIsUp
                if time.monotonic() > health:
                    self._check_health()
                    health = time.monotonic() + _HEALTH_SECONDS
            observed.read(tail.more())
        self._check_health()
        return Ran(process.returncode == 0, (self.folder / "said").read_text("utf-8", "replace"))

    def crashes(self) -> Iterator[Path]:
        """What Schemathesis keeps of each failure, to be sent again."""
        for path in sorted((self.folder / _CRASHES).glob("*.json")):
            if path.name != "manifest.json":
                yield path

    def _check_health(self) -> None:
        if said := self.running.trouble():
            raise Trouble(said)


@dataclass
class _Tail:
    """What was added to a file since the last look."""

    path: Path
    _at: int = 0

    def more(self) -> bytes:
        try:
            with self.path.open("rb") as file:
                file.seek(self._at)
                found = file.read()
        except FileNotFoundError:
            return b""
        self._at += len(found)
        return found
