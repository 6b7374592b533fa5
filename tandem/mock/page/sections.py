"""What each section of the page says, as plain values for its template."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from tandem.mock import scenarios
from tandem.mock.faults import ALL
from tandem.mock.journal import MOST_ENTRIES, Entry
from tandem.mock.operations import Operation
from tandem.mock.page import dial_form
from tandem.mock.page.text import slug
from tandem.mock.page.visit import PARTS, Visit, page_url
from tandem.mock.session import DEFAULT

MOST_OPERATIONS = 1000
_FEW_OPERATIONS = 60
_FEW_OPEN = 20
_MOST_BUTTONS = 12
_MOST_WARNINGS = 20
_MOST_ROWS = 100
_FEW_ENTRIES = 25
_VERSION = re.compile(r"v[0-9]{1,3}")

Values = dict[str, Any]


def now(visit: Visit) -> Values:
    session, live = visit.session, visit.mock.live.routes
    return {
        "scenario": session.scenario,
        "dials": len(session.dials),
        "live": len(live),
        "session": session.name,
        "is_good": visit.mock.status.is_good,
    }


def contract(visit: Visit) -> Values:
    mock, said = visit.mock, visit.mock.status.document()
    warnings: list[str] = said.pop("warnings")
    return {
        **said,
        "at": _iso(mock.status.loaded_at),
        "documents": len(mock.loaded.documents),
        "operations": len(mock.loaded.operations),
        "engine": mock.engine.state,
        "warnings": warnings[:_MOST_WARNINGS],
        "more_warnings": len(warnings) - len(warnings[:_MOST_WARNINGS]),
    }


def scenario(visit: Visit) -> Values:
    stories, chosen = visit.mock.answering.stories, visit.session.scenario
    listed = scenarios.listed(visit.mock.loaded, stories)
    cookie = visit.cookies.get(scenarios.COOKIE)
    return {
        "scenarios": listed,
        "has_choice": [one["name"] for one in listed] != ["default"],
        "as_buttons": len(listed) <= _MOST_BUTTONS,
        "chosen": chosen,
        "first": stories.first,
        "cookie": cookie if cookie in stories.names else None,
        "link": visit.origin + page_url(scenario=chosen or stories.first),
    }


def dials(visit: Visit) -> Values:
    rows = [
        {"target": name, "slug": slug(name), "sentence": dial_form.sentence(dial)}
        for name, dial in sorted(visit.session.dials.items())
    ]
    return {"rows": rows[:_MOST_ROWS], "all": ALL, "faults": dial_form.FAULTS}


def operations(visit: Visit) -> Values:
    words = visit.query.get("q", "").casefold().split()
    found = [one for one in visit.mock.loaded.operations if _is_meant(one, words)]
    shown, opened = found[:MOST_OPERATIONS], visit.query.get("operation", "")
    counted = Counter(one.service for one in visit.mock.loaded.operations)
    is_short = len(visit.mock.loaded.operations) <= _FEW_OPEN
    groups: dict[str, list[Values]] = {}
    for one in shown:
        groups.setdefault(_group(one, is_long=counted[one.service] > _FEW_OPERATIONS), []).append(
            _operation(one, opened)
        )
    return {
        "q": visit.query.get("q", "")[:200],
        "groups": [
            {
                "title": title,
                "slug": slug(title),
                "operations": rows,
                "is_open": bool(words) or is_short or any(row["is_open"] for row in rows),
            }
            for title, rows in groups.items()
        ],
        "found": len(found),
        "hidden": len(found) - len(shown),
    }


def _is_meant(operation: Operation, words: list[str]) -> bool:
    text = f"{operation.name} {operation.method} {operation.path} {operation.summary}".casefold()
    return all(word in text for word in words)


def _group(operation: Operation, *, is_long: bool) -> str:
    if not is_long:
        return operation.service
    parts = [part for part in operation.path.split("/") if part and "{" not in part and not _VERSION.fullmatch(part)]
    return f"{operation.service} / {parts[0]}" if parts else operation.service


def _operation(operation: Operation, opened: str) -> Values:
    return {
        "name": operation.name,
        "slug": operation_slug(operation),
        "method": operation.method,
        "path": operation.path,
        "summary": operation.summary[:200],
        "src": f"{PARTS}/operation/{quote(operation.name)}",
        "link": page_url(operation=operation.name),
        "is_deprecated": operation.definition.get("deprecated") is True,
        "is_open": operation.name == opened,
    }


def operation_slug(operation: Operation) -> str:
    return f"op-{slug(operation.name)}"


def journal(visit: Visit) -> Values:
    wanted, opened = visit.query.get("journal", ""), visit.query.get("entry", "")
    most = MOST_ENTRIES if wanted == "all" else _FEW_ENTRIES
    found = visit.session.journal.entries()
    rows = [_entry(one, opened) for one in found if one in found[:most] or str(one.number) == opened]
    return {"entries": rows, "more": len(found) - len(rows)}


def _entry(entry: Entry, opened: str) -> Values:
    ask = entry.ask
    return {
        "number": entry.number,
        "at": _iso(entry.at),
        "operation": ask.operation.name if ask.operation else None,
        "method": ask.method[:20],
        "target": (f"{ask.path}?{ask.query.decode('latin-1')}" if ask.query else ask.path)[:200],
        "status": entry.answer.status,
        "why": entry.answer.why[:300],
        "scenario": entry.scenario,
        "is_open": str(entry.number) == opened,
    }


def live(visit: Visit) -> Values:
    table, routes = visit.mock.drift.table(), visit.mock.live.routes
    sentences: dict[str, int] = {}
    for row in table["drift"]:
        sentences[row["operation"]] = sentences.get(row["operation"], 0) + 1
    return {
        "routes": [
            {
                "operation": name,
                "slug": slug(name),
                "url": url,
                "checked": table["checked"].get(name, 0),
                "mismatches": sentences.get(name, 0),
            }
            for name, url in sorted(routes.items())[:_MOST_ROWS]
        ],
        "drift": [
            {
                "operation": row["operation"],
                "sentence": row["sentence"][:500],
                "times": row["times"],
                "at": _iso(row["last_at"]),
            }
            for row in table["drift"][:_MOST_ROWS]
        ],
        "more_drift": max(len(table["drift"]) - _MOST_ROWS, 0),
    }


def session(visit: Visit) -> Values:
    name = visit.session.name
    return {"name": name, "is_shared": name == DEFAULT, "kilobytes": visit.session.bytes // 1000}


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


SECTIONS: dict[str, Callable[[Visit], Values]] = {
    "now": now,
    "contract": contract,
    "scenario": scenario,
    "dials": dials,
    "operations": operations,
    "journal": journal,
    "live": live,
    "session": session,
}
# What others may change at any time: the page asks for these again and again.
LIVE = ("now", "contract", "dials", "journal", "live")
