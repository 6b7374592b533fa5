"""Which scenario a request is told in: header, query, cookie, session, else the story its ids belong to."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from tandem.kit.problems import MalformedRequest
from tandem.mock.documents import Loaded
from tandem.mock.session import Session
from tandem.mock.stories import Stories

HEADER, QUERY, COOKIE = "x-tandem-scenario", "scenario", "tandem_scenario"


class NoSuchScenario(MalformedRequest):
    title = "There is no such scenario"

    def __init__(self, name: str, known: list[str]) -> None:
        close = difflib.get_close_matches(name, known, n=1)
        hint = f"Did you mean {close[0]}?" if close else f"There are: {', '.join(known[:30])}."
        super().__init__(f"There is no scenario {name[:60]!r}. {hint}")


def checked(name: str, stories: Stories) -> str:
    if name not in stories.names:
        raise NoSuchScenario(name, stories.names)
    return name


def without_scenario(query: bytes) -> tuple[str | None, bytes]:
    """The scenario a query names, and the query without it."""
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    named = next((value for name, value in pairs if name == QUERY), None)
    if named is None:
        return None, query
    return named, urlencode([pair for pair in pairs if pair[0] != QUERY]).encode("ascii")


def chosen(
    headers: Mapping[str, str], query: str | None, cookies: Mapping[str, str], session: Session, stories: Stories
) -> str | None:
    """The scenario somebody chose; raises NoSuchScenario. An old choice the contracts no longer know is passed over."""
    named = headers.get(HEADER) or query
    if named:
        return checked(named, stories)
    kept = cookies.get(COOKIE) or session.scenario
    return kept if kept in stories.names else None


def listed(loaded: Loaded, stories: Stories) -> list[dict[str, str | int | None]]:
    """Each scenario with its story and how many operations have an example of it."""
    return [
        {
            "name": name,
            "story": loaded.stories.get(name),
            "operations": sum(name in operation.success.examples for operation in loaded.operations),
        }
        for name in stories.names
    ]
