"""A diff for the terminal: a line each finding, and below it who breaks and what to do instead."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from rich.text import Text

from tandem.spec.diff.findings import Grade
from tandem.spec.diff.report import Report, Told

_COLOURS = {Grade.BREAKING: "bold red", Grade.WARNING: "yellow", Grade.NOTE: "dim"}
_WAIVED = "cyan"
_INDENT = " " * 12
WAIVE = "tandem contract waive FINGERPRINT --until DATE --owner NAME --because TEXT"


def lines(report: Report) -> Iterator[Text]:
    by_contract = sorted(report.told, key=lambda told: told.contracts)
    for contracts, told in groupby(by_contract, lambda told: told.contracts):
        yield Text(", ".join(contracts), style="bold")
        for one in told:
            yield from _finding(one)
        yield Text()
    for defect in report.defects:
        yield Text.assemble(("cannot be followed  ", "yellow"), defect)
    for complaint in report.complaints:
        yield Text.assemble(("waiver refused  ", "red"), complaint)
    if report.is_breaking:
        yield Text(f"Agreed all the same? {WAIVE}", style="dim")
    yield Text(verdict(report), style="bold red" if report.is_breaking else "bold green")


def _finding(told: Told) -> Iterator[Text]:
    finding = told.finding
    word, colour = (told.grade.value, _COLOURS[told.grade]) if told.counts else ("waived", _WAIVED)
    yield Text.assemble(
        (f"  {word:<10}", colour), f"{touched(told)}{told.said.what}", (f"  {told.place}", "cyan"),
        (f"  {finding.fingerprint}" if finding.grade is not Grade.NOTE else "", "dim"),
    )  # fmt: skip
    if told.waiver is not None:
        until = f"{told.waiver.owner}, until {told.waiver.until}: {told.waiver.because}"
        yield Text(f"{_INDENT}{until}", style=_WAIVED)
        return
    for sentence in told.said.who:
        yield Text(f"{_INDENT}{sentence}")
    if told.said.advice:
        yield Text(f"{_INDENT}Instead: {told.said.advice}", style="dim")


def touched(told: Told) -> str:
    """The operation, or the first of them and how many more, unless the sentence names it anyway."""
    operations = told.finding.operations
    if not operations or told.finding.change.subject == operations[0]:
        return ""
    more = f" and {len(operations) - 1} more" if len(operations) > 1 else ""
    return f"{operations[0]}{more}: "


def verdict(report: Report) -> str:
    """What it comes to, in a sentence."""
    summary = report.summary
    parts = [
        _counted(summary["breaking"], "change breaks apps", "changes break apps"),
        _counted(summary["warning"], "warning", "warnings"),
        _counted(summary["note"], "change that breaks nobody", "changes that break nobody"),
        _counted(summary["waived"], "waived", "waived"),
    ]
    said = ", ".join(part for part in parts if part)
    if not said:
        return "Compatible: nothing changed for those who use the API."
    return f"{'Breaking' if report.is_breaking else 'Compatible'}: {said}."


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}" if count else ""
