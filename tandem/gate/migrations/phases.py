"""What each phase may do, so that the release before this one runs on the new schema."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tandem.gate.migrations.statements import Statement
from tandem.kit.migrations.revisions import Revision

_MOVES_DATA = re.compile(r"(?:WITH\b.*?\)\s*)?(?:UPDATE|DELETE|MERGE|INSERT INTO\b.*?\bSELECT)\b")
_CHANGES_SCHEMA = re.compile(r"(?:CREATE|ALTER|DROP|RENAME|TRUNCATE)\b")
_OF_ALEMBIC = {"BEGIN", "COMMIT"}


@dataclass(frozen=True)
class Breach:
    rule: str
    said: str
    advice: str
    line: int | None = None


def breaches(revision: Revision, said: Iterable[Statement]) -> Iterator[Breach]:
    """What Squawk cannot know: it sees statements and no phases."""
    for statement in said:
        words = statement.words
        if words in _OF_ALEMBIC:
            continue
        if revision.phase != "backfill" and _MOVES_DATA.match(words):
            yield Breach(
                "moves-data",
                f"moves data in a revision of the phase {revision.phase} ({words[:60]})",
                "Move data in a revision of the phase backfill: that one may take its time.",
                statement.line,
            )
        if revision.phase == "backfill" and _CHANGES_SCHEMA.match(words):
            yield Breach(
                "changes-schema",
                f"changes the schema in a revision of the phase backfill ({words[:60]})",
                "Change the schema in a revision of its own, of the phase expand or contract.",
                statement.line,
            )


def too_early(new: Iterable[Revision]) -> Iterator[tuple[Revision, Breach]]:
    """A contract revision in one release with what makes it possible: the release before still uses what it removes."""
    expanded: Revision | None = None
    for revision in new:
        if revision.phase != "contract":
            expanded = revision
        elif expanded is not None:
            said = f"removes in the same release in which {expanded.id} ({expanded.phase}) makes it possible"
            advice = (
                "Ship what expands first; contract in a later release, when no instance reads the old form any more."
            )
            yield revision, Breach("contracts-too-early", said, advice)
