"""The locks of requirements/, and what pyproject.toml asks them to hold."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.project import ROOT

GROUPS = ("service", "local", "node", "dev")
_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(\[[a-z0-9,._-]+\])?==(?P<version>\S+)")


@dataclass
class Pin:
    """One package of a lock. `asked_for` is set where pyproject.toml itself names it."""

    name: str
    version: str
    hashes: list[str] = field(default_factory=list)
    asked_for: bool = False


def read_lock(path: Path) -> dict[str, Pin]:
    pins: dict[str, Pin] = {}
    pin: Pin | None = None
    for line in path.read_text(encoding="utf-8").splitlines():
        if found := _PIN.match(line):
            pin = pins[found["name"]] = Pin(canonicalize_name(found["name"]), found["version"])
        elif pin and "--hash=sha256:" in line:
            pin.hashes.append(line.partition("sha256:")[2].strip(" \\"))
        elif pin and "(pyproject.toml:" in line:
            pin.asked_for = True
    return pins


def declared(group: str, project: Path = ROOT) -> dict[str, Requirement]:
    """What a dependency group asks for, with the groups it includes."""
    groups = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    wanted: dict[str, Requirement] = {}
    for entry in groups[group]:
        if isinstance(entry, dict):
            wanted |= declared(entry["include-group"], project)
        else:
            requirement = Requirement(entry)
            wanted[canonicalize_name(requirement.name)] = requirement
    return wanted


def differences(wanted: dict[str, Requirement], lock: dict[str, Pin]) -> list[str]:
    """What to do about a lock that is not in step with its group."""
    asked_for = {pin.name for pin in lock.values() if pin.asked_for}
    said = [f"{name} is not locked" for name in sorted(wanted.keys() - asked_for)]
    said += [f"{name} is locked and nobody asks for it" for name in sorted(asked_for - wanted.keys())]
    for name in sorted(asked_for & wanted.keys()):
        if not wanted[name].specifier.contains(lock[name].version, prereleases=True):
            said.append(f"{name} {lock[name].version} is locked and {wanted[name]} asked for")
    return [f"{one}: run `make lock`" for one in said]
