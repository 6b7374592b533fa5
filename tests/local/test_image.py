"""Building an image, with the builders and `uv` played by small scripts. tests/image runs a real one."""

from __future__ import annotations

import json
import os
import platform
import runpy
import sys
from pathlib import Path

import pytest

from tandem.local import image
from tandem.local.trouble import Refused, Trouble
from tests.local.test_node import program

# Brings a package as `uv pip install --target` does.
UV = """
while [ "$1" != --target ]; do shift; done
mkdir -p "$2/plain-1.2.dist-info" "$2/fast" "$2/botocore/data/s3" "$2/botocore/data/braket"
printf 'Metadata-Version: 2.1\\nName: Plain\\nVersion: 1.2\\n' > "$2/plain-1.2.dist-info/METADATA"
touch "$2/fast/loop.pyx" "$2/fast/loop.so" "$2/botocore/data/endpoints.json"
"""
BUILDER = """
[ "$1" = info ] && exit 0
echo "$0 $@" >> "$ASKED"
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    app = tmp_path / "project" / "services" / "card" / "app.py"
    app.parent.mkdir(parents=True)
    app.touch()
    program(tmp_path / "bin/uv", UV)
    program(tmp_path / "bin/docker", "exit 1")
    program(tmp_path / "bin/podman", BUILDER)
    monkeypatch.setenv("ASKED", str(tmp_path / "asked"))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin")
    return tmp_path / "project"


def test_first_builder_that_works_builds_what_the_lock_names(project: Path) -> None:
    bill = image.build(project, "card", "tandem-card:7", "7", ["--isolation", "chroot"])
    asked = (project.parent / "asked").read_text().split()
    assert Path(asked[0]).name == "podman"
    assert asked[1:] == [
        *("build", "--format=docker", "--file", "services/Dockerfile", "--tag", "tandem-card:7"),
        *("--build-arg", "SERVICE=card", "--build-arg", "VERSION=7", "--isolation", "chroot", "."),
    ]
    document = json.loads(bill.read_text())
    assert (document["bomFormat"], document["metadata"]["component"]["name"]) == ("CycloneDX", "tandem-card")
    assert [one["purl"] for one in document["components"]] == ["pkg:pypi/plain@1.2"]


def test_what_no_service_reads_is_left_out(project: Path) -> None:
    image.build(project, "card", "t", "7")
    packages = project / ".tandem/image/packages"
    left = sorted(str(path.relative_to(packages)) for path in packages.rglob("*") if not path.is_dir())
    assert left == ["botocore/data/endpoints.json", "fast/loop.so", "plain-1.2.dist-info/METADATA"]
    assert [path.name for path in sorted((packages / "botocore/data").glob("*/"))] == ["s3"]


def test_nothing_to_build_with_names_the_three(project: Path) -> None:
    program(project.parent / "bin/podman", "exit 1")
    program(project.parent / "bin/buildah", "exit 1")
    with pytest.raises(Refused, match="by docker, podman or buildah, and none of them works here"):
        image.build(project, "card", "t", "7")


def test_unknown_service_and_machine_are_one_sentence(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused, match=r"There is no services/loan/app\.py"):
        image.build(project, "loan", "t", "7")
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    with pytest.raises(Refused, match="made for x86_64 and aarch64, and this machine is riscv64"):
        image.build(project, "card", "t", "7")


def test_build_that_fails_is_trouble(project: Path) -> None:
    program(project.parent / "bin/podman", '[ "$1" = info ]')
    with pytest.raises(Trouble, match="`podman build --format=docker …` failed with exit code 1"):
        image.build(project, "card", "t", "7")


@pytest.mark.parametrize(("service", "code"), [("card", 0), ("loan", 1)])
def test_command_says_what_it_made_or_why_not(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], service: str, code: int
) -> None:
    monkeypatch.setattr(sys, "argv", ["make image", service, "--version", "7"])
    assert image.main(project) == code
    said = capsys.readouterr()
    assert ("tandem-card:7 in " in said.out, "There is no services/loan" in said.err) == (code == 0, code == 1)


def test_all_that_a_service_imports_can_be_imported_beforehand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["tandem.kit.imports", "card"])
    monkeypatch.delitem(sys.modules, "tandem.kit.imports", raising=False)
    runpy.run_module("tandem.kit.imports", run_name="__main__")
    assert "services.card.app" in sys.modules
