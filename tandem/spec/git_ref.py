"""Contracts as a branch, tag or commit has them."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path

from tandem.kit.contract import ContractError

_DOCUMENTS = frozenset({".yaml", ".yml", ".json"})


def unpack(project: Path, ref: str, folder: Path, wanted: str = "") -> None:
    """Write `wanted`, a folder of the project, as it is at `ref` below `folder`; every document when none is said."""
    command = ["git", "-C", str(project), "archive", "--format=tar", ref, *([wanted] if wanted else [])]
    # What begins with a dash is an option to git, and `--output=` writes files.
    done = None if ref.startswith("-") else subprocess.run(command, check=False, capture_output=True)
    if done is None or done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip().splitlines() if done else []
        reason = said[-1] if said else "git knows no such branch, tag or commit"
        raise ContractError(project, None, f"has no {wanted or 'files'} at git ref {ref!r}: {reason}")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        _write(archive, folder, only_documents=not wanted)


def _write(archive: tarfile.TarFile, folder: Path, *, only_documents: bool) -> None:
    """Its plain files. `extractall` has a safe filter only from Python 3.11.4 on."""
    for member in archive:
        if only_documents and Path(member.name).suffix not in _DOCUMENTS:
            continue
        content = archive.extractfile(member) if member.isfile() else None
        if content is not None:
            path = folder / member.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.read())
