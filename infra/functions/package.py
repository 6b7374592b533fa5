"""Functions as archives: one file of ours and, beside it, the pure Python packages that it needs, as locked."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Mapping
from pathlib import Path

import pulumi

RUNTIME = "python3.13"
ARCHITECTURE = "arm64"


def archive(
    module: str, packages: Iterable[str] = (), more: Mapping[str, pulumi.Asset] | None = None
) -> pulumi.AssetArchive:
    files: dict[str, pulumi.Asset | pulumi.Archive] = {
        f"{module}.py": pulumi.FileAsset(str(Path(__file__).with_name(f"{module}.py")))
    }
    for package in packages:
        place = _place(package)
        files[place.name] = pulumi.FileArchive(str(place)) if place.is_dir() else pulumi.FileAsset(str(place))
    return pulumi.AssetArchive({**files, **(more or {})})


def _place(package: str) -> Path:
    """The folder of a package, or the file of a module."""
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(f"{package} is not installed here: run `make infra`")
    origin = Path(found.origin)
    return origin.parent if origin.name == "__init__.py" else origin
