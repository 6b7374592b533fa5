"""What is in production: the ref that new revisions are counted from."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tandem.local.trouble import Refused


def git(project: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", "-C", str(project), *arguments], capture_output=True, timeout=30, check=False)
    except FileNotFoundError as error:
        raise Refused("git is not installed, and the gate asks it what was released.") from error


def last_tag(project: Path) -> str:
    """ "" where nothing was tagged, or where there is no git repository."""
    asked = git(project, "describe", "--tags", "--abbrev=0")
    return asked.stdout.decode().strip() if asked.returncode == 0 else ""
