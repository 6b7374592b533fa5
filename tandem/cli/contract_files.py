"""What `tandem contract` is asked about: a service by its name, or any file."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from tandem.kit.contract import ContractError
from tandem.local.state import Home
from tandem.local.suggestions import one_of
from tandem.local.trouble import Trouble
from tandem.spec.lint import contract_paths
from tandem.spec.manifest import Manifest, Service, load_manifest

Services = Annotated[list[str] | None, typer.Argument(help="Services; all when none is named.", show_default=False)]


@dataclass(frozen=True)
class Target:
    """`service` is empty for a file that is no service's contract."""

    path: Path
    service: str = ""


def targets(home: Home, names: Sequence[str] | None) -> list[Target]:
    """Every service when none is named. A file that is a service's contract counts as that service."""
    try:
        known = contract_paths(home.contracts)
    except ContractError as error:
        raise Trouble(str(error)) from error
    return [_target(name, known) for name in names or known]


def chosen(home: Home, names: Sequence[str] | None) -> tuple[Manifest, list[Service]]:
    """The manifest and the services of these names; all when none is named."""
    manifest = load_manifest(home.contracts)
    known = manifest.services
    return manifest, [known[one_of(name, known, "service")] for name in names or known]


@contextmanager
def reading(target: Target) -> Iterator[None]:
    """Says what is being read, for documents that take a moment, and nothing where nobody watches."""
    try:
        with Console(stderr=True).status(f"Reading {short(target.path)}"):
            yield
    except RecursionError as error:
        raise Trouble(f"{short(target.path)}: is nested too deeply to be read.") from error


def short(path: Path) -> str:
    """As a person at this folder would write it."""
    return min(os.path.relpath(path), str(path), key=len)


def _target(name: str, known: dict[str, Path]) -> Target:
    if name in known:
        return Target(known[name], name)
    path = Path(name)
    if not path.exists() and (path.suffix or len(path.parts) > 1):
        raise Trouble(f"{name}: there is no such file.")
    if not path.exists():
        one_of(name, known, "service or file")
    service = next((one for one, contract in known.items() if contract.resolve() == path.resolve()), "")
    return Target(path, service)
