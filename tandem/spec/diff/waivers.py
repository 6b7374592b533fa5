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
# Changes that break somebody and were agreed all the same, each until its day. `tandem contract waive` writes here;
# it is reviewed like code. What has ended or is no longer found is refused by `tandem contract check`: delete it.
waivers:
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


def _waivers(source: SourceFile) -> Iterator[Waiver]:
    listed = source.data.get("waivers") if isinstance(source.data, dict) else None
    if not isinstance(listed, list | None) or not isinstance(source.data, dict):
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
    missing = [word for word in _WORDS if not isinstance(entry, dict) or not isinstance(entry.get(word), str)]
    if missing:
        reason = f"a waiver needs {', '.join(missing)}, as text"
        raise ContractError(source.path, source.line_of(pointer), reason)
    try:
        until = date.fromisoformat(entry["until"])
    except ValueError:
        line = source.line_of(f"{pointer}/until")
        raise ContractError(source.path, line, f"until {entry['until']!r} is no date such as 2027-06-30") from None
    return Waiver(entry["fingerprint"], entry["change"], until, entry["because"], entry["owner"])


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


def write_waiver(contracts: Path, waiver: Waiver) -> None:
    """Add it in the order of their days, or renew the one there is. Comments and other waivers stay as they are."""
    path = contracts / FILE
    text = path.read_text(encoding="utf-8") if path.exists() else _HEAD
    known = read_waivers(contracts)
    wanted = sorted(
        (*(one for one in known if one.fingerprint != waiver.fingerprint), waiver), key=lambda one: one.until
    )
    path.write_text(_with(path, text, known, waiver), encoding="utf-8")
    try:
        written = sorted(read_waivers(contracts), key=lambda one: one.until)
    except ContractError:
        written = []
    if {one.fingerprint for one in written} != {one.fingerprint for one in wanted} or waiver not in written:
        path.write_text(text, encoding="utf-8")
        raise ContractError(path, None, "is not laid out as one waiver after another, so nothing was written")


def _with(path: Path, text: str, known: list[Waiver], waiver: Waiver) -> str:
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    starts = _starts(path, lines) if known else []
    ends = [*starts[1:], len(lines)]
    new = _entry(waiver)
    for index, one in enumerate(known):
        if one.fingerprint == waiver.fingerprint:
            comments = [line for line in lines[starts[index] : ends[index]] if line.lstrip().startswith("#")]
            return "".join([*lines[: starts[index]], *comments, new, *lines[ends[index] :]])
    later = [start for start, one in zip(starts, known, strict=True) if one.until > waiver.until]
    at = later[0] if later else len(lines)
    before = [line.replace("waivers: []", "waivers:") for line in lines[:at]]
    return "".join([*before, new, *lines[at:]])


def _starts(path: Path, lines: list[str]) -> list[int]:
    """Where each waiver begins, with the comments above it."""
    source = read(path)
    found = []
    for index in range(len(source.data["waivers"])):
        start = (source.line_of(f"/waivers/{index}") or 1) - 1
        while start and lines[start - 1].lstrip().startswith("#") and not lines[start - 1].startswith("#"):
            start -= 1
        found.append(start)
    return found


def _entry(waiver: Waiver) -> str:
    _, _, listed = to_yaml({"waivers": [waiver.as_json()]}).partition("\n")
    return "".join(f"  {line}\n" for line in listed.splitlines())
