"""What changed in contracts since they were last released: what a waiver is about, and what a release must say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from tandem.spec.diff.findings import Diff, Finding, compare
from tandem.spec.diff.waivers import ended, read_waivers, stale
from tandem.spec.releases import last_release


def since_release(contract: Path, today: date) -> Diff:
    """Empty when nothing was released yet. Raises ContractError when either cannot be read."""
    before = last_release(contract)
    return Diff([], []) if before is None else compare(before, contract, today, lambda _done, _all: None)


def found_since_release(contracts: Iterable[Path], today: date) -> dict[str, Finding]:
    """Every finding of several contracts, by its fingerprint."""
    return {one.fingerprint: one for contract in contracts for one in since_release(contract, today).findings}


def waiver_complaints(folder: Path, contracts: Iterable[Path], today: date) -> list[str]:
    """A sentence for each waiver that has ended, or whose change is no longer found in any contract."""
    waivers = read_waivers(folder)
    if not waivers:
        return []
    return [*ended(waivers, today), *stale(waivers, found_since_release(contracts, today))]
