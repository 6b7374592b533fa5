"""Which version a contract must be released under, from what changed since the last one."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import date
from typing import Any

from tandem.kit.contract import Contract, ContractError, read
from tandem.spec.diff.findings import Diff, Finding, Grade
from tandem.spec.diff.names import Plain
from tandem.spec.diff.since_release import since_release
from tandem.spec.diff.wording import said
from tandem.spec.releases import last_release, version_line
from tandem.spec.versions import Step, Version

_BECAUSE = {
    Step.MAJOR: "it breaks those who use it",
    Step.MINOR: "it offers something new and breaks nobody",
    Step.PATCH: "only its words changed",
}
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class NextRelease:
    """`last` and `step` are None for the first release; `step` is what the change asks for, at least."""

    version: Version
    last: Version | None = None
    step: Step | None = None

    @property
    def because(self) -> str:
        return _BECAUSE[self.step] if self.step else "it is the first release"

    def as_json(self) -> dict[str, str | None]:
        last, step = (None if one is None else str(one) for one in (self.last, self.step))
        return {"version": str(self.version), "last": last, "step": step}


def next_release(contract: Contract, waived: Container[str], today: date) -> NextRelease | None:
    """None when nothing changed. Raises ContractError for a version, or a change, that may not be released."""
    written = Version.parse(contract.version)
    if written is None:
        raise _refused(contract, f"the version {contract.version!r} is not three plain numbers such as 1.2.0")
    before = last_release(contract.path)
    if before is None:
        return NextRelease(written)
    last = Version.parse(before.stem)
    if last is None:
        raise ContractError(before, None, "is not named after a version such as 1.2.0.yaml")
    diff = since_release(contract.path, today)
    _check_agreed(contract, [one for one in diff.of(Grade.BREAKING) if one.fingerprint not in waived])
    step = _step(diff, read(before).data, contract.document)
    if step is None and written == last:
        return None
    if step is None:
        raise _refused(contract, f"says {written}, and nothing changed since {last}; write {last} again")
    return NextRelease(_version(contract, written, last, step), last, step)


def _check_agreed(contract: Contract, breaking: list[Finding]) -> None:
    """Once released, a change is what the next ones are compared with: nobody would ask about it again."""
    if not breaking:
        return
    told = "; ".join(f"{said(one, Plain({})).what} ({one.fingerprint})" for one in breaking[:_SHOWN])
    more = f"; and {len(breaking) - _SHOWN} more" if len(breaking) > _SHOWN else ""
    raise ContractError(
        contract.path,
        None,
        f"breaks those who use it, and nobody agreed: {told}{more}. Take it back, or let the owner agree with "
        f"`tandem contract waive FINGERPRINT`; `tandem contract diff` says who breaks and what to do instead",
    )


def _step(diff: Diff, before: dict[str, Any], now: dict[str, Any]) -> Step | None:
    if diff.is_breaking:
        return Step.MAJOR
    if diff.findings:
        return Step.MINOR
    return Step.PATCH if _without_version(before) != _without_version(now) else None


def _without_version(document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "info": {**document["info"], "version": ""}}


def _version(contract: Contract, written: Version, last: Version, step: Step) -> Version:
    """The one the step leads to, when the contract still has the last; a larger step is the team's to take."""
    needed = last.after(step)
    if written == last:
        return needed
    if written >= needed and written in {last.after(one) for one in Step}:
        return written
    reason = f"says {written}; after {last} comes {needed}, for {_BECAUSE[step]}. Write {needed}, or leave it at {last}"
    raise _refused(contract, reason)


def _refused(contract: Contract, reason: str) -> ContractError:
    return ContractError(contract.path, version_line(contract), reason)
