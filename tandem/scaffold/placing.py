"""Many files put into a project as one: all of them, or the project is as it was."""

from __future__ import annotations

import contextlib
import shutil
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from tandem.local.trouble import Refused, Trouble


class Files:
    """What placing asks of the file system, a call each."""

    def make_folder(self, folder: Path) -> None:
        folder.mkdir()

    def keep(self, file: Path, kept: Path) -> None:
        shutil.copy2(file, kept)

    def move(self, file: Path, target: Path) -> None:
        file.replace(target)


def place(staged: Mapping[Path, Path], expected: Mapping[Path, bytes], spare: Path, files: Files | None = None) -> None:
    """Move each staged file to its target. `expected` is what targets that are replaced were when the staged ones were
    made of them; `spare` is a folder on the same file system for what is replaced."""
    for target in staged.values():
        if (target.read_bytes() if target.exists() else None) != expected.get(target):
            raise Refused(f"{target.name} was changed meanwhile; nothing was written. Try again.")
    placing = _Placing(files or Files(), spare)
    try:
        for file, target in staged.items():
            placing.put(file, target)
    except BaseException:
        with _undisturbed():
            placing.undo()
        raise


class _Placing:
    """A step back is written down before the step forward is tried, and does nothing when that never happened."""

    def __init__(self, files: Files, spare: Path) -> None:
        self._files = files
        self._spare = spare
        self._back: list[Callable[[], None]] = []

    def put(self, file: Path, target: Path) -> None:
        self._make_folders(target.parent)
        if target.exists():
            kept = self._spare / f"{len(self._back)}"
            self._files.keep(target, kept)
            self._back.append(partial(_bring_back, kept, target))
        else:
            self._back.append(partial(target.unlink, missing_ok=True))
        self._files.move(file, target)

    def undo(self) -> None:
        left = []
        for step in reversed(self._back):
            try:
                step()
            except OSError as error:
                left.append(str(error.filename))
        if left:
            raise Trouble(f"It failed, and not all of it could be undone. Look at: {', '.join(left)}.")

    def _make_folders(self, folder: Path) -> None:
        missing = [one for one in (folder, *folder.parents) if not one.exists()]
        for one in reversed(missing):
            self._back.append(partial(_remove, one))
            self._files.make_folder(one)


def _bring_back(kept: Path, target: Path) -> None:
    if kept.exists():
        kept.replace(target)


def _remove(folder: Path) -> None:
    # Somebody else may have put something there meanwhile.
    with contextlib.suppress(OSError):
        folder.rmdir()


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """A second Ctrl-C must not leave half of it undone."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
