"""Whatever ends the runtime, what it started ends with it."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from tandem.local import housekeeping, preflight, runtime
from tandem.local.control import ask
from tandem.local.runtime import Runtime
from tandem.local.stack import Stack
from tandem.local.state import Home
from tandem.local.trouble import Refused


class FakeStack:
    """Starts when it is let, and counts how often it was stopped."""

    def __init__(self) -> None:
        self.let_start = asyncio.Event()
        self.failure: Exception | None = None
        self.up_was_cancelled = False
        self.stopped = 0
        self.published = 0
        self.ready_after_ms: int | None = None
        self.steps: list[str] = []
        self.ports = type("Ports", (), {"given": {"gateway": 1, "mock": 2}})()
        self.fleet = type("Fleet", (), {"publish_addresses": self._publish})()

    async def up(self) -> None:
        try:
            await self.let_start.wait()
        except asyncio.CancelledError:
            self.up_was_cancelled = True
            raise
        if self.failure is not None:
            raise self.failure
        self.ready_after_ms = 1

    async def down(self) -> None:
        self.stopped += 1

    def documents(self) -> list[dict[str, Any]]:
        return []

    def _publish(self) -> None:
        self.published += 1


@pytest.fixture
def home() -> Iterator[Home]:
    folder = Path(tempfile.mkdtemp())
    home = Home(folder, folder)
    home.create()
    yield home
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def stack() -> FakeStack:
    return FakeStack()


def made(home: Home, stack: FakeStack) -> Runtime:
    return Runtime(home, cast("Stack", stack))


async def test_told_to_stop_while_it_starts_it_stops_what_it_started(home: Home, stack: FakeStack) -> None:
    running = asyncio.create_task(made(home, stack).run(lambda status: None))
    await asyncio.sleep(0)
    while not home.control_socket.exists():
        await asyncio.sleep(0.001)
    await asyncio.to_thread(ask, home, "stop", 5.0)
    await asyncio.wait_for(running, 5)
    assert stack.up_was_cancelled
    assert stack.stopped == 1
    assert not home.control_socket.exists()


async def test_failed_start_is_raised_and_all_is_stopped(home: Home, stack: FakeStack) -> None:
    stack.failure = Refused("card did not start.")
    stack.let_start.set()
    with pytest.raises(Refused, match=r"card did not start\."):
        await made(home, stack).run(lambda status: None)
    assert stack.stopped == 1


async def test_announcement_that_fails_stops_everything(home: Home, stack: FakeStack) -> None:
    """As when the output is a pipe that nobody reads any more."""

    def closed(status: dict[str, Any]) -> None:
        raise BrokenPipeError

    stack.let_start.set()
    with pytest.raises(BrokenPipeError):
        await made(home, stack).run(closed)
    assert stack.stopped == 1


async def test_watcher_sees_the_start_and_ends_with_the_runtime(home: Home, stack: FakeStack) -> None:
    seen: list[bool] = []

    async def watch(watched: Runtime) -> None:
        while True:
            seen.append(watched.status()["up"])
            stack.let_start.set()
            await asyncio.sleep(0.001)

    running = asyncio.create_task(made(home, stack).run(lambda status: None, watch))
    while not any(seen):
        await asyncio.sleep(0.001)
    assert seen[0] is False
    await asyncio.to_thread(ask, home, "stop", 5.0)
    await asyncio.wait_for(running, 5)


async def test_deleted_state_folder_stops_everything(
    home: Home, stack: FakeStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "_EVERY_SECONDS", 0.001)
    stack.let_start.set()
    running = asyncio.create_task(made(home, stack).run(lambda status: None))
    while not stack.published:
        await asyncio.sleep(0.001)
    shutil.rmtree(home.folder)
    await asyncio.wait_for(running, 5)
    assert stack.stopped == 1


def test_contract_that_is_broken_stops_the_start_with_file_and_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "manifest.yaml").write_text("services: [broken\n")
    home = Home(tmp_path / ".tandem", tmp_path)
    monkeypatch.setattr(preflight, "check_port", lambda name, port: None)
    with pytest.raises(Refused, match=r"manifest\.yaml:\d"):
        runtime.run(home, lambda status: None)
