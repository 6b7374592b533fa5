"""HTML of the page, whole or in parts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from markupsafe import Markup

from tandem.kit.problems import Problem
from tandem.mock.exchange import Answer
from tandem.mock.journal import Entry
from tandem.mock.operations import Operation
from tandem.mock.page.dial_form import FAULTS
from tandem.mock.page.outgoing import Outgoing
from tandem.mock.page.panels import answer_values, entry_values, operation_values
from tandem.mock.page.sections import MOST_OPERATIONS, SECTIONS
from tandem.mock.page.sending import Received
from tandem.mock.page.visit import PARTS, Visit, page_url
from tandem.web import Site
from tandem.web.site import SECURITY_HEADERS

_KEPT_QUERY = ("journal", "entry")


@cache
def site() -> Site:
    return Site(Path(__file__).parent / "templates", f"{PARTS}/web")


def html_answer(status: int, text: str) -> Answer:
    headers = {"content-type": "text/html; charset=utf-8", "cache-control": "no-store", "vary": "Tandem-Fragment"}
    return Answer(status, text.encode(), headers | SECURITY_HEADERS)


async def whole(visit: Visit, trouble: Problem | None = None) -> Answer:
    sections = {name: await section(visit, name) for name in SECTIONS}
    kept = {name: visit.query[name] for name in _KEPT_QUERY if name in visit.query}
    text = _rendered(
        "page.html",
        title=visit.mock.loaded.title,
        sections=sections,
        trouble=trouble,
        faults=FAULTS,
        pulse=f"{PARTS}/pulse?{urlencode(kept)}",
        names=[one.name for one in visit.mock.loaded.operations[:MOST_OPERATIONS]],
    )
    return html_answer(trouble.status if trouble else 200, text)


async def fragments(visit: Visit, names: Iterable[str], *parts: Markup, said: str = "") -> Answer:
    """The parts that changed, each of which takes the place of what has its id; and a word for screen readers."""
    found = [await section(visit, name) for name in names]
    return html_answer(200, "\n".join([*found, *parts, _rendered("_said.html", said=said, trouble=None)]))


def refusal(problem: Problem) -> Answer:
    return html_answer(problem.status, _rendered("_said.html", said="", trouble=problem))


async def section(visit: Visit, name: str) -> Markup:
    values = SECTIONS[name](visit)
    version = hashlib.sha256(repr(values).encode()).hexdigest()[:12]
    panel = Markup()
    if name == "operations":
        operation = visit.mock.loaded.operation(visit.query.get("operation", ""))
        panel = await operation_panel(visit, operation) if operation else panel
    elif name == "journal":
        opened = any(row["is_open"] for row in values["entries"])
        panel = entry_panel(visit.entry(visit.query["entry"])) if opened else panel
    return _rendered(f"_{name}.html", **values, version=version, panel=panel)


async def operation_panel(visit: Visit, operation: Operation) -> Markup:
    return _rendered("_operation.html", **await operation_values(visit, operation))


def entry_panel(entry: Entry) -> Markup:
    return _rendered("_entry.html", **entry_values(entry))


def answer_panel(visit: Visit, received: Received, request: Outgoing, element: str) -> Markup:
    return _rendered("_answer.html", **answer_values(received, request, visit.origin, element))


def _rendered(template: str, **values: object) -> Markup:
    text = site().render(template, **values, parts=PARTS, home=page_url())
    return Markup(text)  # noqa: S704 - a template's own output, which it has escaped
