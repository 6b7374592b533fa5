"""A folder for one run, and what a run that was killed left in its own."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import psutil

from tandem.local.leftovers import clear
from tandem.local.state import Home


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
