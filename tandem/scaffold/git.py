"""What is asked of git."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tandem.local.trouble import Refused


def git(folder: Path, *arguments: str) -> str:
    """What it prints. Raises Refused with its own last word."""
    done = ask(folder, *arguments)
    if done.returncode != 0:
        said = done.stderr.strip().splitlines() or ["it said nothing"]
        raise Refused(f"`git {arguments[0]}` failed: {said[-1]}")
    return done.stdout


def ask(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise Refused("There is no git here: install it.") from None
