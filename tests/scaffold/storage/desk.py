"""A project of one service that was written from a contract: its files on disk, and the service really running."""

from __future__ import annotations

import asyncio
import importlib
import shutil
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml
from prometheus_client import CollectorRegistry

import services
from tandem.draft import Interview, draft
from tandem.kit.auth.caller import KINDS
from tandem.kit.auth.jwks import StaticKeys
from tandem.kit.auth.tokens import StaticToken
from tandem.kit.contract import Contract, load_contract
from tandem.kit.discovery import FixedAddresses
from tandem.kit.events.memory import NullTransport
from tandem.kit.flags import NullFlags
from tandem.kit.migrations import migrate
from tandem.kit.objects import NullObjectStore
from tandem.kit.outside import Outside
from tandem.kit.peers import PeerNetwork
from tandem.kit.peers.canned import CannedTransport
from tandem.kit.service import serve
from tandem.kit.settings import ServiceSettings
from tandem.local.issuer import AUDIENCE, ISSUER, LocalIssuer
from tandem.scaffold.storage import Written, write_service
from tandem.spec.generate import generated_files
from tandem.spec.manifest import load_manifest
from tests.architecture.project import ROOT
from tests.service_under_test import Databases, ServiceUnderTest

_ENTRY = {"owner": "team-one", "audience": "Tests", "consumes": {}}


@dataclass(frozen=True)
class Project:
    """`services` of this process has the written one as long as it is entered."""

    folder: Path
    name: str

    @property
    def contracts(self) -> Path:
        return self.folder / "contracts"

    @property
    def contract(self) -> Contract:
        return load_contract(self.contracts / self.name / "openapi.yaml")

    @property
    def scopes(self) -> frozenset[str]:
        return frozenset(scope for operation in self.contract.operations for scope in operation.scopes or ())

    def write(self) -> Written:
        written = write_service(self.name, self.contract)
        for path, text in written.files.items():
            file = self.folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        manifest = load_manifest(self.contracts)
        for file, text in generated_files(manifest, manifest.services[self.name], self.folder / "services").items():
            file.write_text(text, "utf-8")
        (self.folder / "services" / self.name / "__init__.py").touch()
        return written


def project_of(folder: Path, name: str, contract: Mapping[str, Any] | str) -> Project:
    """`contract` is the document, or a description that it is drafted from."""
    shutil.copytree(ROOT / "contracts" / "common", folder / "contracts" / "common")
    shutil.copy(ROOT / "contracts" / "rules.yaml", folder / "contracts")
    (folder / "contracts" / "events.yaml").write_text("events: {}\n")
    entry = {**_ENTRY, "contract": f"{name}/openapi.yaml", "database": name}
    (folder / "contracts" / "manifest.yaml").write_text(yaml.safe_dump({"services": {name: entry}}))
    target = folder / "contracts" / name
    if isinstance(contract, str):
        (folder / "idea.md").write_text(contract)
        draft(folder / "idea.md", ROOT / "contracts", target, Interview({}, lambda question: question.proposal))
    else:
        target.mkdir()
        (target / "openapi.yaml").write_text(yaml.safe_dump(dict(contract), sort_keys=False))
    return Project(folder, name)


@asynccontextmanager
async def running(
    project: Project, databases: Databases, issuer: LocalIssuer, keys: StaticKeys, **options: Any
) -> AsyncIterator[ServiceUnderTest]:
    """As `tests/service_under_test.py` starts the services of the project."""
    folder = project.folder / "services"
    url = await databases.create()
    await asyncio.to_thread(migrate, url, folder / project.name / "migrations")
    peers, objects = CannedTransport(), NullObjectStore()
    network = PeerNetwork(FixedAddresses({}), StaticToken("canned"), peers, CollectorRegistry())
    outside = Outside(keys, NullTransport(), network, objects, NullFlags())
    named = f"services.{project.name}"
    # The checkout may have a service of that name, and its tests may have been here before.
    of_the_checkout = {name: sys.modules.pop(name) for name in _modules_of(named)}
    services.__path__.insert(0, str(folder))
    try:
        handlers = importlib.import_module(f"{named}.handlers")
        module = importlib.import_module(f"{named}.peers")
        chosen = {"response_share": 1.0, "strict_responses": True, **options}
        app = serve(project.name, _settings(project, url), handlers, module.Peers, outside, **chosen)
        await app.state.background.start(with_loops=False)
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service.test")
        everybody = LocalIssuer(issuer.jwks_path.parent, dict.fromkeys(KINDS, project.scopes))
        service = ServiceUnderTest(project.name, app, client, everybody, peers, objects)
        await service.find_own_tables()
        yield service
        await service.stop()
    finally:
        services.__path__.remove(str(folder))
        for name in _modules_of(named):
            del sys.modules[name]
        sys.modules.update(of_the_checkout)
        await databases.drop(url)


def _modules_of(package: str) -> list[str]:
    return [name for name in sys.modules if name == package or name.startswith(f"{package}.")]


def _settings(project: Project, url: str) -> ServiceSettings:
    return ServiceSettings.model_validate(
        {
            "database_url": url,
            "issuer": ISSUER,
            "audience": AUDIENCE,
            "jwks": "unused",
            "stage": "test",
            "version": "test",
            "contracts": project.contracts,
        }
    )
