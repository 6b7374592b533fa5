"""Everything under `/__tandem` that is for people: which request gets the page, a part of it, or does something."""

from __future__ import annotations

from tandem.kit.problems import MethodNotAllowed, NotFound, Problem
from tandem.mock import api, scenarios
from tandem.mock.exchange import Answer, Ask
from tandem.mock.mock import Mock
from tandem.mock.page.choices import CHOICES, Done, new_session_name, session_cookie
from tandem.mock.page.rendering import (
    entry_panel,
    fragments,
    html_answer,
    operation_panel,
    refusal,
    section,
    site,
    whole,
)
from tandem.mock.page.sections import LIVE, SECTIONS
from tandem.mock.page.visit import PARTS, Visit
from tandem.mock.session import Session

_READING = ("GET", "HEAD")


async def serve_page(mock: Mock, session: Session, ask: Ask) -> Answer | None:
    """None where the path belongs to the mock's API."""
    name, _, rest = ask.path.removeprefix(PARTS).strip("/").partition("/")
    visit = Visit(mock, session, ask, rest)
    try:
        if ask.path.rstrip("/") == api.PREFIX:
            return await _page(visit) if ask.method in _READING else None
        if not ask.path.startswith(PARTS + "/"):
            return None
        return await (_part(visit, name) if ask.method in _READING else _choice(visit, name))
    except Problem as problem:
        return refusal(problem) if visit.is_fragment else await whole(visit, problem)


async def _page(visit: Visit) -> Answer:
    cookie = ""
    if visit.is_nameless_guest and not visit.is_embedded:
        name = new_session_name()
        visit, cookie = Visit(visit.mock, visit.mock.sessions.get(name), visit.ask), session_cookie(name)
    named = visit.query.get(scenarios.QUERY)
    if named is not None and not visit.is_embedded:
        visit.session.scenario = scenarios.checked(named, visit.mock.answering.stories) if named else None
    answer = await whole(visit)
    return _with(answer, cookie)


async def _part(visit: Visit, name: str) -> Answer:
    match name:
        case "web":
            return _asset(visit)
        case "pulse":
            return await _pulse(visit)
        case "operation":
            operation = api.found_operation(visit.mock, visit.rest)
            return html_answer(200, await operation_panel(visit, operation))
        case "entry":
            return html_answer(200, entry_panel(visit.entry(visit.rest)))
        case _ if name in SECTIONS:
            return await fragments(visit, [name])
    raise NotFound(f"There is no {visit.ask.path[:100]}.")


async def _choice(visit: Visit, name: str) -> Answer:
    visit.check_is_ours()
    choice = CHOICES.get(name)
    if choice is None or visit.ask.method != "POST":
        raise MethodNotAllowed(f"{visit.ask.method[:20]} is not possible at {visit.ask.path[:100]}.")
    done = await choice(visit)
    answer = await _shown(visit, done) if visit.is_fragment else Answer(303, b"", {"location": done.location})
    return _with(answer, done.cookie)


async def _shown(visit: Visit, done: Done) -> Answer:
    answer = await fragments(visit, done.sections, *done.parts, said=done.said)
    if done.moves:
        answer.headers["tandem-location"] = done.location
    return answer


async def _pulse(visit: Visit) -> Answer:
    """Those of the live sections that look different from what the page has."""
    seen = dict(one.split(":", 1) for one in visit.query.get("seen", "")[:1000].split(",") if ":" in one)
    found = {name: await section(visit, name) for name in LIVE if name in seen}
    changed = [text for name, text in found.items() if f'data-version="{seen[name]}"' not in text]
    return html_answer(200, "\n".join(changed)) if changed else Answer(204, b"")


def _asset(visit: Visit) -> Answer:
    asset = site().asset(visit.rest)
    if asset is None:
        raise NotFound(f"There is no {visit.ask.path[:100]}.")
    headers = {
        "content-type": asset.media_type,
        "cache-control": "public, max-age=31536000, immutable",
        "x-content-type-options": "nosniff",
    }
    return Answer(200, asset.body, headers)


def _with(answer: Answer, cookie: str) -> Answer:
    if cookie:
        answer.headers["set-cookie"] = cookie
    return answer


__all__ = ["serve_page"]
