"""What the mock serves: where its documents come from, and all of them read into one set of routes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from tandem.kit.contract import ContractError, read
from tandem.kit.contract.source import escape
from tandem.mock.openapi import files_of, read_document
from tandem.mock.operations import Document, Operation, read_operations
from tandem.mock.resources import Resources
from tandem.mock.routes import Routes
from tandem.spec.git_ref import unpack
from tandem.spec.manifest import load_manifest


@dataclass(frozen=True, eq=False)
class Loaded:
    """Everything the mock knows of its contracts at one moment; replaced as a whole when a file changes."""

    title: str
    documents: tuple[Document, ...]
    operations: tuple[Operation, ...]
    routes: Routes
    resources: Resources
    stories: Mapping[str, str]

    def operation(self, name: str) -> Operation | None:
        """By `card.freezeCard` or, where that is clear, by `freezeCard`."""
        found = [one for one in self.operations if name in (one.name, one.id)]
        return found[0] if len(found) == 1 else next((one for one in found if one.name == name), None)


class Source(Protocol):
    """Where documents come from. `files` are those to look at for changes."""

    def load(self) -> Loaded: ...

    def files(self) -> set[Path]: ...


class ContractsFolder:
    """Tandem's own contracts, all services behind one origin."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files: set[Path] = set()

    def load(self) -> Loaded:
        manifest = load_manifest(self.folder)
        documents = [
            Document(service.name, str(service.contract_path), service.contract.document, service.contract)
            for service in manifest.services.values()
        ]
        return _loaded(manifest.title, documents, _stories(self.folder / "scenarios.yaml"))

    def files(self) -> set[Path]:
        try:
            entries = read(self.folder / "manifest.yaml").data["services"].values()
            contracts = [self.folder / str(entry["contract"]) for entry in entries]
        except (ContractError, KeyError, TypeError, AttributeError):
            return self._files | {self.folder / "manifest.yaml"}
        self._files = {self.folder / "manifest.yaml", self.folder / "scenarios.yaml"}
        self._files |= set[Path]().union(*(files_of(path) for path in contracts))
        return self._files


class Files:
    """Any OpenAPI documents, named one by one."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self.paths = [path.resolve() for path in paths]

    def load(self) -> Loaded:
        documents = [Document(name, str(path), read_document(path)) for name, path in self._named()]
        title = documents[0].data.get("info", {}).get("title", "Mock") if len(documents) == 1 else "Mock"
        return _loaded(str(title), documents, {})

    def files(self) -> set[Path]:
        return set[Path]().union(*(files_of(path) for path in self.paths))

    def _named(self) -> Iterator[tuple[str, Path]]:
        taken: set[str] = set()
        for path in self.paths:
            stem = path.stem if path.stem != "openapi" else path.parent.name or "openapi"
            name = next(n for i in range(1, 1000) if (n := stem if i == 1 else f"{stem}_{i}") not in taken)
            taken.add(name)
            yield name, path


class GitRef(ContractsFolder):
    """The contracts as a branch, tag or commit has them, unpacked into a folder of their own."""

    def __init__(self, project: Path, ref: str) -> None:
        self._unpacked = tempfile.TemporaryDirectory(prefix="tandem-mock-")
        folder = Path(self._unpacked.name)
        unpack(project, ref, folder, "contracts")
        super().__init__(folder / "contracts")


def _loaded(title: str, documents: list[Document], stories: Mapping[str, str]) -> Loaded:
    operations = tuple(one for document in documents for one in _operations(document))
    _refuse_shared_paths(operations)
    resources = Resources(operations)
    return Loaded(title, tuple(documents), operations, Routes(operations), resources, stories)


def _operations(document: Document) -> list[Operation]:
    try:
        return list(read_operations(document))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        reason = f"cannot be understood: {type(error).__name__} {error}"
        raise ContractError(Path(document.origin), None, reason) from error


def _refuse_shared_paths(operations: Iterable[Operation]) -> None:
    """All documents stand behind one origin, so an operation belongs to one of them."""
    owners: dict[tuple[str, str], Operation] = {}
    for one in operations:
        shape = "/".join("{}" if part.startswith("{") else part for part in one.path.split("/"))
        owner = owners.setdefault((one.method, shape), one)
        if owner.document is not one.document:
            origin = Path(one.document.origin)
            reason = (
                f"{one.method} {one.path} already belongs to {owner.document.origin}; serve one of them, or move it"
            )
            raise ContractError(origin, read(origin).line_of(f"/paths/{escape(one.path)}"), reason)


def _stories(path: Path) -> dict[str, str]:
    """Each scenario's story, in the order of the file. A project may have none."""
    if not path.exists():
        return {}
    data: Any = read(path).data
    try:
        return {name: str(entry["story"]) for name, entry in data["scenarios"].items()}
    except (KeyError, TypeError, AttributeError) as error:
        raise ContractError(path, None, "must be `scenarios:`, each with a `story`") from error


__all__ = ["ContractsFolder", "Files", "GitRef", "Loaded", "Source"]
