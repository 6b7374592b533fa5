"""The mock as people start it: a process on a port, with connections that can be cut, and Prism beside it."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.mock.desk import CONTRACTS, DOCUMENTS, HEALTHY, PROJECT

_START_SECONDS = 20.0


class Running:
    def __init__(self, process: subprocess.Popen[bytes], port: int, client: httpx.AsyncClient) -> None:
        self.process = process
        self.port = port
        self.client = client

    async def until(self, true: Callable[[httpx.Response], bool], path: str, seconds: float) -> float:
        """How long it took until the answer was as wanted."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            try:
                if true(await self.client.get(path)):
                    return time.monotonic() - began
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.02)
        raise AssertionError(f"{path} was not as wanted within {seconds} s")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    shutil.copytree(CONTRACTS, folder / "contracts")
    (folder / "mocks").symlink_to(PROJECT / "mocks")
    return folder / "contracts"


@pytest.fixture(scope="module")
async def mock(contracts: Path) -> AsyncIterator[Running]:
    port = free_port()
    command = [sys.executable, "-m", "tandem.mock", "--project", str(contracts.parent), "--port", str(port)]
    with subprocess.Popen(command, cwd=PROJECT) as process:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=2 * _START_SECONDS) as client:
            running = Running(process, port, client)
            await running.until(lambda answer: answer.status_code == 200, "/v1/accounts", _START_SECONDS)
            yield running
        process.terminate()
        assert process.wait(10) in (0, -15)


async def test_a_dropped_connection_is_dropped_without_an_answer(mock: Running) -> None:
    with pytest.raises(httpx.TransportError):
        await mock.client.get("/v1/accounts", headers={"x-tandem-fault": "drop"})

    assert (await mock.client.get("/v1/accounts")).status_code == 200


async def test_an_answer_that_never_comes_holds_up_nobody_else(mock: Running) -> None:
    with pytest.raises(httpx.ReadTimeout):
        await mock.client.get("/v1/accounts", headers={"x-tandem-fault": "timeout"}, timeout=0.3)

    assert (await mock.client.get("/v1/accounts")).status_code == 200


async def test_a_slow_body_begins_at_once_and_trickles(mock: Running) -> None:
    began = time.monotonic()
    async with mock.client.stream("GET", "/v1/accounts", headers={"x-tandem-fault": "slow"}) as answer:
        chunks = answer.aiter_raw()
        await anext(chunks)
        first = time.monotonic() - began
        await anext(chunks)
        second = time.monotonic() - began

    assert second - first > 0.1


async def test_clients_that_hang_in_the_middle_of_a_request_block_nobody(mock: Running) -> None:
    hanging = [await asyncio.open_connection("127.0.0.1", mock.port) for _ in range(50)]
    for number, (_, writer) in enumerate(hanging):
        line = b"GET /v1/acc" if number % 2 else b"POST /v1/cards HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"
        writer.write(line)
        await writer.drain()

    began = time.monotonic()
    assert (await mock.client.get("/v1/accounts")).status_code == 200
    assert time.monotonic() - began < 2
    for _, writer in hanging:
        writer.close()


async def test_an_edit_is_answered_within_a_second(mock: Running, contracts: Path) -> None:
    contract = contracts / "account" / "openapi.yaml"
    text = contract.read_text(encoding="utf-8")
    contract.write_text(text.replace("Bergström Bygg AB", "Ny Bygg AB"), encoding="utf-8")

    took = await mock.until(lambda answer: answer.json()["name"] == "Ny Bygg AB", f"/v1/accounts/acc_{HEALTHY}", 10)

    contract.write_text(text, encoding="utf-8")
    await mock.until(lambda answer: answer.json()["name"] != "Ny Bygg AB", f"/v1/accounts/acc_{HEALTHY}", 10)
    # One second on a machine that has nothing else to do; test machines have.
    assert took < 5


async def test_prism_is_started_again_when_it_dies(mock: Running) -> None:
    await mock.until(lambda answer: answer.json()["engine"] == "ready", "/__tandem/health", _START_SECONDS)
    (engine,) = psutil.Process(mock.process.pid).children()
    engine.kill()

    answer = await mock.client.get(f"/v1/accounts/acc_{HEALTHY}")
    assert answer.status_code == 200
    asked = {"prefer": "code=404"}
    while (again := await mock.client.get(f"/v1/accounts/acc_{HEALTHY}", headers=asked)).status_code != 404:
        assert again.status_code == 503, again.text
    assert [child.pid for child in psutil.Process(mock.process.pid).children()] != [engine.pid]


async def test_what_the_mock_started_ends_with_it(contracts: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "tandem.mock", "--project", str(contracts.parent), "--port", str(port)]
    with subprocess.Popen(command, cwd=PROJECT) as process:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            running = Running(process, port, client)
            await running.until(lambda answer: answer.json()["engine"] == "ready", "/__tandem/health", _START_SECONDS)
            (engine,) = psutil.Process(process.pid).children()
            process.kill()
            process.wait()
            gone, _ = await asyncio.to_thread(psutil.wait_procs, [engine], 5)

    assert gone == [engine]


def run(*arguments: str, **settings: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tandem.cli.main", "mock", *arguments]
    return subprocess.run(command, cwd=PROJECT, check=False, capture_output=True, text=True, timeout=30, **settings)


def test_the_command_says_what_is_wrong_with_a_file_and_leaves(tmp_path: Path) -> None:
    (tmp_path / "old.yaml").write_text("swagger: '2.0'\n")

    done = run(str(tmp_path / "old.yaml"), "--port", str(free_port()))

    assert done.returncode == 1
    assert f"{tmp_path}/old.yaml:1: is Swagger 2.0" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_command_says_when_its_port_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("--port", str(port))

    assert done.returncode == 1
    assert f"Port {port} is taken" in done.stderr


def test_the_command_says_when_a_git_ref_is_none() -> None:
    done = run("--ref", "no-such-branch", "--port", str(free_port()))

    assert done.returncode == 1
    assert "has no contracts at git ref 'no-such-branch'" in done.stderr


async def test_the_command_serves_the_contracts_of_a_git_ref(contracts: Path) -> None:
    project = contracts.parent
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    for command in (
        ["init", "-q", "-b", "main"],
        ["add", "contracts"],
        ["-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "-m", "as it was"],
    ):
        subprocess.run(["git", *command], cwd=project, check=True, env=environment)
    contract = contracts / "account" / "openapi.yaml"
    text = contract.read_text(encoding="utf-8")
    contract.write_text("broken: [", encoding="utf-8")
    port = free_port()
    started = [sys.executable, "-m", "tandem.cli.main", "mock", "--ref", "main", "--port", str(port), "--json"]
    with subprocess.Popen(started, cwd=project, env=environment, stdout=subprocess.PIPE) as process:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            running = Running(process, port, client)
            await running.until(lambda answer: answer.status_code == 200, "/v1/accounts", _START_SECONDS)
        process.terminate()
        said = json.loads(process.communicate()[0])
    contract.write_text(text, encoding="utf-8")

    assert said["url"] == f"http://127.0.0.1:{port}"
    assert said["page"] == f"http://127.0.0.1:{port}/__tandem"
    assert said["scenarios"][0] == "healthy"


async def test_several_documents_stand_behind_one_port() -> None:
    port = free_port()
    files = [str(DOCUMENTS / name) for name in ("museum.yaml", "tictactoe.yaml")]
    with subprocess.Popen([sys.executable, "-m", "tandem.mock", *files, "--port", str(port)], cwd=PROJECT) as process:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            running = Running(process, port, client)
            await running.until(lambda answer: answer.status_code == 200, "/museum-hours", _START_SECONDS)
            assert (await client.get("/board")).status_code == 200
        process.terminate()
