"""contracts/environments.yaml: which versions of which service run where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tandem.kit.contract import ContractError, SourceFile, read
from tandem.kit.contract.source import escape
from tandem.spec.manifest import Manifest
from tandem.spec.releases import released

FILE = "environments.yaml"
# This machine, on which every service runs as it is in the tree.
LOCAL = "local"

# The contract of each version of a service that runs there; None where nobody has it any more.
Versions = Mapping[str, Path | None]
Deployed = Mapping[str, Versions]


def read_environments(manifest: Manifest) -> dict[str, Deployed]:
    """By name. Raises ContractError naming the line that is wrong."""
    local = {name: {service.contract.version: service.contract_path} for name, service in manifest.services.items()}
    path = manifest.path.parent / FILE
    return {LOCAL: local, **(_environments(read(path), manifest) if path.exists() else {})}


def _environments(source: SourceFile, manifest: Manifest) -> dict[str, Deployed]:
    listed = source.data.get("environments") if isinstance(source.data, dict) else None
    if not isinstance(listed, dict):
        raise ContractError(source.path, 1, "must be `environments:`, each with its services and their versions")
    if LOCAL in listed:
        line = source.line_of(f"/environments/{LOCAL}")
        raise ContractError(source.path, line, f"`{LOCAL}` is this machine, where everything runs as it is in the tree")
    return {name: _deployed(source, f"/environments/{escape(name)}", entry, manifest) for name, entry in listed.items()}


def _deployed(source: SourceFile, pointer: str, entry: Any, manifest: Manifest) -> Deployed:
    if not isinstance(entry, dict | None):
        raise ContractError(source.path, source.line_of(pointer), "must say a version for each service that runs there")
    found = {}
    for name, said in (entry or {}).items():
        line = source.line_of(f"{pointer}/{escape(name)}")
        if name not in manifest.services:
            raise ContractError(source.path, line, f"{name} is none of: {', '.join(manifest.services)}")
        versions = said if isinstance(said, list) else [said]
        if not versions or not all(isinstance(one, str) for one in versions):
            raise ContractError(source.path, line, f"{name} needs a version such as 1.2.0, or a list of them")
        found[name] = _versions(manifest, name, versions)
    return found


def _versions(manifest: Manifest, service: str, versions: Iterable[str]) -> Versions:
    known = released(manifest.services[service].contract_path)
    return {version: known.get(version) for version in versions}
