"""Envoy's admin port, asked with as little as possible: it is on the loopback, and it is asked many times in a row."""

import re
import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import quote

from tandem.local.gateway.configuration import Documents
from tandem.local.gateway.resources import ROUTES, stat_name
from tandem.local.trouble import Trouble

_TIMEOUT_SECONDS = 2.0
_POLL_SECONDS = 0.002
_LOG_FLUSH_SECONDS = 0.5
_STATISTICS = r"(version_text|update_rejected|update_failure|warming_clusters)$"
_REASON = re.compile(r"[Cc]onfig update (?:rejected|failure): (.*)")


class NotRunning(Trouble):
    """Nobody listens on the admin port."""


def ask(admin_port: int, path: str, method: str = "GET") -> str:
    connection = HTTPConnection("127.0.0.1", admin_port, timeout=_TIMEOUT_SECONDS)
    try:
        connection.request(method, path)
        return connection.getresponse().read().decode()
    except (OSError, HTTPException) as error:
        raise NotRunning(f"The gateway does not answer on its admin port {admin_port}.") from error
    finally:
        connection.close()


@dataclass(frozen=True)
class Source:
    """One stream of configuration: what to call it, and where its counters begin."""

    name: str
    prefix: str


LISTENERS = Source("listeners", "listener_manager.lds")
CLUSTERS = Source("services", "cluster_manager.cds")
ROUTE_TABLE = Source("routes", f"http.edge.rds.{ROUTES}")


def instances_of(cluster: str) -> Source:
    return Source(f"instances of {cluster}", f"cluster.{stat_name(cluster)}")


class Statistics:
    """One look at the counters that tell whether Envoy took its configuration."""

    def __init__(self, admin_port: int) -> None:
        lines = ask(admin_port, "/stats?filter=" + quote(_STATISTICS)).splitlines()
        self._values = dict(line.split(": ", 1) for line in lines if ": " in line)

    def version(self, source: Source) -> str:
        return self._values.get(f"{source.prefix}.version_text", "").strip('"')

    def refusals(self, source: Source) -> int:
        return sum(
            int(self._values.get(f"{source.prefix}.{name}", 0)) for name in ("update_rejected", "update_failure")
        )

    @property
    def is_warming(self) -> bool:
        return self._values.get("cluster_manager.warming_clusters", "0") != "0"


def expected_versions(documents: Documents) -> dict[Source, str]:
    versions = {
        LISTENERS: documents.lds["version_info"],
        CLUSTERS: documents.cds["version_info"],
        ROUTE_TABLE: documents.rds["version_info"],
    }
    return versions | {instances_of(name): one["version_info"] for name, one in documents.eds.items()}


def verify(admin_port: int, expected: Documents, log: Path | None = None) -> list[str]:
    """What Envoy did not take, in sentences; empty when it runs exactly this. `/ready` says LIVE in either case."""
    statistics = Statistics(admin_port)
    return [
        refusal(source, log if statistics.refusals(source) else None)
        for source, version in expected_versions(expected).items()
        if statistics.version(source) != version
    ]


def refusal(source: Source, log: Path | None, offset: int = 0) -> str:
    """Envoy counts what it refuses on the admin port; why is only in its log, here from `offset` on."""
    why = _reason(log, offset) if log else "(yet)"
    return f"The gateway did not take the new {source.name}{' ' if why == '(yet)' else ': '}{why.rstrip('.')}."


def _reason(log: Path, offset: int) -> str:
    deadline = time.monotonic() + _LOG_FLUSH_SECONDS
    while not (reasons := _REASON.findall(_read_from(log, offset))):
        if time.monotonic() > deadline:
            return "its log does not say why"
        time.sleep(_POLL_SECONDS)
    return str(reasons[-1])


def _read_from(log: Path, offset: int) -> str:
    with log.open("rb") as file:
        file.seek(offset)
        return file.read().decode(errors="replace")


def is_ready(admin_port: int) -> bool:
    try:
        return ask(admin_port, "/ready").strip() == "LIVE"
    except NotRunning:
        return False


def drain(admin_port: int, *, seconds: float) -> None:
    """Take no new connections and wait for open requests, at most so long; SIGTERM alone would cut them."""
    ask(admin_port, "/drain_listeners?graceful&skip_exit", "POST")
    deadline = time.monotonic() + seconds
    while open_requests(admin_port) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)


def open_requests(admin_port: int) -> int:
    text = ask(admin_port, "/stats?filter=" + quote("^http.edge.downstream_rq_active$"))
    return int(text.rpartition(": ")[2] or 0)
