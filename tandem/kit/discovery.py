"""Where a service is to be found: addresses that are given or stand in a file on a laptop, a registry in the cloud."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import orjson

from tandem.kit.auth.watched_file import WatchedFile

PEERS = "PEERS"


class NoAddress(LookupError):
    """Nobody knows where the service is, or none of it is running."""


class Resolver(Protocol):
    async def resolve(self, service: str) -> str:
        """The base URL, without a slash at the end. Raises NoAddress."""
        ...


class FixedAddresses:
    def __init__(self, addresses: Mapping[str, str]) -> None:
        for service, address in addresses.items():
            if not address.startswith(("http://", "https://")):
                raise ValueError(f"The address of {service} has to begin with http:// or https://, not {address!r}.")
        self._addresses = {service: address.rstrip("/") for service, address in addresses.items()}

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "FixedAddresses":
        """From `PEERS`, a JSON object of service and base URL; nothing set means no peers."""
        try:
            addresses = orjson.loads(environment.get(PEERS) or "{}")
        except orjson.JSONDecodeError as error:
            raise ValueError(f"{PEERS} is not JSON: {error}.") from error
        if not isinstance(addresses, dict) or not all(isinstance(address, str) for address in addresses.values()):
            raise ValueError(f'{PEERS} has to be a JSON object such as {{"card": "http://127.0.0.1:8103"}}.')
        return cls(addresses)

    @property
    def known(self) -> bool:
        return bool(self._addresses)

    async def resolve(self, service: str) -> str:
        try:
            return self._addresses[service]
        except KeyError:
            known = ", ".join(sorted(self._addresses)) or "none"
            raise NoAddress(f"There is no address for {service} (known: {known}); set {PEERS}.") from None


class AddressFile:
    """A JSON object of service and base URL that is replaced when a service moves, as when a new version takes over."""

    def __init__(self, path: Path, check_seconds: float = 1.0) -> None:
        self._file = WatchedFile(path, check_seconds)
        self._addresses = FixedAddresses({})

    async def resolve(self, service: str) -> str:
        try:
            if content := self._file.news():
                self._addresses = FixedAddresses.from_environment({PEERS: content.decode()})
        except (OSError, ValueError) as error:
            if not self._addresses.known:
                raise NoAddress(f"There is no address for {service}: {self._file.path} cannot be read.") from error
        return await self._addresses.resolve(service)


def addresses(setting: str) -> Resolver:
    """`setting` is the JSON itself or the path of a file that holds it."""
    if setting.lstrip().startswith("{"):
        return FixedAddresses.from_environment({PEERS: setting})
    return AddressFile(Path(setting))
