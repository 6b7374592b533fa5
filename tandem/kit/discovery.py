"""Where a service is to be found: fixed addresses on a laptop, a registry in the cloud."""

from collections.abc import Mapping
from typing import Protocol

import orjson

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

    async def resolve(self, service: str) -> str:
        try:
            return self._addresses[service]
        except KeyError:
            known = ", ".join(sorted(self._addresses)) or "none"
            raise NoAddress(f"There is no address for {service} (known: {known}); set {PEERS}.") from None
