"""A diff as a comment on a pull request: the verdict first, then who breaks, then what is new, then the exact places.

Everything but the exact places is in the words of a product manager.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from tandem.spec.diff.findings import Grade
from tandem.spec.diff.report import Report, Told
from tandem.spec.diff.text import WAIVE, verdict

# By this the comment is found again and edited in place.
MARKER = "<!-- tandem contract diff -->"
# GitHub refuses a comment of more than 65,536 characters; some are left for what is said about the rest.
LONGEST = 65_536
_RESERVED = 1_500
_OPERATIONS = 5

Rows = Iterable[str]


def markdown(report: Report) -> str:
    """Bounded: what does not fit is counted."""
    page = _Page(LONGEST - _RESERVED)
    page.add(f"{MARKER}\n## Contracts: {verdict(report)}\n")
    breaking, warnings, notes = (report.of(grade) for grade in Grade)
    if breaking:
        page.rows(
            "\n### What breaks, and for whom\n\n" + _head("What changes", "Who breaks", "Instead"), map(_row, breaking)
        )
        page.add(f"\nIf it is agreed all the same, waive it until a day: `{WAIVE}`\n")
    if warnings:
        page.rows("\n### What may break\n\n" + _head("What changes", "Who may break", "Instead"), map(_row, warnings))
    if report.complaints:
        page.rows("\n### Waivers that do not hold\n\n", (f"- {_cell(one)}\n" for one in report.complaints))
    if notes:
        page.rows("\n### What else is new\n", _grouped(notes))
    if report.waived:
        page.rows(_opened("Waived", len(report.waived)), map(_waived, report.waived), _CLOSED)
    if report.told:
        head = _head("Grade", "Change", "Operations", "Place", "Fingerprint")
        page.rows(_opened("Exact places, for developers", len(report.told)) + head, map(_exact, report.told), _CLOSED)
    if report.defects:
        page.rows(
            _opened("Parts that could not be followed", len(report.defects)),
            (f"- `{_code(one)}`\n" for one in report.defects),
            _CLOSED,
        )
    return page.text


_CLOSED = "\n</details>\n"


class _Page:
    def __init__(self, room: int) -> None:
        self._room = room
        self._parts: list[str] = []

    @property
    def text(self) -> str:
        return "".join(self._parts)

    def add(self, text: str) -> None:
        self._parts.append(text)
        self._room -= len(text)

    def rows(self, head: str, rows: Rows, foot: str = "") -> None:
        """As many as there is room for, and how many more there are."""
        self.add(head + foot)
        self._parts[-1] = head
        left_out = 0
        for row in rows:
            if left_out or len(row) > self._room:
                left_out += 1
            else:
                self.add(row)
        if left_out:
            self._parts.append(f"\nand {left_out} more, which this comment has no room for.\n")
        self._parts.append(foot)


def _head(*columns: str) -> str:
    return f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}\n"


def _opened(summary: str, count: int) -> str:
    return f"\n<details>\n<summary>{summary} ({count})</summary>\n\n"


def _row(told: Told) -> str:
    who = " ".join(told.said.plain_who)
    return f"| {_cell(f'{_contracts(told)}: {told.line}')} | {_cell(who)} | {_cell(told.said.advice)} |\n"


def _grouped(notes: list[Told]) -> Iterator[str]:
    """By contract and thing, a line each."""
    ordered = sorted(notes, key=lambda told: (told.contracts, told.thing))
    for contracts, group in groupby(ordered, lambda told: told.contracts):
        lines = list(dict.fromkeys(f"- {told.line}\n" for told in group))
        yield f"\n**{', '.join(contracts)}**\n\n{lines[0]}"
        yield from lines[1:]


def _waived(told: Told) -> str:
    waiver = told.waiver
    assert waiver is not None
    return f"- {_contracts(told)}: {told.line} ({_cell(waiver.owner)}, until {waiver.until}: {_cell(waiver.because)})\n"


def _exact(told: Told) -> str:
    operations = told.finding.operations
    shown = ", ".join(f"`{_code(one)}`" for one in operations[:_OPERATIONS])
    more = f" and {len(operations) - _OPERATIONS} more" if len(operations) > _OPERATIONS else ""
    grade = told.grade.value if told.counts else "waived"
    columns = (grade, told.said.what, f"{shown}{more}", f"`{_code(told.place)}`", f"`{told.finding.fingerprint}`")
    return f"| {' | '.join(map(_cell, columns))} |\n"


def _contracts(told: Told) -> str:
    return f"**{', '.join(told.contracts)}**"


def _cell(text: str) -> str:
    """On one line, with nothing that would end the cell or begin a tag."""
    flat = " ".join(text.split())
    return flat.replace("|", "\\|").replace("<", "&lt;") if "`" not in flat else flat.replace("|", "\\|")


def _code(text: str) -> str:
    return " ".join(text.replace("`", "'").split())
