"""`.ci/image` with the builders played: which of them is used, with which base, and how its image is run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.played_cloud import Played

BASE = "localhost/tandem-base:trixie"
BUILD = "make image SERVICE=card VERSION=check ARGS="
RUN = "make test ARGS=tests/image -s"
TOLD = 'echo "$IMAGE, $RUNNER" >>told'


@pytest.fixture
def played(tmp_path: Path) -> Played:
    return Played(tmp_path)


def _told(played: Played) -> str:
    return (played.folder / "told").read_text().strip()


def test_docker_builds_from_the_registry(played: Played) -> None:
    played.answer({RUN: TOLD})
    assert played.run(".ci/image").returncode == 0
    assert played.asked == ["docker info", BUILD, RUN]
    assert _told(played) == "tandem-card:check,"


def test_podman_takes_the_base_that_was_made_here(played: Played) -> None:
    played.answer({"docker info": "exit 1", RUN: TOLD})
    assert played.run(".ci/image").returncode == 0
    assert f"{BUILD}--isolation chroot --build-arg BUILDER={BASE} --build-arg BASE={BASE}" in played.asked
    assert _told(played).startswith("localhost/tandem-card:check, podman --runtime runc --cgroup-manager cgroupfs run ")


def test_podman_without_that_base_builds_as_everywhere(played: Played) -> None:
    played.answer({"docker info": "exit 1", f"podman image exists {BASE}": "exit 1", RUN: TOLD})
    assert played.run(".ci/image").returncode == 0
    assert BUILD in played.asked
    assert _told(played) == "localhost/tandem-card:check, podman run"


def test_machine_without_a_builder_says_so_and_passes(played: Played) -> None:
    played.answer({"docker info": "exit 1"})
    (played.folder / ".venv/bin/podman").unlink()
    done = played.run(".ci/image", PATH=f"{played.folder}/.venv/bin:{played.bare_path}")
    assert (done.returncode, done.stdout.startswith("SKIPPED: no docker and no podman here")) == (0, True)


def test_image_that_does_not_run_fails(played: Played) -> None:
    played.answer({RUN: "exit 1"})
    assert played.run(".ci/image").returncode == 1
