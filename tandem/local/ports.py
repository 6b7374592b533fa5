"""Ports of this machine: which are free, who has one, and which belong to this checkout."""

import hashlib
import socket
from collections.abc import Mapping
from pathlib import Path

import psutil

from tandem.local.trouble import Refused

# Below the range that systems hand out for outgoing connections, so that nobody gets ours by chance.
_FIRST, _COUNT = 20_000, 12_000


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


class PortBook:
    """Gives each name its port: the same one as last time where it is still free."""

    def __init__(self, home: Path, remembered: Mapping[str, int]) -> None:
        self._home = home
        self._remembered = remembered
        self.given: dict[str, int] = {}

    def port(self, name: str) -> int:
        if name not in self.given:
            self.given[name] = self._pick(name)
        return self.given[name]

    def fixed(self, name: str, port: int) -> int:
        self.given[name] = port
        return port

    def release(self, name: str) -> None:
        self.given.pop(name, None)

    def _pick(self, name: str) -> int:
        last = self._remembered.get(name)
        if last and last not in self.given.values() and is_free(last):
            return last
        # Two checkouts begin their search at different places, so they do not race for one port.
        start = int.from_bytes(hashlib.sha256(f"{self._home}\0{name}".encode()).digest()[:4])
        for step in range(_COUNT):
            port = _FIRST + (start + step) % _COUNT
            if port not in self.given.values() and is_free(port):
                return port
        raise Refused(f"No port between {_FIRST} and {_FIRST + _COUNT} is free. Stop something and try again.")


def holder(port: int) -> str:
    """Who listens on a port, as far as this user may see it."""
    try:
        connections = psutil.net_connections(kind="tcp")
    except psutil.AccessDenied:
        return "another process"
    for connection in connections:
        if connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr.port == port:
            return _describe(connection.pid)
    return "another process"


def _describe(pid: int | None) -> str:
    if pid is None:
        return "another process"
    try:
        return f"process {pid} ({psutil.Process(pid).name()})"
    except psutil.Error:
        return f"process {pid}"
