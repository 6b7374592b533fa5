"""Sessions: each developer and each browser test has a memory, a scenario, dials and a journal of its own."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

from tandem.kit.problems import MalformedRequest
from tandem.mock.faults import ALL, Dial
from tandem.mock.journal import Journal
from tandem.mock.memory import World

HEADER, COOKIE = "x-tandem-session", "tandem_session"
DEFAULT = "default"
MOST_SESSIONS = 200
MOST_BYTES = 128 * 1024 * 1024
MOST_SESSION_BYTES = 48 * 1024 * 1024
_NAME = re.compile(r"[A-Za-z0-9_.:@-]{1,100}")


class NoSuchSession(MalformedRequest):
    title = "That cannot be the name of a session"


class SessionFull(MalformedRequest):
    title = "This session remembers too much"


@dataclass(slots=True)
class Session:
    name: str
    scenario: str | None = None
    dials: Mapping[str, Dial] = field(default_factory=dict)
    journal: Journal = field(default_factory=Journal)
    worlds: dict[str, World] = field(default_factory=dict)

    def world(self, scenario: str) -> World:
        found = self.worlds.get(scenario)
        if found is None:
            found = self.worlds[scenario] = World()
        return found

    def home_of(self, ids: Mapping[str, object]) -> str | None:
        """The scenario in which one of these ids was created."""
        if len(self.worlds) < 2:
            return None
        named = [str(thing_id) for thing_id in ids.values()]
        return next((name for name, world in self.worlds.items() if any(map(world.has_made, named))), None)

    def dial(self, operation: str) -> Dial | None:
        return self.dials.get(operation) or self.dials.get(ALL)

    @property
    def bytes(self) -> int:
        return sum(world.bytes for world in self.worlds.values())

    def reset(self) -> None:
        self.worlds.clear()


class Sessions:
    def __init__(self) -> None:
        self._sessions: OrderedDict[str, Session] = OrderedDict()

    def get(self, name: str) -> Session:
        session = self._sessions.get(name)
        if session is None:
            if not _NAME.fullmatch(name):
                raise NoSuchSession("A session is named with up to 100 letters, digits and _ . : @ -")
            session = self._sessions[name] = Session(name)
            self._make_room()
        self._sessions.move_to_end(name)
        return session

    def check_room(self, session: Session) -> None:
        """Before something is written. Others are forgotten first; then this one is told."""
        if session.bytes > MOST_SESSION_BYTES:
            raise SessionFull(f"It holds {session.bytes // 1_000_000} MB. `POST /__tandem/reset` empties it.")
        self._make_room()

    def forget_answers(self) -> None:
        """The contracts changed: what was kept ready for repeated questions may be wrong now."""
        for session in self._sessions.values():
            for world in session.worlds.values():
                world.cache.clear()

    def _make_room(self) -> None:
        """The least recently used go first."""
        while len(self._sessions) > 1 and (
            len(self._sessions) > MOST_SESSIONS or sum(one.bytes for one in self._sessions.values()) > MOST_BYTES
        ):
            self._sessions.popitem(last=False)

    def __len__(self) -> int:
        return len(self._sessions)


def session_name(headers: Mapping[str, str], cookies: Mapping[str, str]) -> str:
    return headers.get(HEADER) or cookies.get(COOKIE) or DEFAULT


def read_cookies(text: str | None) -> dict[str, str]:
    pairs = (part.split("=", 1) for part in (text or "").split(";") if "=" in part)
    return {name.strip(): value.strip().strip('"') for name, value in pairs}
