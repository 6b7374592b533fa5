"""Everything that `make up` starts, in the order it depends on each other, and as much at once as that allows."""

import asyncio
import contextlib
import os
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from tandem.local import mock, probe
from tandem.local.databases import PostgresProcess, accepts_connections, fill, server
from tandem.local.fleet import Fleet
from tandem.local.gateway import Gateway, Placement, Ports, operations_of
from tandem.local.issuer import LocalIssuer, read_callers
from tandem.local.node import install_prism, needed_node
from tandem.local.ports import PortBook
from tandem.local.processes import Command, Identity
from tandem.local.services import TokenKeeper, World
from tandem.local.state import Home, Secrets
from tandem.local.suggestions import one_of
from tandem.local.supervisor import StartFailed, Unit
from tandem.local.trouble import Trouble
from tandem.spec.manifest import Manifest

GATEWAY, MOCK, DATABASE = "gateway", "mock", "postgres"


class Stack:
    """`chosen` are the ports a person chose (`gateway`, `mock`); the others are found and remembered."""

    def __init__(self, home: Home, manifest: Manifest, chosen: Mapping[str, int]) -> None:
        self.home = home
        self.manifest = manifest
        self.began = time.monotonic()
        self.ready_after_ms: int | None = None
        self.steps: list[str] = []
        self._others: dict[str, Unit] = {}
        self.ports = PortBook(home.folder, home.read_state().get("ports", {}))
        for name, port in chosen.items():
            self.ports.fixed(name, port)
        self._secrets = Secrets(home)
        self._postgres = server(home, self.ports.port(DATABASE), self._secrets)
        self._issuer = LocalIssuer(home.folder / "issuer", read_callers(home.contracts))
        self._gateway = Gateway(home.folder, operations_of(manifest))
        self.fleet = Fleet(self._world(), self._gateway, self.ports, self._remember)
        self._tokens = TokenKeeper(home, manifest, self._issuer)
        self._keepers: list[asyncio.Task[None]] = []
        self._filling = asyncio.Lock()
        self._turns = asyncio.Semaphore(os.cpu_count() or 1)

    @property
    def units(self) -> dict[str, Unit]:
        return {**self._others, **self.fleet.units}

    async def up(self) -> None:
        """Return when all of it is ready and seeded. Whatever stops it, nothing is left running."""
        try:
            await self._start_all()
        except BaseException:
            await self.down()
            raise
        self._keepers = [asyncio.create_task(self._tokens.keep_renewing())]
        self.ready_after_ms = round((time.monotonic() - self.began) * 1000)
        self._remember()

    async def _start_all(self) -> None:
        self._tokens.renew()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._up_databases())
                group.create_task(self._up_gateway())
                group.create_task(self._up_mock())
                for unit in self.fleet.first_units():
                    group.create_task(self._start_in_turn(unit))
        except ExceptionGroup as failures:
            raise _first(failures) from failures

    async def _start_in_turn(self, unit: Unit) -> None:
        """So many at a time as there are processors: the databases, which all wait for, are not held up by loading."""
        async with self._turns:
            starting = asyncio.create_task(unit.start())
            answering = asyncio.create_task(unit.answered.wait())
            try:
                await asyncio.wait({starting, answering}, return_when=asyncio.FIRST_COMPLETED)
            except asyncio.CancelledError:
                starting.cancel()
                await asyncio.wait({starting})
                raise
            finally:
                answering.cancel()
        await starting

    async def down(self) -> None:
        """Those who answer first, then those they need."""
        for keeper in self._keepers:
            keeper.cancel()
        behind = [unit for name, unit in self.units.items() if name not in {GATEWAY, DATABASE}]
        await asyncio.gather(*(unit.stop() for unit in behind))
        for name in (GATEWAY, DATABASE):
            if name in self.units:
                await self.units[name].stop()
        self._remember()

    async def seed(self) -> list[str]:
        return await self._fill("--seed")

    async def reset(self) -> list[str]:
        return await self._fill("--fresh")

    async def restart(self, name: str) -> None:
        await self.units[one_of(name, self.units, "process")].restart()

    def documents(self) -> list[dict[str, Any]]:
        """One row per process, for people and programs."""
        return [self._document(name) for name in (GATEWAY, MOCK, DATABASE, *self.fleet.placed)]

    def _document(self, name: str) -> dict[str, Any]:
        unit = self.units.get(name)
        known = (
            unit.status() if unit else {"name": name, "status": "waiting", "pid": None, "restarts": 0, "reasons": []}
        )
        placed = self.fleet.placed.get(name)
        if placed is None:
            return {**known, "service": None, "port": self.ports.given.get(name), "version": None, "weight": None}
        weight = self.fleet.weights(placed.service).get(placed.version, 0)
        where = {"service": placed.service, "port": placed.port, "admin_port": placed.admin_port}
        return {**known, **where, "version": placed.version, "weight": weight}

    def _world(self) -> World:
        return World(
            self.home, self.manifest, self._postgres, self._secrets, self.ports.given[GATEWAY], self._issuer.jwks_path
        )

    async def _up_databases(self) -> None:
        start = partial(PostgresProcess.start, self._postgres)
        check = partial(accepts_connections, self._postgres.port)
        await self._fill(after=self._own(Unit(DATABASE, start, check, self._remember)).start)

    async def _fill(self, *options: str, after: Callable[[], Awaitable[None]] | None = None) -> list[str]:
        seeded: list[str] = []

        def on_step(said: dict[str, Any]) -> None:
            self.steps.append(said["step"])
            seeded.extend(said.get("seeded", []))

        async with self._filling:
            await fill(self.home, self._postgres.port, on_step, *options, after=after)
        return seeded

    async def _up_gateway(self) -> None:
        admin_port = self.ports.port(f"{GATEWAY} admin")
        ports = Ports(self.ports.given[GATEWAY], admin_port, self.ports.given[MOCK])
        jwks = self._issuer.jwks_path.read_text()
        await asyncio.to_thread(self._gateway.prepare, Placement(ports, self.fleet.instances(), jwks))
        command = Command(
            GATEWAY,
            tuple(self._gateway.command()),
            self.home.logs / "gateway.log",
            self._gateway.directory,
            os.environ,
            3.0,
        )
        await self._own(Unit.of(command, partial(_envoy_readiness, admin_port), self._remember)).start()
        if refused := await asyncio.to_thread(self._gateway.verify):
            raise Trouble(" ".join(refused))

    async def _up_mock(self) -> None:
        node = await asyncio.to_thread(needed_node, self.home.project)
        await asyncio.to_thread(install_prism, self.home.project, node)
        port = self.ports.given[MOCK]
        command = mock.command(self.home, port)
        check = partial(mock.readiness, port)
        await self._start_in_turn(self._own(Unit.of(command, check, self._remember)))

    def _own(self, unit: Unit) -> Unit:
        self._others[unit.name] = unit
        return unit

    def _remember(self) -> None:
        """For the next start, should this one be killed: what runs, and where."""
        running = {name: unit.running.identity for name, unit in self.units.items() if unit.running}
        # Once nothing of ours runs there is nobody to look for: this process may live on as something else.
        me = Identity.of(os.getpid()) if running else None
        with contextlib.suppress(OSError):
            self.home.write_state(
                {
                    "supervisor": me.document() if me else None,
                    "ports": self.ports.given,
                    "processes": {name: identity.document() for name, identity in running.items() if identity},
                }
            )


async def _envoy_readiness(admin_port: int) -> list[str]:
    answer = await probe.get(admin_port, "/ready")
    return [] if answer.status == 200 else [answer.body.decode(errors="replace").strip().lower()]


def _first(failures: ExceptionGroup[Exception]) -> Exception:
    """The one to tell: a process that did not start may be the consequence of another failure."""
    single = [_first(one) if isinstance(one, ExceptionGroup) else one for one in failures.exceptions]
    return min(single, key=lambda failure: isinstance(failure, StartFailed))
