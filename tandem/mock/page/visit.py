"""One request to the page: who asks, for what, and whether for the whole page or for what changed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qsl, urlencode

from tandem.kit.problems import MalformedRequest, NotFound
from tandem.mock.api import PREFIX
from tandem.mock.cors import ForeignPage
from tandem.mock.exchange import Ask
from tandem.mock.journal import Entry
from tandem.mock.mock import Mock
from tandem.mock.session import COOKIE, HEADER, Session, read_cookies

PARTS = f"{PREFIX}/page"
_HOST = re.compile(r"[A-Za-z0-9.:\[\]-]{1,255}")
_THIS_MACHINE = re.compile(r"(localhost|[a-z0-9-]+\.localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?")
_MOST_FIELDS = 500


@dataclass(frozen=True)
class Visit:
    """`rest` is what follows the name of the part in the path."""

    mock: Mock
    session: Session
    ask: Ask
    rest: str = ""

    @cached_property
    def query(self) -> Mapping[str, str]:
        return _fields(self.ask.query)

    @cached_property
    def form(self) -> Mapping[str, str]:
        return _fields(self.ask.body)

    @cached_property
    def cookies(self) -> Mapping[str, str]:
        return read_cookies(self.ask.headers.get("cookie"))

    @property
    def is_fragment(self) -> bool:
        """The script asks for what changed; a form without it wants the page again."""
        return "tandem-fragment" in self.ask.headers

    @property
    def host(self) -> str:
        host = self.ask.headers.get("host", "")
        return host if _HOST.fullmatch(host) else "127.0.0.1:4010"

    @property
    def origin(self) -> str:
        return f"http://{self.host}"

    @property
    def is_nameless_guest(self) -> bool:
        """From another machine, where one session for everybody would have people turn each other's dials."""
        named = HEADER in self.ask.headers or self.cookies.get(COOKIE)
        return not named and _THIS_MACHINE.fullmatch(self.host.lower()) is None

    @property
    def is_embedded(self) -> bool:
        """Asked for by another page as a picture or in a frame, not by a person who followed a link."""
        return self.ask.headers.get("sec-fetch-dest", "document") not in ("document", "empty")

    def entry(self, number: str) -> Entry:
        """Of this session's journal; raises NotFound."""
        found = self.session.journal.entry(int(number)) if number.isdecimal() and len(number) < 12 else None
        if found is None:
            raise NotFound(f"The journal of this session has no entry {number[:20]!r} any more.")
        return found

    def check_is_ours(self) -> None:
        """What changes something comes from this very page, or from no page at all."""
        origin = self.ask.headers.get("origin")
        same = origin is None or origin.partition("://")[2] == self.ask.headers.get("host")
        if not same or self.ask.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            raise ForeignPage("This form was not sent by the mock's own page.")


def page_url(**query: str) -> str:
    return f"{PREFIX}?{urlencode(query)}" if query else PREFIX


def _fields(raw: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(raw.decode("latin-1"), keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError:
        raise MalformedRequest(f"A form has at most {_MOST_FIELDS} fields.") from None
