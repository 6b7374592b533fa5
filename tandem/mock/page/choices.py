"""What the forms of the page do. Each says what changed and, for who came without script, where to go."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from markupsafe import Markup

from tandem.kit.problems import MalformedRequest
from tandem.mock import api, scenarios
from tandem.mock.faults import ALL
from tandem.mock.page import dial_form
from tandem.mock.page.outgoing import Outgoing, outgoing, shared
from tandem.mock.page.panels import reason
from tandem.mock.page.proposal import media_type_of
from tandem.mock.page.rendering import answer_panel
from tandem.mock.page.sections import operation_slug
from tandem.mock.page.sending import Received, again, send
from tandem.mock.page.visit import Visit, page_url
from tandem.mock.session import COOKIE

_YEAR_SECONDS = 31_536_000


@dataclass(frozen=True)
class Done:
    sections: tuple[str, ...]
    said: str
    location: str
    parts: tuple[Markup, ...] = ()
    cookie: str = ""
    """The address from now on, for a script, too."""
    moves: bool = False


async def choose_scenario(visit: Visit) -> Done:
    name = visit.form.get("scenario", "")
    visit.session.scenario = scenarios.checked(name, visit.mock.answering.stories) if name else None
    said = f"Scenario {name}." if name else "No scenario."
    # A cookie of the app under development would go before what was chosen here.
    cookie = f"{scenarios.COOKIE}=; Path=/; Max-Age=0; SameSite=Lax" if visit.cookies.get(scenarios.COOKIE) else ""
    location = page_url(scenario=name) if name else page_url()
    return Done(("now", "scenario", "operations"), said, location, cookie=cookie, moves=True)


async def turn_dial(visit: Visit) -> Done:
    target = visit.form.get("target", "").strip() or ALL
    if target != ALL:
        target = api.found_operation(visit.mock, target).name
    dials = {name: dial for name, dial in visit.session.dials.items() if name != target}
    dial = dial_form.read_form(visit.form)
    if dial.document():
        dials[target] = dial
    visit.session.dials = dials
    where = "all operations" if target == ALL else target
    return Done(("now", "dials"), f"{where}: {dial_form.sentence(dial)}.", f"{page_url()}#dials")


async def turn_off(visit: Visit) -> Done:
    target = visit.form.get("target", "")
    visit.session.dials = {name: dial for name, dial in visit.session.dials.items() if target not in (name, "")}
    return Done(("now", "dials"), "Off.", f"{page_url()}#dials")


async def send_live(visit: Visit) -> Done:
    operation = api.found_operation(visit.mock, visit.form.get("operation", "").strip())
    url = visit.form.get("url", "").strip() or None
    visit.mock.live.send(operation.name, url)
    said = f"{operation.name} is answered by {url}." if url else f"{operation.name} is answered by the mock."
    return Done(("now", "live"), said, f"{page_url()}#live")


async def try_operation(visit: Visit) -> Done:
    operation = api.found_operation(visit.mock, visit.rest)
    request = outgoing(operation, visit.form, media_type_of(operation), visit.session)
    received = await send(visit.mock, visit.session, request)
    return _received(visit, received, request, f"{operation_slug(operation)}-answer")


async def replay(visit: Visit) -> Done:
    entry = visit.entry(visit.rest)
    request = again(entry)
    received = await send(visit.mock, visit.session, request)
    return _received(visit, received, request, f"entry-{entry.number}-answer")


def _received(visit: Visit, received: Received, request: Outgoing, element: str) -> Done:
    said = f"{received.status} {reason(received.status)}" if received.status else "No answer came."
    number = received.entry.number if received.entry else ""
    panel = answer_panel(visit, received, shared(request, visit.session), element)
    return Done(("journal",), said, f"{page_url(entry=str(number))}#entry-{number}", parts=(panel,))


async def reset(visit: Visit) -> Done:
    match visit.form.get("what", ""):
        case "memory":
            visit.session.reset()
            return Done(("session",), "What was created and changed is forgotten.", f"{page_url()}#session")
        case "journal":
            visit.session.journal.clear()
            return Done(("journal",), "The journal is empty.", f"{page_url()}#journal")
        case "drift":
            visit.mock.drift.forget()
            return Done(("live",), "The table is empty.", f"{page_url()}#live")
        case "all":
            visit.session.reset()
            visit.session.scenario, visit.session.dials = None, {}
            visit.session.journal.clear()
            changed = ("now", "scenario", "dials", "operations", "journal", "session")
            return Done(changed, "Everything is as at the start.", page_url(), moves=True)
    raise MalformedRequest("Choose what to reset: memory, journal, drift or all.")


async def choose_session(visit: Visit) -> Done:
    name = visit.form.get("session", "").strip()
    if not name:
        return Done(("session",), "", page_url(), cookie=f"{COOKIE}=; Path=/; Max-Age=0; SameSite=Lax")
    visit.mock.sessions.get(name)
    return Done(("session",), "", page_url(), cookie=session_cookie(name))


def session_cookie(name: str) -> str:
    return f"{COOKIE}={name}; Path=/; Max-Age={_YEAR_SECONDS}; SameSite=Lax"


def new_session_name() -> str:
    return f"guest-{secrets.token_hex(4)}"


CHOICES: dict[str, Callable[[Visit], Awaitable[Done]]] = {
    "scenario": choose_scenario,
    "dials": turn_dial,
    "off": turn_off,
    "live": send_live,
    "try": try_operation,
    "replay": replay,
    "reset": reset,
    "session": choose_session,
}
