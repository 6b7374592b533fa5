"""What is in production: the ref that new revisions are counted from, and what it holds."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tandem.local.trouble import Refused


def last_tag(project: Path) -> str:
    """ "" where nothing was tagged, or where there is no git repository."""
    asked = _git(project, "describe", "--tags", "--abbrev=0")
    return asked.stdout.decode().strip() if asked.returncode == 0 else ""


def was_there(project: Path, ref: str, path: Path) -> bool:
    """Whether there was such a file or folder."""
    return _git(project, "cat-file", "-e", f"{ref}:./{path}").returncode == 0


def text_at(project: Path, ref: str, path: Path) -> str | None:
    """A file as it was; None when it was not there. Raises Refused for a ref that does not exist."""
    if _git(project, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}").returncode != 0:
        raise Refused(f"There is no git ref {ref!r} here, so nobody can say which revisions are new.")
    shown = _git(project, "show", f"{ref}:./{os.path.relpath(path, project)}")
    return shown.stdout.decode() if shown.returncode == 0 else None


def _git(project: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", "-C", str(project), *arguments], capture_output=True, timeout=60, check=False)
    except FileNotFoundError as error:
        raise Refused("git is not installed, and the gate asks it what was released.") from error
