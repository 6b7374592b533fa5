"""The mock as a frontend developer meets it: how soon it answers, what it costs beside Prism alone, what it holds."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import orjson
import psutil

from loadtests.benchmarks import large_document
from loadtests.benchmarks.load import Sample, Target, closed_loop
from loadtests.benchmarks.processes import running
from loadtests.benchmarks.stack import environment_of
from tandem.kit.settings import REPOSITORY
from tandem.local.node import needed_node, prism_script
from tandem.local.postgres import free_port

ROUNDS = 5
_TANDEM = str(Path(sys.executable).with_name("tandem"))
_ACCOUNT = "/v1/accounts/acc_01k9zc6n00000000000000h001"
_CARD = "/v1/cards/crd_01k9zc6n00000000000000h001"
_PATIENCE_SECONDS = 60.0
# One read of each service: then everything that is made on first use is there.
_READS = (
    "/v1/accounts/acc_01k9zc6n00000000000000h001/overview",
    _CARD,
    "/v1/customers/cus_01k9zc6n00000000000000h001",
    "/v1/invoices/inv_01k9zc6n00000000000000h001",
    "/v1/transactions?account_id=acc_01k9zc6n00000000000000h001",
)


class Another(Target):
    """A card that nobody asked for before, each time: nothing is kept ready for it."""

    _numbers = itertools.count(1)

    @property
    def request(self) -> bytes:
        path = f"/v1/cards/crd_01k9zc6n{next(self._numbers):018}"
        return Target(self.port, path, self.token).request


def measure() -> dict[str, Any]:
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        bundle = Path(folder) / "openapi.json"
        command = [_TANDEM, "contract", "bundle", "--json", "--output", str(bundle)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return {
            "first_answer_seconds": round(median(first_answer([], "/v1/accounts") for _ in range(3)), 2),
            **asyncio.run(_beside_prism(bundle)),
            "edit_seconds": _edits(Path(folder) / "project"),
            "large_document": _large(large_document.write(Path(folder) / "large.json")),
        }


@contextmanager
def _started(*arguments: str, folder: Path = REPOSITORY) -> Iterator[httpx.Client]:
    """A client of a mock that was told to start a moment ago."""
    port = free_port()
    command = [_TANDEM, "mock", *arguments, "--port", str(port)]
    own = environment_of(folder)
    with subprocess.Popen(command, cwd=folder, env=own, stdout=subprocess.DEVNULL) as process:
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=_PATIENCE_SECONDS) as client:
                yield client
        finally:
            process.terminate()


def first_answer(files: list[str], path: str, folder: Path = REPOSITORY) -> float:
    """Seconds from the command to the first 200."""
    began = time.perf_counter()
    with _started(*files, folder=folder) as client:
        _until(client, path, lambda answer: answer.status_code == 200)
        return time.perf_counter() - began


def _until(client: httpx.Client, path: str, true: Callable[[httpx.Response], bool]) -> None:
    give_up = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < give_up:
        try:
            if true(client.get(path)):
                return
        except httpx.TransportError:
            pass
        time.sleep(0.01)
    raise TimeoutError(f"{path} was not answered as it should be within {_PATIENCE_SECONDS:g} s")


async def _beside_prism(bundle: Path) -> dict[str, Any]:
    """Both at once, asked in alternating rounds. Prism writes no log here, which is the quickest it can be."""
    port, prism = free_port(), free_port()
    node, script = needed_node(REPOSITORY).program, prism_script(REPOSITORY)
    alone = [str(node), str(script), "mock", "--port", str(prism), "--verboseLevel", "silent", str(bundle)]
    async with _serving([_TANDEM, "mock", "--port", str(port)], port) as process, _serving(alone, prism):
        for path in _READS:
            await closed_loop(Target(port, path, "any"), 1, 1.0)
        same = await _rounds(Target(port, _CARD, "any"), Target(prism, _CARD, "any"), 8)
        other = await _rounds(Another(port, _CARD, "any"), Another(prism, _CARD, "any"), 8)
        single = await _rounds(Another(port, _CARD, "any"), Another(prism, _CARD, "any"), 1)
        return {
            "throughput": _throughput(same),
            "throughput_each_new": _throughput(other),
            "adds_p50_ms": round(median(a.percentile(0.5) - b.percentile(0.5) for a, b in single), 2),
            "p50_ms": round(median(a.percentile(0.5) for a, _ in single), 2),
            "memory_mb": round(_memory(process) / 1e6),
        }


@asynccontextmanager
async def _serving(command: list[str], port: int) -> AsyncIterator[subprocess.Popen[bytes]]:
    async with running(command, port, os.environ, stdout=subprocess.DEVNULL) as process:
        yield process


async def _rounds(ours: Target, theirs: Target, callers: int) -> list[tuple[Sample, Sample]]:
    await closed_loop(theirs, callers, 1.0)
    return [(await closed_loop(ours, callers, 2.0), await closed_loop(theirs, callers, 2.0)) for _ in range(ROUNDS)]


def _throughput(rounds: list[tuple[Sample, Sample]]) -> dict[str, Any]:
    return {
        "ratio": round(median(ours.per_second / theirs.per_second for ours, theirs in rounds), 2),
        "tandem_per_second": round(median(ours.per_second for ours, _ in rounds)),
        "prism_per_second": round(median(theirs.per_second for _, theirs in rounds)),
        "failed": sum(ours.failed + theirs.failed for ours, theirs in rounds),
    }


def _memory(process: subprocess.Popen[bytes]) -> int:
    """Of the command and all that it started; what they share is counted for each."""
    whole = psutil.Process(process.pid)
    return sum(int(one.memory_info().rss) for one in (whole, *whole.children(recursive=True)))


def _edits(project: Path) -> float:
    """Seconds from a save to the answer that shows it: of a contract, and of a file it refers to."""
    shutil.copytree(REPOSITORY / "contracts", project / "contracts")
    account, common = project / "contracts/account/openapi.yaml", project / "contracts/common/parameters.yaml"
    limit = "maximum: 100, default: 20"
    (project / "mocks").symlink_to(REPOSITORY / "mocks")
    with _started(folder=project) as client:
        _until(client, "/v1/accounts", lambda answer: answer.status_code == 200)
        took = [
            _edit(client, account, *names, _ACCOUNT) for names in pairwise(["Bergström Bygg AB", "Ny AB", "Nyare AB"])
        ]
        took.append(_edit(client, common, limit, "maximum: 3, default: 2", "/v1/accounts?limit=50"))
    return round(max(took), 2)


def _edit(client: httpx.Client, file: Path, old: str, new: str, path: str) -> float:
    before = client.get(path).text
    text = file.read_text(encoding="utf-8")
    began = time.perf_counter()
    file.write_text(text.replace(old, new), encoding="utf-8")
    _until(client, path, lambda answer: answer.text != before)
    return time.perf_counter() - began


def _large(document: Path) -> dict[str, Any]:
    described = orjson.loads(document.read_bytes())
    paths = [path for path, item in described["paths"].items() if "{" not in path and "get" in item]
    return {
        "megabytes": round(document.stat().st_size / 1e6, 1),
        "operations": sum(len(item.keys() & _METHODS) for item in described["paths"].values()),
        "first_answer_seconds": round(first_answer([str(document)], paths[0]), 1),
    }


_METHODS = {"get", "put", "post", "patch", "delete", "head", "options", "trace"}
