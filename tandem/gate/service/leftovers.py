"""A folder for one run, what a run that was killed left in its own, and one run of a service at a time."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tandem.local.leftovers import clear
from tandem.local.state import Home
from tandem.local.trouble import Trouble


@contextmanager
def alone(folder: Path, service: str) -> Iterator[None]:
    """Two at once would write into one another's report and cases. The kernel lets go when the holder dies."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{service}.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            said = f"Another gate of {service} runs from {folder.parent}. Wait for it"
            raise Trouble(f"{said}, or give this one a state of its own: TANDEM_HOME=/some/folder.") from error
        yield


def fresh_folder(work: Path, project: Path) -> Path:
    """Also ends the databases of runs that are no more; their services ended with them."""
    work.mkdir(parents=True, exist_ok=True)
    # Root's PostgreSQL runs as somebody else and has to pass through.
    for folder in (work.parent, work):
        folder.chmod(0o711)
    for left in work.iterdir():
        if not _is_alive(left.name.partition("-")[0]):
            clear(Home(left, project))
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=work))


def _is_alive(pid: str) -> bool:
    return pid.isdecimal() and psutil.pid_exists(int(pid))
