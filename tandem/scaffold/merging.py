"""Three ways of one file: as the template had it, as it has it now, and as the service made it its own."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tandem.local.trouble import Refused
from tandem.scaffold.git import ask


class Came(StrEnum):
    """What became of a file. The words are those people read."""

    UNTOUCHED = "untouched"
    UPDATED = "updated"
    ADDED = "added"
    MERGED = "merged with your changes"
    CONFLICT = "conflict"
    STAYS_DELETED = "deleted here, and stays so"
    REMOVED = "removed, as from the template"
    KEPT = "gone from the template, kept for your changes"


@dataclass(frozen=True)
class Merged:
    """`content` is None where there is no file."""

    came: Came
    content: bytes | None


@dataclass(frozen=True)
class Labels:
    """What the sides of a conflict are called."""

    ours: str
    before: str
    now: str


def merge(ours: bytes | None, before: bytes | None, now: bytes | None, labels: Labels) -> Merged:
    if now in {before, ours}:
        return Merged(Came.UNTOUCHED, ours)
    if now is None:
        return Merged(Came.REMOVED, None) if ours == before else Merged(Came.KEPT, ours)
    if ours is None:
        return Merged(Came.ADDED, now) if before is None else Merged(Came.STAYS_DELETED, None)
    if ours == before:
        return Merged(Came.UPDATED, now)
    return _by_lines(ours, before or b"", now, labels)


def _by_lines(ours: bytes, before: bytes, now: bytes, labels: Labels) -> Merged:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = [folder / side for side in ("ours", "before", "now")]
        for file, text in zip(files, (ours, before, now), strict=True):
            file.write_bytes(text)
        named = [word for label in (labels.ours, labels.before, labels.now) for word in ("-L", label)]
        done = ask(folder, "merge-file", "--quiet", *named, *map(str, files))
        # It ends with the number of conflicts; 128 and more is trouble of its own.
        if done.returncode >= 128:
            raise Refused(f"git cannot merge {labels.ours}: {done.stderr.strip()}")
        return Merged(Came.CONFLICT if done.returncode else Came.MERGED, files[0].read_bytes())
