"""A scanner: what it is asked, how its answer reads, and how it says that it could not look."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol, TypeAlias

from tandem.gate.session import started

_MOST_SAID = 200


class CouldNotLook(Exception):
    """The message says why, and goes to people as it is."""


class NothingThere(CouldNotLook):
    """There is nothing of the kind that it looks at."""


@dataclass(frozen=True)
class Place:
    """What is looked at: one service of one checkout. `generated` is where infrastructure is written to."""

    service: str
    project: Path
    generated: Path

    def existing(self, *names: str) -> list[str]:
        return [name for name in names if (self.project / name).exists()]

    def short(self, path: str) -> str:
        """As somebody in the checkout would type it."""
        return os.path.relpath(self.project / path, self.project)


@dataclass(frozen=True)
class Sighting:
    """`rule` is the scanner's own name for it; `identity` stays the same when lines move."""

    rule: str
    path: str
    line: int | None
    said: str
    advice: str
    identity: str


Answer: TypeAlias = Callable[[], Sequence[Sighting]]


class Scanner(Protocol):
    """`over` is what it looks at, in words."""

    @property
    def name(self) -> str: ...

    @property
    def over(self) -> str: ...

    def begin(self, place: Place, opened: ExitStack) -> Answer:
        """Raises CouldNotLook, now or when the answer is asked for. What it starts ends with `opened`."""
        ...


@dataclass(frozen=True)
class Program:
    """A scanner of somebody else, which answers in JSON. `looked` are the exit codes of one that did its work."""

    name: str
    over: str
    options: Callable[[Place], Sequence[str]]
    read: Callable[[Place, Any], Iterator[Sighting]]
    looked: frozenset[int] = frozenset({0, 1})
    seconds: float = 60.0
    folder: Path = Path(sys.executable).parent

    def begin(self, place: Place, opened: ExitStack) -> Answer:
        options = self.options(place)
        program = self.folder / self.name
        if not program.exists():
            raise CouldNotLook(f"{self.name} is not installed here")
        give_up = time.monotonic() + self.seconds
        run = opened.enter_context(_started([str(program), *options], place.project))

        def answer() -> list[Sighting]:
            try:
                code = run.process.wait(max(0.0, give_up - time.monotonic()))
            except subprocess.TimeoutExpired:
                raise CouldNotLook(f"it had not answered after {self.seconds:g} s") from None
            return self._understood(place, code, _text(run.said), _text(run.complained))

        return answer

    def _understood(self, place: Place, code: int, said: str, complained: str) -> list[Sighting]:
        if code not in self.looked:
            raise CouldNotLook(f"it ended with code {code}: {_last_line(complained or said)}")
        try:
            document = json.loads(said)
        except ValueError:
            raise CouldNotLook(f"it gave no answer: {_last_line(complained or said)}") from None
        try:
            return list(self.read(place, document))
        except (KeyError, TypeError, IndexError, AttributeError) as error:
            raise CouldNotLook(f"its answer has another form than expected ({error!r})") from error


@dataclass(frozen=True)
class _Started:
    process: subprocess.Popen[bytes]
    said: IO[bytes]
    complained: IO[bytes]


@contextmanager
def _started(command: list[str], folder: Path) -> Iterator[_Started]:
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complained:
        with started(command, folder, said, complained) as process:
            yield _Started(process, said, complained)


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:_MOST_SAID] if lines else "it said nothing"
