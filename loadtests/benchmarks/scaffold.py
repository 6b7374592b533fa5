"""From nothing to something that runs: a new service, one of a large contract, a mock of a page of Markdown.

Each in a fresh clone, so what is measured is what is committed. `python -m loadtests.benchmarks.scaffold` measures
nothing else; TANDEM_BENCH_CONTRACT names another contract than the one that others published and the tests keep.
"""

from __future__ import annotations

import gzip
import json
import os
import resource
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import httpx

from loadtests.benchmarks.mock import first_answer
from loadtests.benchmarks.stack import environment_of, running_stack, tandem
from tandem.kit.settings import REPOSITORY

ROUNDS = 3
_SERVICE = "shipment"
_LARGE = "large"
_PAGE = "docs/examples/loans.md"
_DRAFTED, _FIRST_PATH = "drafts/loans/openapi.yaml", "/v1/loans"
# Built in this checkout, and as good in a copy of it.
_BUILT = (".venv", "mocks/node_modules")


def measure() -> dict[str, Any]:
    return {"service": _new_service(), "large_contract": _large_contract(), "idea": _idea()}


def _new_service() -> dict[str, Any]:
    with _checkout() as project:
        rounds = [_made_again(project) for _ in range(ROUNDS)]
        gate_seconds, verdict = _gate(project)
        return {
            "seconds": round(median(one.seconds for one in rounds), 1),
            "slowest_seconds": round(max(one.seconds for one in rounds), 1),
            "processor_seconds": round(median(one.processor_seconds for one in rounds), 1),
            "gate_seconds": round(gate_seconds, 1),
            "verdict": verdict,
        }


class _Made(NamedTuple):
    """On a machine with other work, `seconds` are also those of waiting for it."""

    seconds: float
    processor_seconds: float
    said: dict[str, Any]


def _made_again(project: Path) -> _Made:
    _git(project, "checkout", "--quiet", ".")
    _git(project, "clean", "--quiet", "--force", "-d")
    return _new(project, _SERVICE)


def _gate(project: Path) -> tuple[float, str]:
    """Told and not raised when it fails: the page says so."""
    began = time.perf_counter()
    try:
        said = tandem(project, environment_of(project), "gate", _SERVICE, "--profile", "full", "--json")
    except RuntimeError:
        return time.perf_counter() - began, "not passed"
    return time.perf_counter() - began, json.loads(said)["verdict"]


def _large_contract() -> dict[str, Any]:
    with _checkout() as project:
        contract = _real_contract(project.parent)
        made = _new(project, _LARGE, "--contract", str(contract))
        return {
            "contract": contract.name,
            "megabytes": round(contract.stat().st_size / 1e6, 1),
            "operations": len(made.said["operations"]),
            "not_built": len(made.said["unsupported"]),
            "made_seconds": round(made.seconds, 1),
            "made_processor_seconds": round(made.processor_seconds, 1),
            "start_seconds": round(_started(project), 1),
        }


def _real_contract(folder: Path) -> Path:
    if given := os.environ.get("TANDEM_BENCH_CONTRACT"):
        return Path(given).resolve()
    contract = folder / "discord.json"
    contract.write_bytes(gzip.decompress((REPOSITORY / "tests/documents/discord.json.gz").read_bytes()))
    return contract


def _started(project: Path) -> float:
    """Seconds from `tandem up` to an answer of the service itself, when all the others are there too."""
    began = time.perf_counter()
    with running_stack(project) as stack:
        httpx.get(f"http://127.0.0.1:{stack.process(_LARGE)['port']}/openapi.json").raise_for_status()
        return time.perf_counter() - began


def _idea() -> dict[str, Any]:
    with _checkout() as project:
        rounds = [_drafted_and_mocked(project) for _ in range(ROUNDS)]
        drafting, answering = (round(median(some), 1) for some in zip(*rounds, strict=True))
        return {"draft_seconds": drafting, "mock_seconds": answering}


def _drafted_and_mocked(project: Path) -> tuple[float, float]:
    (project / _DRAFTED).unlink(missing_ok=True)
    began = time.perf_counter()
    tandem(project, environment_of(project), "draft", _PAGE, "--yes")
    return time.perf_counter() - began, first_answer([_DRAFTED], _FIRST_PATH, project)


def _new(project: Path, *arguments: str) -> _Made:
    began, busy_before = time.perf_counter(), _busy_seconds()
    said = tandem(project, environment_of(project), "new", "service", *arguments, "--yes", "--json")
    return _Made(time.perf_counter() - began, _busy_seconds() - busy_before, json.loads(said))


def _busy_seconds() -> float:
    """Of all that was started here and has ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@contextmanager
def _checkout() -> Iterator[Path]:
    """A clone beside which nothing has to be installed, and whose modules Python has compiled."""
    with TemporaryDirectory(prefix="tandem-bench-new-", ignore_cleanup_errors=True) as folder:
        # Root's PostgreSQL runs as somebody else and has to pass through.
        Path(folder).chmod(0o711)
        project = Path(folder) / "tandem"
        _git(REPOSITORY, "clone", "--quiet", "--shared", str(REPOSITORY), str(project))
        for built in filter(lambda one: (REPOSITORY / one).exists(), _BUILT):
            (project / built).symlink_to(REPOSITORY / built)
        (project / ".git/info/exclude").write_text("".join(f"/{built}\n" for built in _BUILT))
        tandem(project, environment_of(project), "new", "service", _SERVICE, "--dry-run", "--yes")
        yield project


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True)


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
