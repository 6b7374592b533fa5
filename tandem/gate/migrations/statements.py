"""The SQL that a revision would run, asked of the revision itself without a database."""

from __future__ import annotations

import importlib.util
import io
import re
from dataclasses import dataclass

from alembic.migration import MigrationContext
from alembic.operations import Operations

from tandem.kit.migrations.revisions import Revision

_SPACE = re.compile(r"\s+")
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)


class NeedsDatabase(Exception):
    """What it would do depends on what is in the database, or it breaks without one."""


@dataclass(frozen=True)
class Statement:
    """`line` is where it begins in the revision's file; None when it is put together there."""

    text: str
    line: int | None

    @property
    def words(self) -> str:
        """In capitals, without comments, a space between words."""
        return _SPACE.sub(" ", _COMMENT.sub(" ", self.text)).strip().upper()


class _Kept(io.TextIOBase):
    """Alembic writes one statement at a time; a file of them all could not be taken apart again."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def write(self, text: str) -> int:
        self.said.append(text.strip().removesuffix(";").rstrip("; "))
        return len(text)


def statements(revision: Revision) -> list[Statement]:
    """Raises NeedsDatabase."""
    kept = _Kept()
    context = MigrationContext.configure(
        dialect_name="postgresql", opts={"as_sql": True, "output_buffer": kept, "literal_binds": True}
    )
    spec = importlib.util.spec_from_file_location(f"revision_{revision.id}", revision.path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    try:
        with Operations.context(context):
            spec.loader.exec_module(module)
            module.upgrade()
    except Exception as error:
        # A revision is a program of the team's and may do anything.
        raise NeedsDatabase(f"{type(error).__name__}: {error}".partition("\n")[0]) from error
    source = revision.path.read_text("utf-8")
    return [Statement(text, _line(source, text)) for text in kept.said]


def _line(source: str, text: str) -> int | None:
    at = source.find(text.partition("\n")[0].strip())
    return source.count("\n", 0, at) + 1 if at >= 0 else None
