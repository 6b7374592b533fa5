"""A service that somebody else runs: an address, and tokens that are issued here or were brought along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tandem.gate.service.callers import NAMES, callers
from tandem.gate.service.running import silence
from tandem.gate.service.stories import Stories
from tandem.local.issuer import IssueRefused, LocalIssuer, read_callers
from tandem.local.state import Home
from tandem.local.suggestions import one_of
from tandem.local.trouble import Refused, Trouble


@dataclass(frozen=True)
class Given:
    url: str
    callers: Mapping[str, str]

    def trouble(self) -> str | None:
        return silence(self.url)

    def stop(self) -> None:
        return


def reach(url: str, service: str, home: Home, tokens: Mapping[str, str]) -> Given:
    """Raises Trouble when nothing answers there, Refused for a token of nobody."""
    for name in tokens:
        one_of(name, NAMES, "caller")
    url = url.rstrip("/")
    if said := silence(url):
        raise Trouble(said)
    try:
        granted = read_callers(home.contracts)
        issued = callers(Stories(home.contracts), service, LocalIssuer(home.folder / "issuer", granted))
    except IssueRefused as error:
        raise Refused(str(error)) from error
    return Given(url, issued | {name: tokens[name] for name in issued if name in tokens})
