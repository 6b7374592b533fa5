"""`make up` on a machine that is not ready for it, as a newcomer meets it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A project in which nothing was ever installed."""
    for file in ("Makefile", "pyproject.toml", "requirements", "mocks/package.json", "mocks/package-lock.json"):
        target = tmp_path / file
        target.parent.mkdir(parents=True, exist_ok=True)
        source = REPOSITORY / file
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
    shutil.copytree(REPOSITORY / "tandem", tmp_path / "tandem", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def make(clone: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name != "MAKEFLAGS"}
    return subprocess.run(
        ["make", "-C", str(clone), *arguments],
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def said(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [line for line in done.stderr.splitlines() if not line.startswith("make")]


def test_help_explains_every_name(clone: Path) -> None:
    done = make(clone)
    assert done.returncode == 0
    explained = {line.split()[1] for line in done.stdout.splitlines() if line.startswith("  make ")}
    assert {"up", "down", "help"} <= explained


def test_old_python_is_one_sentence_and_nothing_is_made(clone: Path) -> None:
    old = clone / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2 && exit 0\nexit 1\n')
    old.chmod(0o755)
    done = make(clone, "up", f"PYTHON={old}")
    assert done.returncode != 0
    assert said(done) == [
        "Python 3.9.2 is too old: Tandem needs 3.11 or newer. Name a newer one: make up PYTHON=python3.12"
    ]
    assert not (clone / ".venv").exists()


def test_missing_python_is_one_sentence(clone: Path) -> None:
    (sentence,) = said(make(clone, "up", "PYTHON=python-of-nobody"))
    assert sentence.startswith("There is no python-of-nobody: install Python 3.11 or newer")


def test_no_network_is_one_sentence_and_nothing_is_left_running(clone: Path) -> None:
    tools = clone / "tools"
    tools.mkdir()
    for name in ("make", "sh", "awk", "uname"):
        (tools / name).symlink_to(shutil.which(name) or name)
    closed = "http://127.0.0.1:9/simple"
    done = make(
        clone,
        "up",
        "DETACH=1",
        f"PYTHON={sys.executable}",
        PATH=str(tools),
        PIP_INDEX_URL=closed,
        PIP_CONFIG_FILE=os.devnull,
        PIP_RETRIES="0",
        UV_DEFAULT_INDEX=closed,
    )
    assert done.returncode != 0
    (sentence,) = said(done)
    assert sentence.startswith("No package registry answers: there is no network")
    assert "run `make up` again" in sentence


def test_down_where_nothing_was_installed_is_done(clone: Path) -> None:
    done = make(clone, "down")
    assert done.returncode == 0
    assert "Nothing was running." in done.stdout.splitlines()
