"""Known faults of the packages that a service image carries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tandem.gate.safety.licences import LOCK
from tandem.gate.safety.scanner import CouldNotLook, NothingThere, Place, Program, Sighting


def _options(place: Place) -> list[str]:
    if not place.existing(LOCK):
        raise NothingThere(f"there is no {LOCK}")
    only_read = ("--require-hashes", "--disable-pip", "--progress-spinner", "off", "--timeout", "5")
    return ["--requirement", LOCK, "--format", "json", *only_read]


def _faults(place: Place, document: dict[str, Any]) -> Iterator[Sighting]:
    packages = document["dependencies"]
    for package in packages:
        for fault in package.get("vulns", ()):
            yield _sighting(place, package, fault)
    # A package that its database does not know is no safe package, whatever the exit code says.
    unknown = [package["name"] for package in packages if "skip_reason" in package]
    if unknown and not any(package.get("vulns") for package in packages):
        told = f"the database of vulnerabilities knows nothing of {len(unknown)} of {len(packages)} packages"
        raise CouldNotLook(f"{told} ({', '.join(unknown[:3])}{', ...' if len(unknown) > 3 else ''})")
    if not packages:
        raise CouldNotLook(f"it found no package in {LOCK}")


def _sighting(place: Place, package: dict[str, Any], fault: dict[str, Any]) -> Sighting:
    versions = fault["fix_versions"]
    return Sighting(
        fault["id"],
        LOCK,
        _line(place, package["name"]),
        f"{package['name']} {package['version']} has a known fault: {fault['description'].partition(chr(10))[0][:200]}",
        f"Take {versions[0]} or later: `make lock`."
        if versions
        else "No version mends it yet: do without, or shield it.",
        package["name"],
    )


def _line(place: Place, package: str) -> int | None:
    lines = (place.project / LOCK).read_text("utf-8").splitlines()
    return next((at for at, line in enumerate(lines, 1) if line.startswith((f"{package}==", f"{package}["))), None)


PIP_AUDIT = Program("pip-audit", f"the packages of {LOCK}", _options, _faults, seconds=20.0)
