"""The written list of operations that nobody tests, each with its reason: no gate counts one of them as passed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tandem.kit.contract import read

LIST = Path("tests/architecture/untested-operations.yaml")


def untested_operations(project: Path, service: str) -> Mapping[str, str]:
    """The reason by operation; raises ContractError for a list that cannot be read."""
    if not (project / LIST).exists():
        return {}
    found = read(project / LIST).data or {}
    names = {str(name).partition("."): str(reason) for name, reason in found.items()}
    return {operation: reason for (owner, _, operation), reason in names.items() if owner == service}
