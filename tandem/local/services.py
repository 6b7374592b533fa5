"""How one version of one service runs on this machine: its command line, its environment, whether it is ready."""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tandem.local import probe
from tandem.local.databases import BUS
from tandem.local.gateway import Instance
from tandem.local.issuer import AUDIENCE, ISSUER, LocalIssuer
from tandem.local.postgres import Server
from tandem.local.processes import Command
from tandem.local.state import Home, Secrets, write_atomically
from tandem.spec.manifest import Manifest

PICTURE_BUCKET = "tandem-pictures"
_TOKENS_RENEWED_SECONDS = 3600.0


@dataclass(frozen=True)
class Placed:
    """One version of a service: where its code is, where it listens, what it is told beyond the usual."""

    service: str
    version: str
    port: int
    admin_port: int
    root: Path
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def instance(self) -> Instance:
        return Instance(self.service, self.version, self.port, self.admin_port)


@dataclass(frozen=True)
class World:
    """What every service of this machine is told."""

    home: Home
    manifest: Manifest
    postgres: Server
    secrets: Secrets
    gateway_port: int
    jwks: Path

    @property
    def address_file(self) -> Path:
        return self.home.folder / "peers.json"

    def command(self, placed: Placed, name: str) -> Command:
        return Command(
            name=name,
            argv=(sys.executable, "-m", "tandem.kit", "serve", placed.service),
            log=self.home.logs / f"{name}.log",
            folder=placed.root,
            environment=self.environment(placed),
            stop_seconds=20.0,
        )

    def environment(self, placed: Placed) -> dict[str, str]:
        service = placed.service
        password = self.secrets.password(service)
        database = self.manifest.services[service].database
        gateway = f"http://127.0.0.1:{self.gateway_port}"
        return {
            # Here everything is checked, so that `tandem drift` knows; in production a share is.
            "TANDEM_RESPONSE_SHARE": "1",
            **os.environ,
            "PYTHONPATH": str(placed.root),
            "PYTHONUNBUFFERED": "1",
            f"{service.upper()}_DATABASE_URL": self.postgres.url(database, service, password),
            "TANDEM_BUS_URL": self.postgres.url(BUS, service, password),
            "TANDEM_PORT": str(placed.port),
            "TANDEM_ADMIN_PORT": str(placed.admin_port),
            "TANDEM_PEERS": str(self.address_file),
            "TANDEM_ISSUER": ISSUER,
            "TANDEM_AUDIENCE": AUDIENCE,
            "TANDEM_JWKS": str(self.jwks),
            "TANDEM_TOKEN_FILE": str(token_file(self.home, service)),
            "TANDEM_STAGE": "local",
            "TANDEM_VERSION": placed.version,
            "TANDEM_CONTRACTS": str(placed.root / "contracts"),
            "TANDEM_FLAGS": str(self.home.flags),
            "TANDEM_OBJECTS_ENDPOINT": gateway,
            "TANDEM_OBJECTS_BUCKET": PICTURE_BUCKET,
            # The pictures of a laptop are open to all; the addresses are signed all the same, as in the cloud.
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": password,
            "AWS_DEFAULT_REGION": "eu-north-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            **placed.extra,
        }


async def readiness(admin_port: int) -> list[str]:
    """Why a service is not ready, in its own words."""
    answer = await probe.get(admin_port, "/readyz", timeout_seconds=3.0)
    if answer.status == 200:
        return []
    try:
        reasons = json.loads(answer.body)["reasons"]
        return [f"{what}: {why}" for what, why in reasons.items()]
    except (ValueError, KeyError, TypeError, AttributeError):
        return [f"answers {answer.status} on /readyz"]


def token_file(home: Home, service: str) -> Path:
    return home.tokens / f"{service}.jwt"


class TokenKeeper:
    """Gives each service its own token, with the scopes of the operations it consumes, and renews it in time."""

    def __init__(self, home: Home, manifest: Manifest, issuer: LocalIssuer) -> None:
        self._home = home
        self._manifest = manifest
        self._issuer = issuer

    def renew(self) -> None:
        for service in self._manifest.services:
            token = self._issuer.issue("service", service, self._manifest.scopes_of(service))
            write_atomically(token_file(self._home, service), token)

    async def keep_renewing(self) -> None:
        while True:
            await asyncio.sleep(_TOKENS_RENEWED_SECONDS)
            await asyncio.to_thread(self.renew)
