"""What a change means for those who use the API: graded, put together, and named so that it can be waived."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from tandem.spec.diff.changes import Change, Direction, Effect
from tandem.spec.diff.document import Defect, Document, Place
from tandem.spec.diff.walk import Again, Progress, Seen, Walk


class Grade(StrEnum):
    BREAKING = "breaking"
    WARNING = "warning"
    NOTE = "note"


_ORDER = list(Grade)
# What is gone is one thing to who sends it and another to who reads it: it is told to whom it matters.
_TWOFOLD = frozenset({"property-removed", "required-property-removed", "property-unknown"})
# A member that is new and must be there is told once, by what breaks.
_OF_ONE_MEMBER = frozenset({"property-let-in", "required-property-added"})


@dataclass(slots=True)
class Finding:
    """One change of a contract, with every operation that shows it.

    `component` names the shared part that changed, "" when an operation itself did; `path` leads from the first
    operation, or from the component, to the spot.
    """

    rule: str
    grade: Grade
    change: Change
    component: str
    path: tuple[str, ...]
    place: Place
    was: Place | None
    operations: list[str] = field(default_factory=list)
    breaks: list[Direction] = field(default_factory=list)
    seen: list[Direction] = field(default_factory=list)

    @property
    def fingerprint(self) -> str:
        """The same for the same change after lines moved or other operations came to use the component."""
        where = self.component or (self.operations[0] if self.operations else "")
        parts = (self.rule, where, self.place.pointer, self.change.subject, self.change.before, self.change.after)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Diff:
    """Every finding, the worst first, and what of the documents could not be followed."""

    findings: list[Finding]
    defects: list[Defect]

    def of(self, grade: Grade) -> list[Finding]:
        return [one for one in self.findings if one.grade is grade]

    @property
    def is_breaking(self) -> bool:
        return bool(self.of(Grade.BREAKING))


def compare(base: Path, revision: Path, today: date, progress: Progress) -> Diff:
    """What changed from one document to the other. Raises ContractError when either cannot be read at all."""
    return differences(Document(base), Document(revision), today, progress)


def differences(old: Document, new: Document, today: date, progress: Progress) -> Diff:
    """The same for documents that are read already."""
    found = _Gathering(old, new).gather(Walk(old, new, today).run(progress))
    known = {defect.reason for defect in new.defects}
    return Diff(found, [*new.defects, *(defect for defect in old.defects if defect.reason not in known)])


class _Gathering:
    """One finding for a change, however many operations and both directions show it."""

    def __init__(self, base: Document, revision: Document) -> None:
        self._base, self._revision = base, revision
        self._found: dict[Any, Finding] = {}
        self._by_change: dict[int, dict[str, None]] = {}
        self._operations: dict[int, dict[str, None]] = {}

    def gather(self, seen: Iterable[Seen | Again]) -> list[Finding]:
        for one in seen:
            if isinstance(one, Again):
                name = one.operation.name
                for change in one.changes:
                    self._by_change[id(change)][name] = None
            else:
                self._add(one)
        for finding in self._found.values():
            finding.operations = [*self._operations[id(finding)]]
        worse = {_member(one) for one in self._found.values() if one.grade is not Grade.NOTE}
        found = (
            one
            for one in self._found.values()
            if one.grade is not Grade.NOTE
            or not (one.rule in _TWOFOLD or (one.rule in _OF_ONE_MEMBER and _member(one) in worse))
        )
        return sorted(found, key=lambda one: _ORDER.index(one.grade))

    def _add(self, seen: Seen) -> None:
        change = seen.change
        key: tuple[object, ...] = (
            change.rule,
            change.subject,
            change.before,
            change.after,
            id(change.base),
            id(change.revision),
        )
        if not change.has_place:
            key = (*key, seen.operation.name if seen.operation else "", seen.path)
        finding = self._found.get(key) or self._found.setdefault(key, self._finding(seen))
        grade = _grade(change, seen.direction)
        finding.grade = min(finding.grade, grade, key=_ORDER.index)
        if grade is not Grade.NOTE and seen.direction not in finding.breaks:
            finding.breaks.append(seen.direction)
        if seen.direction not in finding.seen:
            finding.seen.append(seen.direction)
        operations = self._by_change[id(change)] = self._operations.setdefault(id(finding), {})
        if seen.operation is not None:
            operations[seen.operation.name] = None

    def _finding(self, seen: Seen) -> Finding:
        change = seen.change
        was = self._base.place(change.base, _present(change.base, change.keyword)) if change.base is not None else None
        now = None
        if change.revision is not None:
            now = self._revision.place(change.revision, _present(change.revision, change.keyword))
        place = now or was or self._revision.place(self._revision.root)
        line = _line_of_member(self._revision, change.revision, change) or place.line
        return Finding(change.rule, Grade.NOTE, change, component(place), seen.path, replace(place, line=line), was)


def _line_of_member(document: Document, part: Any, change: Change) -> int | None:
    """The own line of a member that a list of members names."""
    named = part.get(change.keyword) if isinstance(part, dict) and change.keyword == "properties" else None
    return document.place(named, change.subject).line if isinstance(named, dict) and change.subject in named else None


def _member(finding: Finding) -> tuple[bool, str, int]:
    return finding.rule in _OF_ONE_MEMBER, finding.change.subject, id(finding.change.revision)


def component(place: Place) -> str:
    """`schemas/Card` for a place inside that component, "" elsewhere."""
    parts = place.pointer.split("/")
    return "/".join(parts[2:4]) if len(parts) > 3 and parts[1] == "components" else ""


def _present(part: Any, keyword: str | None) -> str | None:
    return keyword if isinstance(part, dict) and keyword in part else None


def _grade(change: Change, direction: Direction) -> Grade:
    if change.effect is Effect.NOTES or not direction.breaks(change.effect):
        return Grade.NOTE
    return Grade.WARNING if change.mild else Grade.BREAKING
