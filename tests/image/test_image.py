"""The image as it is deployed: read-only, nobody's user, no capabilities. `.ci/image` builds it and runs this."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tandem.local.issuer import AUDIENCE, ISSUER, LocalIssuer
from tandem.local.postgres import free_port
from tests.service_under_test import Databases

IMAGE = os.environ.get("IMAGE", "")
# What runs containers, with the options that this machine needs.
RUNNER = shlex.split(os.environ.get("RUNNER", "docker run"))
_USER = 10001
_HARD = ["--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--network=host", "--rm"]

pytestmark = pytest.mark.skipif(not IMAGE, reason="no image was named; `.ci/image` builds one and runs this")


@pytest.fixture
async def environment(databases: Databases, issuer: LocalIssuer) -> Any:
    url = await databases.create()
    yield {
        "CARD_DATABASE_URL": url,
        "TANDEM_ISSUER": ISSUER,
        "TANDEM_AUDIENCE": AUDIENCE,
        "TANDEM_JWKS": "/keys/jwks.json",
        "TANDEM_STAGE": "test",
        "TANDEM_PORT": str(free_port()),
        "TANDEM_ADMIN_PORT": str(free_port()),
    }
    await databases.drop(url)


Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(environment: dict[str, str], issuer: LocalIssuer, tmp_path: Path) -> Iterator[Start]:
    keys = tmp_path / "jwks.json"
    keys.write_bytes(issuer.jwks_path.read_bytes())
    keys.chmod(0o444)
    started = []

    def start(*command: str) -> subprocess.Popen[str]:
        settings = [f"--env={name}={value}" for name, value in environment.items()]
        arguments = [*RUNNER, *_HARD, *settings, f"--volume={keys}:/keys/jwks.json:ro", IMAGE, *command]
        started.append(subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))
        return started[-1]

    yield start
    for process in started:
        process.terminate()
        process.communicate(timeout=30)


def answered(
    port: str, path: str, status: int, process: subprocess.Popen[str], seconds: float = 30.0
) -> httpx.Response:
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up and process.poll() is None:
        try:
            answer = httpx.get(f"http://127.0.0.1:{port}{path}", timeout=5)
        except httpx.TransportError:
            continue
        if answer.status_code == status:
            return answer
    process.terminate()
    raise AssertionError(f"{path} was never {status}: {process.communicate(timeout=30)[0][-2000:]}")


def memory_mb() -> float:
    """Of the processes that belong to the image's user, who owns nothing else on a machine."""
    return sum(one.memory_info().rss for one in psutil.process_iter() if one.uids().real == _USER) / 2**20


def test_image_migrates_gets_ready_answers_and_stops_when_told(start: Start, environment: dict[str, str]) -> None:
    said, _ = (migrating := start("migrate")).communicate(timeout=60)
    assert migrating.returncode == 0, said
    assert "card: applied card_0001" in said
    began = time.monotonic()
    serving = start()
    answered(environment["TANDEM_ADMIN_PORT"], "/readyz", 200, serving)
    ready = time.monotonic() - began
    assert answered(environment["TANDEM_PORT"], "/v1/cards", 401, serving).json()["type"] == "/problems/unauthorized"
    memory = memory_mb()
    stopping = time.monotonic()
    serving.terminate()
    said, _ = serving.communicate(timeout=30)
    assert serving.returncode == 0, said
    assert '"event":"stopped"' in said
    ended = time.monotonic() - stopping
    sys.stdout.write(f"\nstart to ready {ready:.1f} s, at rest {memory:.0f} MB, SIGTERM to end {ended:.1f} s\n")


def test_image_without_its_settings_says_which(start: Start, environment: dict[str, str]) -> None:
    del environment["TANDEM_ISSUER"]
    said, _ = (failing := start()).communicate(timeout=60)
    assert failing.returncode == 1
    assert "card cannot start with these settings: TANDEM_ISSUER: Field required" in said


def test_image_is_nobodys_and_holds_no_tools(start: Start) -> None:
    """The entry point is Python, so that is what is asked."""
    probe = [*RUNNER, *_HARD, "--entrypoint=python3", IMAGE, "-c"]
    script = (
        "import os, shutil; print(os.getuid(), shutil.which('gcc'), os.path.exists('/opt/tandem/services/invoice'))"
    )
    asked = subprocess.run([*probe, script], capture_output=True, text=True, timeout=60, check=False)
    assert asked.stdout.split() == [str(_USER), "None", "False"], asked.stderr
