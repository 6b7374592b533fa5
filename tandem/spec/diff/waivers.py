"""contracts/waivers.yaml: breaking changes that were agreed, each by somebody, for a reason, until a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tandem.kit.contract import ContractError, SourceFile, read
from tandem.spec.bundle import to_yaml

FILE = "waivers.yaml"
_HEAD = """\
# Changes that break somebody and were agreed all the same, each until its day. `tandem contract waive` writes this file
# and keeps no other comments; it is reviewed like code. `tandem contract check` refuses a waiver that has ended and
# one whose change is no longer there: take it out.
"""
_WORDS = ("fingerprint", "change", "until", "because", "owner")


@dataclass(frozen=True, slots=True)
class Waiver:
    """`until` is the last day on which it holds."""

    fingerprint: str
    change: str
    until: date
    because: str
    owner: str

    def as_json(self) -> dict[str, str]:
        return {**asdict(self), "until": self.until.isoformat()}


def read_waivers(contracts: Path) -> list[Waiver]:
    """In the order of the file; none where there is no file. Raises ContractError naming the line that is wrong."""
    path = contracts / FILE
    return list(_waivers(read(path))) if path.exists() else []


def write_waiver(contracts: Path, waiver: Waiver) -> None:
    """Add it, or renew the one for the same change. The next to end stands first."""
    others = [one for one in read_waivers(contracts) if one.fingerprint != waiver.fingerprint]
    ordered = sorted([*others, waiver], key=lambda one: (one.until, one.fingerprint))
    text = to_yaml({"waivers": [one.as_json() for one in ordered]})
    (contracts / FILE).write_text(_HEAD + text, encoding="utf-8")


def _waivers(source: SourceFile) -> Iterator[Waiver]:
    listed = source.data.get("waivers") if isinstance(source.data, dict) else None
    if not isinstance(source.data, dict) or not isinstance(listed, list | None):
        raise ContractError(source.path, 1, "must be `waivers:`, a list")
    seen: set[str] = set()
    for index, entry in enumerate(listed or []):
        waiver = _waiver(source, f"/waivers/{index}", entry)
        if waiver.fingerprint in seen:
            line = source.line_of(f"/waivers/{index}")
            raise ContractError(source.path, line, f"{waiver.fingerprint} is waived twice; keep one of them")
        seen.add(waiver.fingerprint)
        yield waiver


def _waiver(source: SourceFile, pointer: str, entry: Any) -> Waiver:
    words = entry if isinstance(entry, dict) else {}
    missing = [word for word in _WORDS if not isinstance(words.get(word), str) or not words[word].strip()]
    if missing:
        reason = f"a waiver needs {', '.join(missing)}, as text"
        raise ContractError(source.path, source.line_of(pointer), reason)
    try:
        until = date.fromisoformat(words["until"])
    except ValueError:
        line = source.line_of(f"{pointer}/until")
        raise ContractError(source.path, line, f"until {words['until']!r} is no date such as 2027-06-30") from None
    return Waiver(words["fingerprint"], words["change"], until, words["because"], words["owner"])


def holding(waivers: Iterable[Waiver], today: date) -> Mapping[str, Waiver]:
    """Those that have not ended, by fingerprint."""
    return {one.fingerprint: one for one in waivers if one.until >= today}


def ended(waivers: Iterable[Waiver], today: date) -> list[str]:
    return [
        f"{FILE}: the waiver {one.fingerprint} ({one.change}) ended on {one.until}; ask {one.owner}, then renew it "
        f"with `tandem contract waive` or delete it"
        for one in waivers
        if one.until < today
    ]


def stale(waivers: Iterable[Waiver], found: Iterable[str]) -> list[str]:
    """A waiver left lying about would let the same change through another time, unseen."""
    known = set(found)
    return [
        f"{FILE}: the waiver {one.fingerprint} ({one.change}) is for a change that is no longer found; delete it"
        for one in waivers
        if one.fingerprint not in known
    ]
