"""From a description to a contract on disk: nothing is written unless the house rules have nothing to say."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tandem.draft.contract import as_contract
from tandem.draft.description import Description
from tandem.draft.house import House, read_house
from tandem.draft.mistakes import Mistake, NotUnderstood
from tandem.draft.names import kebab
from tandem.draft.questions import Interview
from tandem.draft.reading import decoded
from tandem.draft.shared import Shared
from tandem.draft.understanding import understand
from tandem.draft.writing import as_yaml
from tandem.spec.lint import lint_file


@dataclass(frozen=True)
class Draft:
    description: Description
    path: Path


def draft(file: Path, contracts: Path, out: Path | None, interview: Interview) -> Draft:
    """Raises NotUnderstood, Unanswered, ContractError for the shared contracts, or OSError."""
    house = read_house(contracts)
    description = understand(decoded(file.read_bytes()), file.name, house, interview)
    interview.finish()
    folder = out or contracts.parent / "drafts" / _folder(description)
    existed = folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    text = _written(description, house, Shared(os.path.relpath(contracts / "common", folder)), interview)
    try:
        return Draft(description, _put(text, folder, house))
    except BaseException:
        if not existed:
            folder.rmdir()
        raise


def _folder(description: Description) -> str:
    return kebab(description.title) or kebab(description.things[0].plural)


def _written(description: Description, house: House, shared: Shared, interview: Interview) -> str:
    remarks = [f"Drafted from {description.source} by `tandem draft`. What follows was taken without being told:"]
    remarks += [f"- {one}" for one in interview.decisions]
    return as_yaml(
        as_contract(description, house, shared), remarks if interview.decisions else [remarks[0].split(" What")[0]]
    )


def _put(text: str, folder: Path, house: House) -> Path:
    """Held against the rules in the place where it is to stand, for its references begin there."""
    handle, name = tempfile.mkstemp(dir=folder, prefix=".draft-", suffix=".yaml")
    path = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as written:
            written.write(text)
        if findings := lint_file(path, house.rules, house=True):
            raise NotUnderstood(
                *(Mistake(0, f"{one.operation or 'The contract'}: {one.message} {one.fix}") for one in findings)
            )
        path.chmod(0o644)
        return path.replace(folder / "openapi.yaml")
    finally:
        path.unlink(missing_ok=True)
