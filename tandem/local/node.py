"""Prism's packages, installed from their lock. Where Node comes from, the mock knows: `tandem.mock.node`."""

import hashlib
import os
import subprocess
from pathlib import Path

from tandem.local.trouble import Refused
from tandem.mock.node import OLDEST, Node, find_node

_STAMP = "node_modules/.tandem-stamp"
NO_NETWORK = (
    "No package registry answers: there is no network, or it needs a mirror or a proxy. "
    "Connect, or name a mirror ({variable}), and run `make up` again."
)


def needed_node(project: Path, path: str | None = None) -> Node:
    node = find_node(project, path)
    if node is None:
        raise Refused(
            f"The mock server needs Node {OLDEST} or newer: install it, or run `make up`, which brings its own."
        )
    return node


def prism_script(project: Path) -> Path:
    return project / "mocks/node_modules/@stoplight/prism-cli/dist/index.js"


def prism_is_installed(project: Path) -> bool:
    stamp = project / "mocks" / _STAMP
    return prism_script(project).exists() and stamp.exists() and stamp.read_text() == _lock_digest(project)


def install_prism(project: Path, node: Node) -> None:
    """`npm ci` from the lock, only when the lock has changed."""
    if prism_is_installed(project):
        return
    environment = {**os.environ, "PATH": f"{node.program.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    command = [*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=project / "mocks", env=environment, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise Refused(_explain(done.stderr))
    (project / "mocks" / _STAMP).write_text(_lock_digest(project))


def _explain(said: str) -> str:
    if "ENOSPC" in said:
        return "The disk is full: the mock server could not be installed. Free some space and run `make up` again."
    if any(
        code in said for code in ("ENOTFOUND", "ECONNREFUSED", "ETIMEDOUT", "EAI_AGAIN", "ENETUNREACH", "ERR_SOCKET")
    ):
        return NO_NETWORK.format(variable="npm_config_registry")
    lines = [line for line in said.splitlines() if line.strip()]
    return f"npm could not install the mock server: {lines[-1] if lines else 'it gave no reason'}"


def _lock_digest(project: Path) -> str:
    return hashlib.sha256((project / "mocks/package-lock.json").read_bytes()).hexdigest()


__all__ = ["NO_NETWORK", "Node", "find_node", "install_prism", "needed_node", "prism_is_installed"]
