"""A checkout with what a new service touches and nothing else, before any service was made in it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tandem.scaffold.changes import TEMPLATE
from tests.architecture.project import ROOT
from tests.product import copy_contracts

UNTESTED = "# Operations without a test.\n"
_AUTHOR = ("-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false")


def checkout_in(folder: Path) -> Path:
    copy_contracts(folder, "released")
    shutil.copytree(ROOT / TEMPLATE, folder / TEMPLATE)
    shutil.copy(ROOT / "pyproject.toml", folder)
    (folder / ".github").mkdir()
    (folder / "tests" / "architecture").mkdir(parents=True)
    (folder / "tests" / "architecture" / "untested-operations.yaml").write_text(UNTESTED)
    return folder


def contents(folder: Path) -> Mapping[Path, bytes | None]:
    """Every file with its bytes and every folder, but for what git itself keeps."""
    return {
        path.relative_to(folder): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
        if ".git" not in path.parts
    }


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *_AUTHOR, *arguments], capture_output=True, text=True, check=True)
    return done.stdout


def commit(folder: Path, message: str = "Work") -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)
