"""What changed in contracts since they were last released: what a waiver is about, and what a release must say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from tandem.spec.diff.findings import Diff, Finding, Grade, compare
from tandem.spec.diff.waivers import ended, read_waivers, stale
from tandem.spec.releases import last_release, released


def since_release(contract: Path, today: date) -> Diff:
    """Empty when nothing was released yet. Raises ContractError when either cannot be read."""
    before = last_release(contract)
    return Diff([], []) if before is None else _compared(before, contract, today)


def found_since_release(contracts: Iterable[Path], today: date) -> dict[str, Finding]:
    """Every finding of several contracts that can be waived, by its fingerprint.

    Also what the last release brought: a pull request may hold the change, its waiver and the release, and is compared
    with what was there before.
    """
    diffs = (diff for contract in contracts for diff in _diffs(contract, today))
    return {one.fingerprint: one for diff in diffs for one in diff.findings if one.grade is not Grade.NOTE}


def _diffs(contract: Path, today: date) -> Iterator[Diff]:
    for base in list(released(contract).values())[-2:]:
        yield _compared(base, contract, today)


def _compared(base: Path, revision: Path, today: date) -> Diff:
    return compare(base, revision, today, lambda _done, _all: None)


def waiver_complaints(folder: Path, contracts: Iterable[Path], today: date) -> list[str]:
    """A sentence for each waiver that has ended, or whose change is no longer found in any contract."""
    waivers = read_waivers(folder)
    if not waivers:
        return []
    return [*ended(waivers, today), *stale(waivers, found_since_release(contracts, today))]
