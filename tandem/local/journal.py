"""The log files of the processes: one per name, rotated by size at a line's end."""

import asyncio
import contextlib
import fcntl
import os
from pathlib import Path

LARGEST_BYTES = 20_000_000
KEPT_FILES = 3
# Woken once per line, the runtime would take its share of a busy machine; this way at most 50 times a second.
_PAUSE_SECONDS = 0.02
_CHUNK_BYTES = 1 << 16
_MOST_CHUNKS = 32


class Journal:
    """Appends. What does not fit on a full disk is dropped: a log is no reason to stop a service."""

    def __init__(self, file: Path, largest_bytes: int = LARGEST_BYTES, kept: int = KEPT_FILES) -> None:
        self._file = file
        self._largest_bytes = largest_bytes
        self._kept = kept
        self._stream = file.open("ab", buffering=0)
        self.dropped_bytes = 0

    def write(self, data: bytes) -> None:
        try:
            self._stream.write(data)
            if data.endswith(b"\n") and self._stream.tell() > self._largest_bytes:
                self._rotate()
        except OSError:
            self.dropped_bytes += len(data)

    def close(self) -> None:
        self._stream.close()

    def _rotate(self) -> None:
        older = [self._file.with_name(f"{self._file.name}.{number}") for number in range(1, self._kept + 1)]
        for newer, target in reversed(list(zip([self._file, *older], older, strict=False))):
            if newer.exists():
                newer.replace(target)
        self._stream.close()
        self._stream = self._file.open("ab", buffering=0)


class Pump:
    """Carries what a process says from its pipe to its journal."""

    def __init__(self, reader: int, journal: Journal) -> None:
        self._reader = reader
        self._journal = journal
        self._loop = asyncio.get_running_loop()
        self._open = True
        os.set_blocking(reader, False)
        if hasattr(fcntl, "F_SETPIPE_SZ"):
            with contextlib.suppress(OSError):
                fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, 1 << 20)
        self._listen()

    def close(self) -> None:
        if self._open:
            self._open = False
            self._loop.remove_reader(self._reader)
            self._carry()
            os.close(self._reader)
            self._journal.close()

    def _listen(self) -> None:
        if self._open:
            self._loop.add_reader(self._reader, self._on_data)

    def _on_data(self) -> None:
        self._loop.remove_reader(self._reader)
        if self._carry():
            self._loop.call_later(_PAUSE_SECONDS, self._listen)

    def _carry(self) -> bool:
        """What there is; false when the other end is closed."""
        with contextlib.suppress(BlockingIOError):
            for _ in range(_MOST_CHUNKS):
                data = os.read(self._reader, _CHUNK_BYTES)
                if not data:
                    return False
                self._journal.write(data)
        return True


def rotate_open_file(file: Path, largest_bytes: int = LARGEST_BYTES) -> None:
    """For a log that somebody else holds open for appending: keep its end as `.1` and empty it in place."""
    with contextlib.suppress(OSError):
        if file.stat().st_size > largest_bytes:
            file.with_name(f"{file.name}.1").write_bytes(file.read_bytes())
            os.truncate(file, 0)


def last_line(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            stream.seek(max(0, stream.seek(0, os.SEEK_END) - _CHUNK_BYTES))
            lines = stream.read().decode(errors="replace").strip().splitlines()
    except OSError:
        return ""
    return lines[-1].strip() if lines else ""
