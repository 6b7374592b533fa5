"""Can this version go there? Yes with what was checked, no with who breaks, or "cannot tell" with why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from tandem.kit.contract import Contract, load_contract
from tandem.spec.deployment.environments import Deployed, Versions
from tandem.spec.deployment.observed import Call, Observed
from tandem.spec.diff.document import Document
from tandem.spec.diff.findings import Finding, Grade, differences
from tandem.spec.diff.operations import operations
from tandem.spec.manifest import Manifest
from tandem.spec.releases import last_release, released
from tandem.spec.versions import Version

# Older than this, what was seen says little about who calls now.
FRESH = timedelta(days=30)


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at, in a sentence. `breaks` are what the consumer would notice."""

    answer: Answer
    said: str
    breaks: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Environment:
    """An environment: what runs there, and who was seen calling what; None where nobody looked."""

    name: str
    manifest: Manifest
    deployed: Deployed
    observed: Observed | None
    today: date

    def versions(self, service: str) -> Versions:
        return self.deployed.get(service, {})


@dataclass(frozen=True)
class Candidate:
    """The version that is to go there."""

    service: str
    version: str
    contract: Path

    def __str__(self) -> str:
        return f"{self.service} {self.version}"


def together(checks: Iterable[Check]) -> Answer:
    """What breaks is known, whatever else is not."""
    answers = {check.answer for check in checks}
    return next((one for one in (Answer.NO, Answer.CANNOT_TELL) if one in answers), Answer.YES)


def checks(there: Environment, candidate: Candidate) -> list[Check]:
    return [*_as_provider(there, candidate), *_as_consumer(there, candidate)]


def _as_provider(there: Environment, candidate: Candidate) -> Iterator[Check]:
    versions = there.versions(candidate.service)
    if not versions:
        yield from _first_time(there, candidate)
    for version, contract in versions.items():
        if contract is None:
            yield _unknown_contract(there, candidate.service, version)
        elif version == candidate.version:
            yield Check(Answer.YES, f"{candidate} runs in {there.name} already")
        else:
            yield from _instead_of(there, candidate, version, contract)


def _first_time(there: Environment, candidate: Candidate) -> Iterator[Check]:
    """Nobody there can call it yet; those who will were made for the release before it, or for this one."""
    before = _release_before(there.manifest.services[candidate.service].contract_path, candidate.version)
    said = f"{candidate.service} is not in {there.name} yet, so nobody there calls it"
    yield Check(Answer.YES, said)
    yield from _unknown_consumers(there, candidate.service)
    for consumer, used in _consumers(there, candidate.service).items():
        yield _served(there, candidate, consumer, used, before or candidate.contract)


def _instead_of(there: Environment, candidate: Candidate, version: str, contract: Path) -> Iterator[Check]:
    """`candidate` comes to stand beside, and then for, a version that runs there."""
    breaking = _breaking(Document(contract), candidate.contract, there.today)
    if not breaking:
        yield Check(Answer.YES, f"nothing of {candidate.service} {version} breaks in {candidate.version}")
    yield from _unknown_consumers(there, candidate.service)
    for consumer, used in _consumers(there, candidate.service).items():
        yield _served(there, candidate, consumer, used, contract)
    if breaking:
        yield _others(there, candidate, len(breaking))


def _unknown_consumers(there: Environment, service: str) -> Iterator[Check]:
    """What the manifest says of consumers, it says of versions that are known."""
    for name, consumer in there.manifest.services.items():
        for version, contract in there.versions(name).items():
            if service in consumer.consumes and contract is None:
                yield _unknown_contract(there, name, version)


def _others(there: Environment, candidate: Candidate, breaking: int) -> Check:
    """Whether anybody but those whom the manifest names uses what breaks is known only by looking."""
    changes = f"{candidate.version} breaks {breaking} {'thing' if breaking == 1 else 'things'}"
    record = f"tandem contract consumers {there.name} --import FILE"
    observed = there.observed
    if observed is None or not observed.of(candidate.service):
        seen = "no calls were recorded there" if observed is None else "nobody was seen calling it there"
        return Check(
            Answer.CANNOT_TELL,
            f"{changes}, and who uses {candidate.service} in {there.name} is not known: {seen} ({record})",
        )
    until = observed.until.astimezone(UTC)
    if datetime.combine(there.today, datetime.min.time(), UTC) - until > FRESH:
        return Check(Answer.CANNOT_TELL, f"{changes}, and calls were last recorded on {until:%Y-%m-%d} ({record})")
    between = f"between {observed.since:%Y-%m-%d} and {until:%Y-%m-%d}"
    return Check(Answer.YES, f"{changes}, and nobody else was seen calling {candidate.service} {between}")


def _consumers(there: Environment, service: str) -> dict[str, _Used]:
    """Who is there and uses the service: by the manifest, and by what was seen."""
    found: dict[str, _Used] = {}
    for name, consumer in there.manifest.services.items():
        if there.versions(name) and service in consumer.consumes:
            found[name] = _Used(" and ".join(there.versions(name)), set(consumer.consumes[service]), [])
    for call in there.observed.of(service) if there.observed else []:
        used = found.setdefault(call.consumer, _Used("", set(), []))
        used.operations.add(call.operation)
        used.calls.append(call)
    return found


@dataclass(frozen=True, slots=True)
class _Used:
    versions: str
    operations: set[str]
    calls: list[Call]

    def __str__(self) -> str:
        names = ", ".join(sorted(self.operations))
        if not self.calls:
            return names
        count, last = sum(one.count for one in self.calls), max(one.last_seen for one in self.calls)
        return f"{names}, {count} {'call' if count == 1 else 'calls'} seen, the last on {last:%Y-%m-%d}"


def _served(there: Environment, candidate: Candidate, consumer: str, used: _Used, contract: Path) -> Check:
    """Whether `candidate` still serves what one consumer uses of `contract`, which it knows."""
    who = f"{consumer} {used.versions}".rstrip()
    missing = _not_offered(load_contract(candidate.contract), used.operations)
    breaks = _breaking(_only(contract, used.operations), candidate.contract, there.today)
    if breaks:
        return Check(Answer.NO, f"{who} breaks in {there.name}: it uses {used}", breaks)
    if missing:
        return Check(Answer.NO, f"{who} calls {', '.join(missing)}, which {candidate} does not offer")
    return Check(Answer.YES, f"{who} finds what it uses as before: {used}")


def _as_consumer(there: Environment, candidate: Candidate) -> Iterator[Check]:
    """The other direction: whether the candidate finds there what it calls itself."""
    consumes = there.manifest.services[candidate.service].consumes
    if not consumes:
        yield Check(Answer.YES, f"{candidate.service} calls no other service")
    for peer, used in consumes.items():
        names = ", ".join(used)
        if not there.versions(peer):
            yield Check(Answer.NO, f"{candidate} calls {names} of {peer}, and {peer} is not in {there.name}")
        for version, contract in there.versions(peer).items():
            yield _found(there, candidate, peer, version, contract, used)


def _found(
    there: Environment, candidate: Candidate, peer: str, version: str, contract: Path | None, used: Collection[str]
) -> Check:
    if contract is None:
        return _unknown_contract(there, peer, version)
    path = there.manifest.services[peer].contract_path
    missing = _not_offered(load_contract(contract), used)
    if missing:
        return Check(Answer.NO, f"{candidate} calls {', '.join(missing)}, which {peer} {version} does not offer")
    # Calls are generated from the peer's contract as it is in the tree, which at a release is its newest one.
    breaks = _breaking(_only(last_release(path) or path, used), contract, there.today)
    if breaks:
        return Check(Answer.NO, f"{candidate} was made for a newer {peer} than {version}, which runs there", breaks)
    return Check(Answer.YES, f"{candidate} finds {', '.join(used)} in {peer} {version}")


def _unknown_contract(there: Environment, service: str, version: str) -> Check:
    said = f"{service} {version} runs in {there.name}, and its contract is not among the releases"
    return Check(Answer.CANNOT_TELL, said)


def _release_before(contract: Path, version: str) -> Path | None:
    wanted = Version.parse(version)
    known = {Version.parse(name): path for name, path in released(contract).items()}
    older = [one for one in known if one is not None and wanted is not None and one < wanted]
    return known[max(older)] if older else None


def _not_offered(contract: Contract, used: Iterable[str]) -> list[str]:
    return sorted(set(used) - {operation.id for operation in contract.operations})


def _only(contract: Path, operation_ids: Collection[str]) -> Document:
    """As it is for somebody who uses nothing but these operations."""
    document = Document(contract)
    for one in operations(document):
        if one.raw.get("operationId") not in operation_ids:
            one.item.pop(one.method.lower(), None)
    return document


def _breaking(base: Document, revision: Path, today: date) -> tuple[Finding, ...]:
    found = differences(base, Document(revision), today, lambda _done, _all: None)
    return tuple(found.of(Grade.BREAKING))
