"""The process that owns everything else: starts the stack, answers on the control socket, ends it all together."""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Coroutine, Iterator, Mapping
from pathlib import Path
from typing import Any

from tandem.kit.contract import ContractError
from tandem.local import preflight
from tandem.local.control import ControlServer, Handler
from tandem.local.housekeeping import keep_house
from tandem.local.leftovers import clear
from tandem.local.stack import GATEWAY, MOCK, Stack
from tandem.local.state import Home
from tandem.local.trouble import Refused
from tandem.spec.manifest import load_manifest

DEFAULT_PORTS = {GATEWAY: 8080, MOCK: 4010}
# Told once everything is ready, and given what the control socket answers to `status`.
OnReady = Callable[[dict[str, Any]], None]
# Shows what happens, until it is cancelled.
Watch = Callable[["Runtime"], Coroutine[Any, Any, None]]


class Runtime:
    """One stack under one lock."""

    def __init__(self, home: Home, stack: Stack) -> None:
        self.home = home
        self.stack = stack
        self._stop = asyncio.Event()

    async def run(self, on_ready: OnReady, watch: Watch | None = None) -> None:
        """Return when told to stop, with everything stopped."""
        control = ControlServer(self.home.control_socket, self._handlers())
        await control.start()
        watching = asyncio.create_task(watch(self)) if watch else None
        try:
            with self._signals():
                await self._live(on_ready)
        finally:
            control.stop()
            if watching is not None:
                watching.cancel()
                await asyncio.wait({watching})

    def status(self) -> dict[str, Any]:
        rows = self.stack.documents()
        return {
            "home": str(self.home.folder),
            "gateway_url": f"http://localhost:{self.stack.ports.given[GATEWAY]}",
            "mock_url": f"http://localhost:{self.stack.ports.given[MOCK]}",
            "ready": self.stack.ready_after_ms is not None and all(row["status"] == "ready" for row in rows),
            "up": self.stack.ready_after_ms is not None,
            "ready_after_ms": self.stack.ready_after_ms,
            "steps": self.stack.steps,
            "processes": rows,
        }

    async def _live(self, on_ready: OnReady) -> None:
        stopped = asyncio.create_task(self._stop.wait())
        starting = asyncio.create_task(self.stack.up())
        house = asyncio.create_task(keep_house(self.home, self.stack, self._stop))
        try:
            await asyncio.wait({starting, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
                on_ready(self.status())
                await stopped
        finally:
            for task in (starting, stopped, house):
                task.cancel()
            await asyncio.wait({starting, stopped, house})
            await self.stack.down()

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        for number in numbers:
            loop.add_signal_handler(number, self._stop.set)
        try:
            yield
        finally:
            for number in numbers:
                loop.remove_signal_handler(number)

    def _handlers(self) -> dict[str, Handler]:
        return {
            "status": self._on_status,
            "stop": self._on_stop,
            "restart": self._on_restart,
            "seed": self._on_seed,
            "reset": self._on_reset,
            "start_version": self._on_start_version,
            "stop_version": self._on_stop_version,
            "weights": self._on_weights,
        }

    async def _on_status(self, _: Mapping[str, Any]) -> Any:
        return self.status()

    async def _on_stop(self, _: Mapping[str, Any]) -> Any:
        self._stop.set()
        return {}

    async def _on_restart(self, request: Mapping[str, Any]) -> Any:
        await self.stack.restart(request["name"])
        return self.status()

    async def _on_seed(self, _: Mapping[str, Any]) -> Any:
        return {"seeded": await self.stack.seed()}

    async def _on_reset(self, _: Mapping[str, Any]) -> Any:
        return {"seeded": await self.stack.reset()}

    async def _on_start_version(self, request: Mapping[str, Any]) -> Any:
        root = Path(request["root"]) if request.get("root") else None
        weight = int(request.get("weight", 0))
        await self.stack.fleet.start_version(
            request["service"], request["version"], weight, root, request.get("environment", {})
        )
        return self.status()

    async def _on_stop_version(self, request: Mapping[str, Any]) -> Any:
        await self.stack.fleet.stop_version(request["service"], request["version"])
        return self.status()

    async def _on_weights(self, request: Mapping[str, Any]) -> Any:
        await self.stack.fleet.weigh(request["service"], request["weights"])
        return self.status()


async def _run(home: Home, ports: Mapping[str, int], on_ready: OnReady, watch: Watch | None) -> None:
    try:
        await Runtime(home, Stack(home, load_manifest(home.contracts), ports)).run(on_ready, watch)
    except ContractError as error:
        raise Refused(str(error)) from error


def run(home: Home, on_ready: OnReady, watch: Watch | None = None) -> None:
    """Everything from the first check to the last process ended. Raises Trouble in a sentence."""
    ports = {name: preflight.chosen_port(name, default) for name, default in DEFAULT_PORTS.items()}
    preflight.check_python()
    preflight.check_owner(home.folder)
    preflight.check_disk(home.folder)
    home.create()
    with home.locked():
        clear(home)
        for name, port in ports.items():
            preflight.check_port(name, port)
        asyncio.run(_run(home, ports, on_ready, watch))
