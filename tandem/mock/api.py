"""The mock's own API under `/__tandem`: health, state, scenario, dials, reset, journal, live routes and drift."""

from __future__ import annotations

import difflib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

import orjson

from tandem.kit.problems import MalformedRequest, MethodNotAllowed, NotFound
from tandem.mock import scenarios
from tandem.mock.exchange import Answer, json_answer
from tandem.mock.faults import ALL, read_dial
from tandem.mock.mock import Mock
from tandem.mock.operations import Operation
from tandem.mock.session import Session

PREFIX = "/__tandem"


@dataclass(frozen=True, slots=True)
class Wish:
    """`rest` is what follows the name in the path."""

    mock: Mock
    session: Session
    rest: str
    query: Mapping[str, str]
    body: Mapping[str, Any]


Handler = Callable[[Wish], Any]


class UnknownOperation(NotFound):
    title = "There is no such operation"


def own_answer(mock: Mock, session: Session, method: str, path: str, query: bytes, body: bytes) -> Answer:
    """Raises the Problem that the caller should see."""
    name, _, rest = path.removeprefix(PREFIX).strip("/").partition("/")
    methods = _HANDLERS.get(name)
    if methods is None:
        raise NotFound(f"There is no {path[:100]}. There are: {', '.join(f'{PREFIX}/{one}' for one in _HANDLERS)}.")
    handler = methods.get("GET" if method == "HEAD" else method)
    if handler is None:
        raise MethodNotAllowed(f"{method[:20]} is not possible at {path[:100]}: use {' or '.join(methods)}.")
    said = dict(parse_qsl(query.decode("latin-1")))
    return json_answer(200, handler(Wish(mock, session, unquote(rest), said, _read(body))), "the mock itself")


def _read(body: bytes) -> Any:
    if not body:
        return {}
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise MalformedRequest(f"The body is not JSON: {error}.") from error
    if not isinstance(value, dict):
        raise MalformedRequest("The body must be a JSON object.")
    return value


def health(wish: Wish) -> Any:
    return {
        "status": "ok" if wish.mock.status.is_good else "last good",
        "contract": wish.mock.status.document(),
        "engine": wish.mock.engine.state,
        "operations": len(wish.mock.loaded.operations),
        "sessions": len(wish.mock.sessions),
        "uptime_seconds": round(time.time() - wish.mock.started_at, 1),
    }


def state(wish: Wish) -> Any:
    stories = wish.mock.answering.stories
    return {
        "title": wish.mock.loaded.title,
        "contract": wish.mock.status.document(),
        "engine": wish.mock.engine.state,
        "auth": wish.mock.auth,
        "session": wish.session.name,
        "scenario": wish.session.scenario,
        "scenarios": scenarios.listed(wish.mock.loaded, stories),
        "dials": {name: dial.document() for name, dial in wish.session.dials.items()},
        "live": wish.mock.live.routes,
        "operations": [_operation(wish.mock, one) for one in wish.mock.loaded.operations],
    }


def _operation(mock: Mock, operation: Operation) -> dict[str, Any]:
    return {
        "name": operation.name,
        "service": operation.service,
        "method": operation.method,
        "path": operation.path,
        "summary": operation.summary,
        "does": mock.loaded.resources.role(operation).verb,
        "scenarios": [name for name in operation.success.examples if name],
        "live": mock.live.routes.get(operation.name),
    }


def set_scenario(wish: Wish) -> Any:
    name = wish.body.get("scenario")
    if name is not None and not isinstance(name, str):
        raise MalformedRequest('Send {"scenario": "overdue"}, or null for none.')
    wish.session.scenario = scenarios.checked(name, wish.mock.answering.stories) if name else None
    return {"session": wish.session.name, "scenario": wish.session.scenario}


def set_dials(wish: Wish) -> Any:
    """All dials at once, by operation or `*`: what is not named is off."""
    dials = {
        (name if name == ALL else found_operation(wish.mock, name).name): read_dial(said)
        for name, said in wish.body.items()
    }
    wish.session.dials = {name: dial for name, dial in dials.items() if dial.document()}
    return {"session": wish.session.name, "dials": {name: dial.document() for name, dial in wish.session.dials.items()}}


def reset(wish: Wish) -> Any:
    """The memory; with `all` also scenario, dials and journal."""
    wish.session.reset()
    if wish.body.get("all") is True:
        wish.session.scenario, wish.session.dials = None, {}
        wish.session.journal.clear()
    return {"session": wish.session.name, "reset": True}


def journal(wish: Wish) -> Any:
    if wish.rest:
        entry = wish.session.journal.entry(int(wish.rest)) if wish.rest.isdecimal() and len(wish.rest) < 12 else None
        if entry is None:
            raise NotFound(f"The journal of this session has no entry {wish.rest[:20]}.")
        return entry.document()
    limit = wish.query.get("limit", "100")
    most = int(limit) if limit.isdecimal() and len(limit) < 5 else 100
    return {"session": wish.session.name, "entries": [one.document() for one in wish.session.journal.entries(most)]}


def send_live(wish: Wish) -> Any:
    operation = found_operation(wish.mock, wish.rest)
    url = wish.body.get("url")
    if url is not None and not isinstance(url, str):
        raise MalformedRequest('Send {"url": "http://localhost:9000"}, or null to bring it back to the mock.')
    wish.mock.live.send(operation.name, url)
    return {"operation": operation.name, "live": wish.mock.live.routes.get(operation.name)}


def drift(wish: Wish) -> Any:
    return wish.mock.drift.table()


def forget_drift(wish: Wish) -> Any:
    wish.mock.drift.forget()
    return wish.mock.drift.table()


def found_operation(mock: Mock, name: str) -> Operation:
    operation = mock.loaded.operation(name)
    if operation is None:
        known = [one.name for one in mock.loaded.operations]
        tails = {one.id: one.name for one in mock.loaded.operations}
        close = difflib.get_close_matches(name, [*known, *tails], n=1)
        hint = f"Did you mean {tails.get(close[0], close[0])}?" if close else f"`GET {PREFIX}/state` lists them."
        raise UnknownOperation(f"There is no operation {name[:80]!r}. {hint}")
    return operation


_HANDLERS: dict[str, dict[str, Handler]] = {
    "health": {"GET": health},
    "state": {"GET": state},
    "scenario": {"PUT": set_scenario},
    "dials": {"PUT": set_dials},
    "reset": {"POST": reset},
    "journal": {"GET": journal},
    "live": {"PUT": send_live},
    "drift": {"GET": drift, "DELETE": forget_drift},
}
