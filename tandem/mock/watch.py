"""The contracts kept up to date while people edit them: a broken save never takes the last good ones away."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tandem.kit.contract import ContractError
from tandem.mock.documents import Loaded, Source

_PAUSE_SECONDS = 0.2


@dataclass
class Status:
    """How the contracts are. `error` is about the newest save; what answers is always the last good one."""

    error: ContractError | None = None
    loaded_at: float = field(default_factory=time.time)
    loads: int = 1
    warnings: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return self.error is None

    @property
    def header(self) -> str:
        """For `Tandem-Contract`: printable ASCII, since it travels in a header."""
        if self.error is None:
            return "ok"
        line = f"; line={self.error.line}" if self.error.line else ""
        text = f'last good; file="{shown(self.error.path)}"{line}; reason="{self.error.reason}"'
        return " ".join(text.encode("ascii", "replace").decode().split())[:800]

    def document(self) -> dict[str, Any]:
        said: dict[str, Any] = {
            "good": self.is_good,
            "loaded_at": self.loaded_at,
            "loads": self.loads,
            "warnings": self.warnings,
        }
        if self.error is not None:
            said |= {"file": shown(self.error.path), "line": self.error.line, "reason": self.error.reason}
        return said


class Watch:
    def __init__(self, source: Source, status: Status, on_load: Callable[[Loaded], None]) -> None:
        self._source = source
        self._status = status
        self._on_load = on_load
        self._seen = _look(source.files())

    async def run(self) -> None:
        while True:
            await asyncio.sleep(_PAUSE_SECONDS)
            await self.look()

    async def look(self) -> None:
        if _look(self._seen) == self._seen:
            return
        files = await asyncio.to_thread(self._source.files)
        # Before the load: what is saved while it runs is seen the next time.
        self._seen = _look(files)
        try:
            loaded = await asyncio.to_thread(self._source.load)
        except ContractError as error:
            self._status.error = error
        except Exception as error:  # noqa: BLE001 - whatever somebody saved, the last good contracts keep answering
            reason = f"could not be read: {type(error).__name__}: {str(error)[:200]}"
            self._status.error = ContractError(min(files), None, reason)
        else:
            self._status.error = None
            self._status.loaded_at = time.time()
            self._status.loads += 1
            self._on_load(loaded)


def _look(files: Iterable[Path]) -> dict[Path, tuple[int, int, int] | None]:
    return {file: _stamp(file) for file in files}


def _stamp(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def shown(path: Path) -> str:
    """As somebody in this folder would write it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
