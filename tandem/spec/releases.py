"""What was shipped of a contract: `released/<version>.yaml` beside it, listed in SHA256SUMS, never edited."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tandem.kit.contract import Contract, ContractError, read
from tandem.spec.bundle import to_yaml
from tandem.spec.manifest import Service
from tandem.spec.versions import Version

CHECKSUMS = "SHA256SUMS"
_BEFORE = Version(-1, 0, 0)


def released(contract: Path) -> dict[str, Path]:
    """What was shipped of the contract at this path, by version, the oldest first."""
    files = (contract.parent / "released").glob("*.yaml")
    return {
        path.stem: path for path in sorted(files, key=lambda path: (Version.parse(path.stem) or _BEFORE, path.stem))
    }


def last_release(contract: Path) -> Path | None:
    return next(reversed(released(contract).values()), None)


def release(service: Service) -> Path:
    """Keep the contract as it is under its version; raises ContractError when that version was shipped differently."""
    contract = service.contract
    path = _released_path(contract)
    if path.exists():
        if read(path).data == contract.document:
            return path
        raise ContractError(contract.path, version_line(contract), _reuse(contract))
    path.parent.mkdir(exist_ok=True)
    path.write_text(to_yaml(contract.document), encoding="utf-8")
    checksums = {**_checksums(path.parent), path.name: _digest(path)}
    lines = [f"{digest}  {name}\n" for name, digest in sorted(checksums.items())]
    (path.parent / CHECKSUMS).write_text("".join(lines), encoding="utf-8")
    return path


def set_version(service: Service, version: Version) -> Service:
    """The service after another version was written into its contract's file; the rest of it stays as it is."""
    contract = service.contract
    lines = contract.path.read_text(encoding="utf-8").splitlines(keepends=True)
    at = (version_line(contract) or 1) - 1
    written = re.compile(rf"(version[\"']?\s*:\s*[\"']?){re.escape(contract.version)}")
    lines[at] = written.sub(rf"\g<1>{version}", lines[at], count=1)
    contract.path.write_text("".join(lines), encoding="utf-8")
    return replace(service)


def release_complaints(service: Service) -> Iterator[str]:
    """A sentence for each released file that is not what was released."""
    contract = service.contract
    folder = contract.path.parent / "released"
    listed = _checksums(folder)
    kept = {path.name: path for path in folder.glob("*.yaml")}
    for name in sorted(kept.keys() - listed.keys()):
        yield f"{kept[name]}: is not listed in {CHECKSUMS}; `tandem contract release` writes both"
    for name in sorted(listed.keys() - kept.keys()):
        yield f"{folder / name}: was released and is gone; bring it back from git"
    for name in sorted(kept.keys() & listed.keys()):
        if _digest(kept[name]) != listed[name]:
            yield f"{kept[name]}: a released contract is never edited; undo the edit and release a new version"
    released = _released_path(contract)
    if released.exists() and read(released).data != contract.document:
        yield f"{contract.path}:{version_line(contract)}: {_reuse(contract)}"


def _released_path(contract: Contract) -> Path:
    return contract.path.parent / "released" / f"{contract.version}.yaml"


def version_line(contract: Contract) -> int | None:
    return read(contract.path).line_of("/info/version")


def _reuse(contract: Contract) -> str:
    return (
        f"{contract.version} was released and said something else; give the changed contract a new version, "
        "as `tandem contract release` does"
    )


def _checksums(folder: Path) -> dict[str, str]:
    try:
        lines = (folder / CHECKSUMS).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    return {name: digest for digest, name in (line.split(maxsplit=1) for line in lines)}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
