"""Whether contracts are what they claim: valid OpenAPI 3.1 whose every example fits its own schema."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tandem.kit.contract import SourceFile
from tandem.spec.bundle import bundle_all
from tandem.spec.document import Document, assemble
from tandem.spec.examples import example_complaints
from tandem.spec.manifest import Manifest, Service
from tandem.spec.releases import release_complaints
from tandem.spec.validity import validity_complaints


def service_complaints(service: Service) -> list[str]:
    """A sentence with file and line for everything that is wrong with one contract."""
    return [*contract_complaints(service.contract_path), *release_complaints(service)]


def contract_complaints(contract: Path) -> list[str]:
    """The same for the contract alone, whatever was released of it."""
    document = assemble(contract)
    found = [f"{one.place}: {one.reason}" for one in document.mistakes]
    found += [
        f"{document.place(pointer)}: {said} (at {pointer})"
        for pointer, said in (*validity_complaints(document), *example_complaints(document))
    ]
    return found


def bundle_complaints(manifest: Manifest) -> list[str]:
    """The same for all contracts as one document: what only goes wrong between them."""
    whole = SourceFile(manifest.path, bundle_all(manifest.path.parent), dict)
    document = Document(whole, whole.data, (), {})
    return [f"all contracts together, at {pointer}: {said}" for pointer, said in validity_complaints(document)]


def stale_files(wanted: Mapping[Path, str]) -> list[Path]:
    """Those of the generated files that are not, or no longer, what the contract gives."""
    return [path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
