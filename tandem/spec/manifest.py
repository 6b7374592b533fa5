"""contracts/manifest.yaml as typed values, checked against the contracts it speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tandem.kit.contract import Contract, ContractError, SourceFile, load_contract, read
from tandem.kit.contract.source import escape

_TEXTS = {"title": "All services", "organisation": ""}
_NEEDED = ("owner", "audience", "contract", "database")


@dataclass(frozen=True)
class Service:
    """`consumes` maps a peer to the operationIds called there."""

    name: str
    owner: str
    audience: str
    contract_path: Path
    database: str
    consumes: Mapping[str, tuple[str, ...]]

    @cached_property
    def contract(self) -> Contract:
        return load_contract(self.contract_path)


@dataclass(frozen=True)
class Manifest:
    path: Path
    title: str
    services: Mapping[str, Service]
    organisation: str = ""

    def scopes_of(self, service: str) -> frozenset[str]:
        """The scopes a service's own token needs: those of the operations it consumes, and no more."""
        return frozenset(
            scope
            for peer, operation_ids in self.services[service].consumes.items()
            for operation_id in operation_ids
            for scope in self.services[peer].contract.operation(operation_id).scopes or ()
        )


def load_manifest(contracts: Path) -> Manifest:
    """Read and check the manifest; raises ContractError naming file, line and what to do."""
    source = read(contracts / "manifest.yaml")
    if not isinstance(source.data, dict) or not isinstance(source.data.get("services"), dict):
        raise ContractError(
            source.path, source.line_of("/services"), "`services:` must be an object of services by name"
        )
    services = {name: _service(contracts, source, name) for name in source.data["services"]}
    title, organisation = (str(source.data.get(key, other)) for key, other in _TEXTS.items())
    manifest = Manifest(source.path, title, services, organisation)
    _check_consumed(source, manifest)
    _check_paths(manifest)
    return manifest


def _service(contracts: Path, source: SourceFile, name: str) -> Service:
    entry = source.data["services"][name]
    missing = [key for key in _NEEDED if not isinstance(entry, dict) or not isinstance(entry.get(key), str)]
    if missing:
        raise ContractError(source.path, source.line_of(f"/services/{name}"), f"{name} needs {', '.join(missing)}")
    return Service(
        name=name,
        owner=entry["owner"],
        audience=entry["audience"],
        contract_path=contracts / entry["contract"],
        database=entry["database"],
        consumes=_consumes(source, name, entry.get("consumes") or {}),
    )


def _consumes(source: SourceFile, name: str, entry: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(entry, dict) or not all(isinstance(operation_ids, list) for operation_ids in entry.values()):
        line = source.line_of(f"/services/{name}/consumes")
        raise ContractError(source.path, line, f"{name}: consumes must be lists of operations by service")
    return {peer: tuple(map(str, operation_ids)) for peer, operation_ids in entry.items()}


def _check_consumed(source: SourceFile, manifest: Manifest) -> None:
    for name, service in manifest.services.items():
        for peer, operation_ids in service.consumes.items():
            pointer = f"/services/{name}/consumes/{peer}"
            if peer not in manifest.services:
                known = ", ".join(manifest.services)
                raise ContractError(
                    source.path, source.line_of(pointer), f"{name} consumes {peer}, which is none of: {known}"
                )
            offered = {operation.id for operation in manifest.services[peer].contract.operations}
            for missing in sorted(set(operation_ids) - offered):
                reason = f"{name} consumes {peer}.{missing}, which {peer}'s contract does not offer"
                raise ContractError(source.path, source.line_of(pointer), reason)


def _check_paths(manifest: Manifest) -> None:
    """All services stand behind one origin, so a path belongs to one of them."""
    owners: dict[str, Service] = {}
    for service in manifest.services.values():
        for operation in service.contract.operations:
            shape = "/".join("{}" if part.startswith("{") else part for part in operation.path.split("/"))
            owner = owners.setdefault(shape, service)
            if owner is not service:
                line = read(service.contract_path).line_of(f"/paths/{escape(operation.path)}")
                taken = f"{operation.path} already belongs to {owner.name} ({owner.contract_path})"
                raise ContractError(service.contract_path, line, f"{taken}; choose another path")
