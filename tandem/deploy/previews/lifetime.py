"""How long a preview lives, and which have to go. Whether its branch is still there is never asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from tandem.local.trouble import Refused

LIFETIME = timedelta(hours=3)
# However often it is extended; the machine shuts itself down then.
LONGEST = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Preview:
    """`expires_at` is None where its tag was lost or cannot be read."""

    branch: str
    commit: str
    machine: str
    began_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Doomed:
    preview: Preview
    why: str


def doomed(previews: Iterable[Preview], now: datetime) -> Iterator[Doomed]:
    """Those that have to go, the oldest first."""
    newest: dict[str, Preview] = {}
    ordered = sorted(previews, key=lambda one: one.began_at)
    for one in ordered:
        newest[one.branch] = one
    for one in ordered:
        why = _why(one, now)
        if why is None and newest[one.branch] is not one:
            why = f"{newest[one.branch].machine} took its place"
        if why is not None:
            yield Doomed(one, why)


def _why(preview: Preview, now: datetime) -> str | None:
    if now - preview.began_at >= LONGEST:
        return f"it is older than {LONGEST / timedelta(hours=1):g} hours"
    if preview.expires_at is None:
        return "nobody knows until when" if now - preview.began_at >= LIFETIME else None
    return f"its time was up at {preview.expires_at:%H:%M} UTC" if now >= preview.expires_at else None


def extended(preview: Preview, now: datetime) -> datetime:
    """Until when it lives from now on. Raises Refused where that is no longer than it does already."""
    until = min(now + LIFETIME, preview.began_at + LONGEST)
    if preview.expires_at is not None and until <= preview.expires_at:
        raise Refused(
            f"The preview of {preview.branch} lives until {preview.expires_at:%H:%M} UTC and no longer: "
            f"{LONGEST / timedelta(hours=1):g} hours is the most. Push to the branch for a new one."
        )
    return until
