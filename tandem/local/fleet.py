"""The versions of the services that run side by side, and how the gateway shares requests among them."""

import asyncio
import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from tandem.local.gateway import Gateway, Instance
from tandem.local.ports import PortBook
from tandem.local.services import Placed, World, readiness
from tandem.local.state import write_atomically
from tandem.local.supervisor import Unit
from tandem.local.trouble import Refused

FIRST_VERSION = "1.0.0"
# Services look at the address file once a second; a version that leaves has to be there until they have.
_NOTICE_SECONDS = 1.2


class Fleet:
    """By the name of the process: the service's for its first version, `service@version` for others."""

    def __init__(self, world: World, gateway: Gateway, ports: PortBook, on_change: Callable[[], None]) -> None:
        self._world = world
        self._gateway = gateway
        self._ports = ports
        self._on_change = on_change
        self.units: dict[str, Unit] = {}
        self._changing = asyncio.Lock()
        self.placed: dict[str, Placed] = {}
        for service in world.manifest.services:
            self._place(service, service, FIRST_VERSION, world.home.project, {})
        self.publish_addresses()

    def instances(self) -> tuple[Instance, ...]:
        """Of each service the first that was placed is the stable one."""
        return tuple(placed.instance for placed in self.placed.values())

    def first_units(self) -> list[Unit]:
        return [self._unit(name) for name in self.placed]

    def weights(self, service: str) -> Mapping[str, int]:
        """What each version gets of a hundred requests."""
        versions = [placed.version for placed in self.placed.values() if placed.service == service]
        known = self._gateway.routing.weights.get(service, {})
        weights = {version: known.get(version, 0) for version in versions}
        return weights if sum(weights.values()) else {versions[0]: 100}

    async def start_version(
        self, service: str, version: str, weight: int, root: Path | None = None, extra: Mapping[str, str] | None = None
    ) -> None:
        """Run another version beside those there are and give it its share. Nothing changes when it does not start."""
        name = f"{service}@{version}"
        async with self._changing:
            others = self._versions(service)
            if version in others:
                raise Refused(f"{service} {version} already runs.")
            self._place(name, service, version, root or self._world.home.project, extra or {})
            try:
                await self._unit(name).start()
            except BaseException:
                self._forget(name)
                raise
            await self._share(service, _shares(self.weights(service), version, weight))

    async def stop_version(self, service: str, version: str) -> None:
        """Send its requests to the others, let it finish, end it."""
        async with self._changing:
            name = self._versions(service).get(version)
            if name is None:
                raise Refused(f"{service} {version} does not run. {self._running(service)}")
            if len(self._versions(service)) == 1:
                raise Refused(f"{version} is the only version of {service} that runs.")
            left = {other: share for other, share in self.weights(service).items() if other != version}
            if not sum(left.values()):
                left = dict.fromkeys(left, 0) | {next(iter(left)): 100}
            await self._share(service, left)
            await asyncio.sleep(_NOTICE_SECONDS)
            await self.units[name].stop()
            self._forget(name)
            await asyncio.to_thread(self._gateway.place, self.instances())

    async def weigh(self, service: str, weights: Mapping[str, int]) -> None:
        async with self._changing:
            known = self._versions(service)
            for version in weights.keys() - known.keys():
                raise Refused(f"{service} {version} does not run. {self._running(service)}")
            if any(weight < 0 for weight in weights.values()) or sum(weights.values()) != 100:
                raise Refused("The weights of a service are whole numbers of at least 0 that make 100 together.")
            await self._share(service, dict(weights))

    def _place(self, name: str, service: str, version: str, root: Path, extra: Mapping[str, str]) -> None:
        placed = Placed(service, version, self._ports.port(name), self._ports.port(f"{name} admin"), root, extra)
        self.placed[name] = placed

    def _unit(self, name: str) -> Unit:
        placed = self.placed[name]
        command = self._world.command(placed, name)
        self.units[name] = Unit.of(command, partial(readiness, placed.admin_port), self._on_change)
        return self.units[name]

    def _forget(self, name: str) -> None:
        del self.placed[name]
        self.units.pop(name)
        for port in (name, f"{name} admin"):
            self._ports.release(port)

    def _versions(self, service: str) -> dict[str, str]:
        """The names of the processes by version."""
        if service not in self._world.manifest.services:
            known = ", ".join(self._world.manifest.services)
            raise Refused(f"There is no service {service!r}; there are {known}.")
        return {placed.version: name for name, placed in self.placed.items() if placed.service == service}

    def _running(self, service: str) -> str:
        return f"Running: {', '.join(self._versions(service))}."

    async def _share(self, service: str, weights: Mapping[str, int]) -> None:
        await asyncio.to_thread(self._gateway.place, self.instances())
        await asyncio.to_thread(self._gateway.reroute, lambda routing: routing.weigh(service, weights))
        self.publish_addresses()

    def publish_addresses(self) -> None:
        """Services call each other directly: each at the version with the largest share."""
        addresses = {}
        for service in self._world.manifest.services:
            weights = self.weights(service)
            name = self._versions(service)[max(weights, key=lambda version: weights[version])]
            addresses[service] = f"http://127.0.0.1:{self.placed[name].port}"
        write_atomically(self._world.address_file, json.dumps(addresses), mode=0o644)


def _shares(before: Mapping[str, int], version: str, weight: int) -> dict[str, int]:
    """The new version's share is taken from the largest."""
    if not 0 <= weight <= 100:
        raise Refused("A weight is a whole number from 0 to 100.")
    others = {other: share for other, share in before.items() if other != version}
    largest = max(others, key=lambda other: others[other])
    others[largest] = 100 - weight - (sum(others.values()) - others[largest])
    if others[largest] < 0:
        raise Refused(f"There are only {100 - sum(others.values()) + others[largest]} of 100 left to give.")
    return {**others, version: weight}
