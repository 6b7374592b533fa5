"""The logs of all processes as one story in the order of time, or the part of it that is about one request."""

import json
import os
import re
import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tandem.local.journal import KEPT_FILES
from tandem.local.state import Home

# Without a request to look for, the end of each file is enough, and a long day's logs are not read for ten lines.
_TAIL_BYTES = 512 * 1024
_POLL_SECONDS = 0.2
_PLAIN_TIME = re.compile(r"^\[?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\.\d+)")
_ALSO_THE_GATEWAYS = ("access", "envoy")


@dataclass(frozen=True)
class Line:
    """`document` is empty for what was not said in JSON."""

    source: str
    at: float
    text: str
    document: dict[str, Any]

    def is_about(self, request: str) -> bool:
        return request in (self.document.get("request_id"), self.document.get("trace_id"), self._trace)

    @property
    def _trace(self) -> str | None:
        traceparent = self.document.get("traceparent")
        return traceparent[3:35] if isinstance(traceparent, str) else None


def sources(home: Home) -> dict[str, list[Path]]:
    """The newest file of each log, by the name of the process."""
    found: dict[str, list[Path]] = {}
    for file in sorted([*home.logs.glob("*.log"), *(home.folder / "gateway").glob("*.log")]):
        name = "gateway" if file.stem in _ALSO_THE_GATEWAYS else file.stem
        found.setdefault(name, []).append(file)
    return found


def read(home: Home, names: Collection[str], request: str | None = None) -> list[Line]:
    """In the order of time. No names means all of them."""
    lines: list[Line] = []
    for name, files in sources(home).items():
        if not names or name in names:
            for file in files:
                lines += _parse(name, _raw_lines(file, request))
    if request is not None:
        lines = [line for line in lines if line.is_about(request)]
    return sorted(lines, key=lambda line: line.at)


def whole(home: Home, wanted: bytes) -> list[Line]:
    """Every line that has this in it, also of older files."""
    return [
        line
        for name, files in sources(home).items()
        for file in files
        for line in _parse(name, _lines_with(file, wanted))
    ]


def follow(home: Home, names: Collection[str], request: str | None = None) -> Iterator[Line]:
    """What is said from now on; ends only with the program."""
    cursors: dict[Path, Cursor] = {}
    first = True
    while True:
        fresh: list[Line] = []
        for name, files in sources(home).items():
            if names and name not in names:
                continue
            for file in files:
                cursor = cursors.setdefault(file, Cursor(file, at_end=first))
                fresh += _parse(name, cursor.new_lines())
        yield from sorted((line for line in fresh if request is None or line.is_about(request)), key=lambda one: one.at)
        first = False
        time.sleep(_POLL_SECONDS)


class Cursor:
    """A place in a file that grows, and that now and then is replaced or emptied."""

    def __init__(self, file: Path, *, at_end: bool) -> None:
        self._file = file
        self._inode = self._stat().st_ino if at_end and file.exists() else 0
        self._position = self._stat().st_size if at_end and file.exists() else 0

    def new_lines(self) -> list[bytes]:
        try:
            stat = self._stat()
            if stat.st_ino != self._inode or stat.st_size < self._position:
                self._inode, self._position = stat.st_ino, 0
            with self._file.open("rb") as stream:
                stream.seek(self._position)
                data = stream.read()
        except FileNotFoundError:
            return []
        whole = data.rfind(b"\n") + 1
        self._position += whole
        return data[:whole].splitlines()

    def _stat(self) -> os.stat_result:
        return self._file.stat()


def _raw_lines(file: Path, request: str | None) -> Iterator[bytes]:
    # Trace ids stand in the middle of a longer text, so a plain search finds either.
    return iter(_end_of(file)) if request is None else _lines_with(file, request.encode())


def _lines_with(file: Path, wanted: bytes) -> Iterator[bytes]:
    for number in range(KEPT_FILES, -1, -1):
        part = file.with_name(f"{file.name}.{number}") if number else file
        if part.exists():
            with part.open("rb") as stream:
                yield from (line for line in stream if wanted in line)


def _end_of(file: Path) -> list[bytes]:
    with file.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - _TAIL_BYTES))
        lines = stream.read().splitlines()
    return lines[1:] if size > _TAIL_BYTES else lines


def _parse(source: str, raw_lines: Iterable[bytes]) -> list[Line]:
    """A line that does not say when belongs to the one before it."""
    lines: list[Line] = []
    at = 0.0
    for raw in raw_lines:
        text = raw.decode(errors="replace").rstrip()
        document = _document(text)
        at = _moment(document.get("time") if document else text) or at
        if text:
            lines.append(Line(source, at, text, document))
    return lines


def _document(text: str) -> dict[str, Any]:
    if not text.startswith("{"):
        return {}
    try:
        document = json.loads(text)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _moment(said: object) -> float | None:
    found = _PLAIN_TIME.match(said) if isinstance(said, str) else None
    if found is None:
        return None
    return datetime.fromisoformat(found[1]).replace(tzinfo=UTC).timestamp()
