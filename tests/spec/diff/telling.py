"""Reports of small differences, as they are told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tandem.spec.diff.document import Document
from tandem.spec.diff.findings import differences
from tandem.spec.diff.report import Report, comparison, report
from tandem.spec.diff.waivers import Waiver
from tests.spec.diff.asking import Ask, Json

UNTIL = date(2027, 6, 30)


def reported(ask: Ask, base: Json, revision: Json, *, waived: str = "", title: str = "") -> Report:
    """`waived` is the rule whose findings are waived."""
    if title:
        base, revision = ({**one, "info": {"title": title, "version": "1"}} for one in (base, revision))
    found = ask.diff(base, revision).findings
    waivers = {
        one.fingerprint: Waiver(one.fingerprint, one.rule, UNTIL, "All apps moved | <b>", "cards-team")
        for one in found
        if one.rule == waived
    }
    documents = Document(ask.folder / "base.json"), Document(ask.folder / "revision.json")
    diff = differences(*documents, ask.today, lambda done, of: None)
    return report([comparison(("main:card", "card"), documents, diff, waivers, _name)])


def both(*reports: Report) -> Report:
    return report([one for each in reports for one in each.comparisons])


def _name(path: Path) -> str:
    return path.name
