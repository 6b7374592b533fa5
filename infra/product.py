"""What the contracts say about the services, as the cloud needs it. Written there, and nowhere here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from infra.refusal import Refused
from tandem.kit.contract import ContractError, Operation
from tandem.kit.events.catalogue import Catalogue
from tandem.spec.manifest import Manifest, load_manifest

CONTRACTS = Path(__file__).parents[1] / "contracts"
# Target groups have names of 32 characters, of which Pulumi's suffix and the colour take 14.
_LONGEST_NAME = 18
_NAME = re.compile(r"[a-z][a-z0-9-]*")
# What a load balancer takes: a pattern of 128 characters, five of them in a rule.
_LONGEST_PATTERN = 128
_MOST_PATTERNS = 5


@dataclass(frozen=True)
class Service:
    """`says` are the types of its events; `hears` maps a publisher to the types that come from there."""

    name: str
    owner: str
    database: str
    consumes: tuple[str, ...]
    says: tuple[str, ...]
    hears: Mapping[str, tuple[str, ...]]
    operations: tuple[Operation, ...]

    @property
    def slowest_p95_ms(self) -> float:
        return max(operation.slo.p95_ms for operation in self.operations if operation.slo)

    @property
    def worst_error_rate(self) -> float:
        return max(operation.slo.error_rate for operation in self.operations if operation.slo)

    @property
    def path_patterns(self) -> tuple[str, ...]:
        """Regular expressions that match its paths and nobody else's: one for its collections, as few as fit."""
        collections = sorted({"/".join(operation.path.split("/")[:3]) for operation in self.operations})
        patterns: list[str] = []
        group: list[str] = []
        for collection in collections:
            if len(_pattern([*group, collection])) > _LONGEST_PATTERN:
                patterns.append(_pattern(group))
                group = []
            group.append(collection)
        return (*patterns, _pattern(group))


def _pattern(collections: list[str]) -> str:
    return f"^({'|'.join(collections)})(/.*)?$"


@dataclass(frozen=True)
class Product:
    services: Mapping[str, Service]

    @property
    def publishers(self) -> list[str]:
        return [service.name for service in self.services.values() if service.says]

    @property
    def subscribers(self) -> list[str]:
        return [service.name for service in self.services.values() if service.hears]


@cache
def load_product(contracts: Path = CONTRACTS, services: Path = CONTRACTS.parent / "services") -> Product:
    """Raises Refused, with the file and the line where there is one."""
    try:
        manifest, catalogue = load_manifest(contracts), Catalogue.load(contracts)
    except ContractError as error:
        raise Refused(str(error)) from error
    product = Product({name: _service(manifest, catalogue, name) for name in manifest.services})
    _check(product, services)
    return product


def _service(manifest: Manifest, catalogue: Catalogue, name: str) -> Service:
    listed = manifest.services[name]
    hears: dict[str, list[str]] = {}
    for event in catalogue.heard_by(name):
        hears.setdefault(event.publisher, []).append(event.name)
    return Service(
        name=name,
        owner=listed.owner,
        database=listed.database,
        consumes=tuple(listed.consumes),
        says=tuple(event.name for event in catalogue.said_by(name)),
        hears={publisher: tuple(names) for publisher, names in hears.items()},
        operations=listed.contract.operations,
    )


def _check(product: Product, services: Path) -> None:
    databases: dict[str, str] = {}
    for service in product.services.values():
        if not (services / service.name / "app.py").exists():
            raise Refused(f"contracts/manifest.yaml names {service.name}, and there is no services/{service.name}.")
        if not _NAME.fullmatch(service.name) or len(service.name) > _LONGEST_NAME:
            what = f"small letters, digits and hyphens, {_LONGEST_NAME} at most"
            raise Refused(f"contracts/manifest.yaml: {service.name} cannot be a name in the cloud; use {what}.")
        if not service.database:
            raise Refused(f"contracts/manifest.yaml: {service.name} names no database; set `database`.")
        owner = databases.setdefault(service.database, service.name)
        if owner != service.name:
            shared = f"{service.name} and {owner} share the database {service.database}"
            raise Refused(f"contracts/manifest.yaml: {shared}; give each a `database` of its own.")
        if without := [operation.id for operation in service.operations if operation.slo is None]:
            raise Refused(f"contracts/{service.name}: {', '.join(without)} has no x-slo, so no alarm can watch it.")
        if len(service.path_patterns) > _MOST_PATTERNS:
            raise Refused(f"contracts/{service.name}: its paths need more than {_MOST_PATTERNS} rules; share prefixes.")
