"""contracts/manifest.yaml as typed values, checked against the contracts it speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tandem.kit.contract import Contract, ContractError, SourceFile, load_contract, read


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
    try:
        services = {name: _service(contracts, name, entry) for name, entry in source.data["services"].items()}
        manifest = Manifest(source.path, source.data["title"], services)
    except (KeyError, TypeError, AttributeError) as error:
        raise ContractError(
            source.path, None, f"is not a complete manifest: {error} is missing or of the wrong kind"
        ) from error
    _check_consumed(source, manifest)
    _check_paths(manifest)
    return manifest


def _service(contracts: Path, name: str, entry: Mapping[str, object]) -> Service:
    consumes = entry.get("consumes") or {}
    assert isinstance(consumes, dict)
    return Service(
        name=name,
        owner=str(entry["owner"]),
        audience=str(entry["audience"]),
        contract_path=contracts / str(entry["contract"]),
        database=str(entry["database"]),
        consumes={peer: tuple(operation_ids) for peer, operation_ids in consumes.items()},
    )


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
                line = read(service.contract_path).line_of(
                    "/paths/" + operation.path.replace("~", "~0").replace("/", "~1")
                )
                reason = (
                    f"{operation.path} already belongs to {owner.name} ({owner.contract_path}); choose another path"
                )
                raise ContractError(service.contract_path, line, reason)
