"""A diff as it is told to people and machines: every finding in words, with its place and the waiver that covers it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tandem.spec.diff.document import Document, Place
from tandem.spec.diff.findings import Diff, Finding, Grade
from tandem.spec.diff.names import Plain, harmless, words
from tandem.spec.diff.operations import operations
from tandem.spec.diff.waivers import Waiver
from tandem.spec.diff.wording import Said, said

# How a person at this folder would write a path.
Short = Callable[[Path], str]


@dataclass(frozen=True, slots=True)
class Told:
    """One finding. `contracts` are the titles of those that show it, `thing` what it is about in plain words."""

    finding: Finding
    said: Said
    place: str
    file: str
    contracts: tuple[str, ...]
    thing: str
    waiver: Waiver | None = None

    @property
    def grade(self) -> Grade:
        return self.finding.grade

    @property
    def counts(self) -> bool:
        return self.waiver is None

    @property
    def line(self) -> str:
        """The thing and what changed of it: "Invoice: a new optional field *reminder date*"."""
        plain = self.said.plain
        if not self.thing or self.finding.change.subject in self.finding.operations:
            return plain
        return f"{self.thing[:1].upper()}{self.thing[1:]}: {plain[:1].lower()}{plain[1:]}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Of one contract. `base` and `revision` are what a person called the two sides."""

    title: str
    base: str
    revision: str
    told: tuple[Told, ...]
    defects: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """`complaints` are about waivers that do not hold."""

    comparisons: tuple[Comparison, ...]
    told: tuple[Told, ...]
    complaints: tuple[str, ...] = ()

    @property
    def is_breaking(self) -> bool:
        return any(self.of(Grade.BREAKING))

    @property
    def waived(self) -> list[Told]:
        return [one for one in self.told if not one.counts]

    @property
    def defects(self) -> list[str]:
        return list(dict.fromkeys(defect for one in self.comparisons for defect in one.defects))

    @property
    def summary(self) -> dict[str, int]:
        counts = Counter(one.grade for one in self.told if one.counts)
        return {**{grade.value: counts[grade] for grade in Grade}, "waived": len(self.waived)}

    def of(self, grade: Grade) -> list[Told]:
        return [one for one in self.told if one.counts and one.grade is grade]


def comparison(
    names: tuple[str, str],
    documents: tuple[Document, Document],
    diff: Diff,
    waivers: Mapping[str, Waiver],
    short: Short,
) -> Comparison:
    base, revision = documents
    title = _title(revision) or _title(base) or revision.path.stem
    plain = Plain(dict((*_summaries(base), *_summaries(revision))))
    told = tuple(_told(one, title, plain, waivers, short) for one in diff.findings)
    defects = tuple(f"{_place(defect.place, short)}: {defect.reason}" for defect in diff.defects)
    return Comparison(title, *names, told, defects)


def report(comparisons: Iterable[Comparison], complaints: Iterable[str] = ()) -> Report:
    """All of them together. What several contracts share is told once."""
    kept = tuple(comparisons)
    merged: dict[tuple[str, str], Told] = {}
    for one in (told for each in kept for told in each.told):
        key = (one.finding.fingerprint, one.file)
        known = merged.get(key)
        merged[key] = one if known is None else _both(known, one)
    order = list(Grade)
    return Report(kept, tuple(sorted(merged.values(), key=lambda one: order.index(one.grade))), tuple(complaints))


def _both(known: Told, other: Told) -> Told:
    first, second = known.finding, other.finding
    finding = replace(
        first,
        grade=min(first.grade, second.grade, key=list(Grade).index),
        operations=list(dict.fromkeys((*first.operations, *second.operations))),
        breaks=list(dict.fromkeys((*first.breaks, *second.breaks))),
    )
    return replace(
        known,
        finding=finding,
        said=known.said if len(first.breaks) >= len(second.breaks) else other.said,
        contracts=tuple(dict.fromkeys((*known.contracts, *other.contracts))),
    )


def _told(finding: Finding, title: str, plain: Plain, waivers: Mapping[str, Waiver], short: Short) -> Told:
    waiver = waivers.get(finding.fingerprint) if finding.grade is not Grade.NOTE else None
    name = finding.component.partition("/")[2]
    first = finding.operations[0] if finding.operations else ""
    thing = words(name) if name else harmless(plain.summaries.get(first) or first)
    place = _place(finding.place, short)
    return Told(finding, said(finding, plain), place, short(finding.place.file), (title,), thing, waiver)


def _place(place: Place, short: Short) -> str:
    return f"{short(place.file)}:{place.line}" if place.line else short(place.file)


def _title(document: Document) -> str:
    info = document.root.get("info")
    title = info.get("title") if isinstance(info, dict) else None
    return harmless(str(title)) if title else ""


def _summaries(document: Document) -> Iterator[tuple[str, str]]:
    for one in operations(document):
        summary = one.raw.get("summary")
        yield one.name, summary if isinstance(summary, str) else ""


def as_json(told: Report) -> dict[str, Any]:
    return {
        "breaking": told.is_breaking,
        "summary": told.summary,
        "contracts": [{"title": one.title, "base": one.base, "revision": one.revision} for one in told.comparisons],
        "findings": [_finding(one) for one in told.told],
        "defects": told.defects,
        "waivers": list(told.complaints),
    }


def _finding(told: Told) -> dict[str, Any]:
    finding = told.finding
    return {
        "rule": finding.rule,
        "grade": finding.grade.value,
        "fingerprint": finding.fingerprint,
        "contracts": list(told.contracts),
        "who": [f"clients {'sending' if one.value == 'request' else 'reading'}" for one in finding.breaks],
        "operations": finding.operations,
        "place": {"file": told.file, "line": finding.place.line, "pointer": finding.place.pointer},
        "subject": finding.change.subject,
        "before": finding.change.before,
        "after": finding.change.after,
        "said": " ".join([f"{told.said.what}.", *told.said.who]),
        "plain": told.said.plain,
        "advice": told.said.advice,
        "waived": told.waiver.as_json() if told.waiver else None,
    }
