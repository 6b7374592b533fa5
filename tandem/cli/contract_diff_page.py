"""A diff as a page that needs nothing else."""

import re
from pathlib import Path

from tandem.spec.diff.findings import Grade
from tandem.spec.diff.report import Report
from tandem.spec.diff.text import verdict
from tandem.web import Site

_TEMPLATES = Path(__file__).parent / "templates"
_EMPHASIS = re.compile(r"\*([^*`]+)\*")


def page(report: Report) -> str:
    groups = [
        ("What breaks, and for whom", "bad", report.of(Grade.BREAKING)),
        ("What may break", "warn", report.of(Grade.WARNING)),
        ("What else is new", "good", report.of(Grade.NOTE)),
        ("Waived", "calm", report.waived),
    ]
    return Site(_TEMPLATES).render("diff.html", report=report, verdict=verdict(report), groups=groups, quoted=_quoted)


def _quoted(plain: str) -> str:
    """The marks of plain words as quotation marks."""
    return _EMPHASIS.sub("“\\1”", plain)
