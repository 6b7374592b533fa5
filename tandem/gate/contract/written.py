"""The contract as a document: its rules, its releases, and what is generated from it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from tandem.gate.subject import Subject
from tandem.gate.verdict import Finding, fingerprint
from tandem.spec.check import stale_files
from tandem.spec.diff.document import Document
from tandem.spec.diff.findings import Grade, differences
from tandem.spec.diff.report import Told, comparison, report
from tandem.spec.diff.since_release import waiver_complaints
from tandem.spec.diff.waivers import FILE, ended, holding, read_waivers
from tandem.spec.lint import Finding as Breach
from tandem.spec.lint import Severity, contract_paths, lint_service, read_rules
from tandem.spec.releases import last_release, release_complaints


def lint(subject: Subject) -> list[Finding]:
    """What the linter calls an error; the rest is advice, and `tandem contract lint` gives it. Raises ContractError."""
    rules = read_rules(subject.home.contracts / "rules.yaml")
    breaches = lint_service(subject.name, subject.home.contracts, rules)
    return [_breach(subject, one) for one in breaches if one.severity is Severity.ERROR]


def _breach(subject: Subject, one: Breach) -> Finding:
    where = f"{one.operation}: " if one.operation else ""
    return Finding(
        fingerprint("contract", subject.name, one.rule, one.operation, one.message),
        f"{where}{one.message}",
        f"{short(subject, one.place.path)}:{one.place.line}",
        f"{one.reason} (rule {one.rule})",
        one.fix,
        f"tandem contract lint {subject.name}",
    )


def releases(subject: Subject) -> list[Finding]:
    return [
        Finding(
            fingerprint("contract", subject.name, "release", said),
            said.replace(f"{subject.project}/", ""),
            f"contracts/{subject.name}/released",
            replay=f"tandem contract check {subject.name}",
        )
        for said in release_complaints(subject.service)
    ]


def waivers(subject: Subject, today: date) -> list[Finding]:
    """Those of every service: a waiver does not say whose change it is about once that is gone."""
    contracts = contract_paths(subject.home.contracts).values()
    return [
        Finding(
            fingerprint("contract", subject.name, "waiver", said),
            said,
            f"contracts/{FILE}",
            "It would let a change through that nobody has agreed to.",
            replay="tandem contract check",
        )
        for said in waiver_complaints(subject.home.contracts, contracts, today)
    ]


def last(subject: Subject) -> Path | None:
    return last_release(subject.contract_path)


def compatible(subject: Subject, today: date) -> tuple[list[Finding], str]:
    """Breaking changes that nobody agreed to, and what to say when there are none."""
    base = last(subject)
    assert base is not None
    waivers = read_waivers(subject.home.contracts)
    documents = Document(base), Document(subject.contract_path)
    found = differences(*documents, today, lambda *_: None)
    names = (base.stem, "now")
    made = report([comparison(names, documents, found, holding(waivers, today), lambda path: short(subject, path))])
    gone = ended(waivers, today)
    said = f"nothing that was released in {base.stem} breaks" + (f"; {len(made.waived)} waived" if made.waived else "")
    return [_breaking(subject, one, gone) for one in made.of(Grade.BREAKING)], said


def _breaking(subject: Subject, told: Told, ended_waivers: list[str]) -> Finding:
    about = [one for one in ended_waivers if told.finding.fingerprint in one]
    waive = f"tandem contract waive {told.finding.fingerprint} --until DATE --because TEXT --owner NAME"
    return Finding(
        told.finding.fingerprint,
        f"Breaking change: {told.said.what}.",
        told.place,
        " ".join([*told.said.who, f"Seen in {', '.join(told.finding.operations)}.", *about]),
        f"{told.said.advice} Where it was agreed: {waive}".strip(),
        f"tandem contract diff {subject.name}@{_version(subject)} {subject.name}",
    )


def _version(subject: Subject) -> str:
    base = last(subject)
    return base.stem if base else ""


def generated(subject: Subject) -> list[Finding]:
    from tandem.spec.generate import generated_files

    wanted = generated_files(subject.manifest, subject.service, subject.project / "services")
    return list(_stale(subject, stale_files(wanted)))


def _stale(subject: Subject, paths: list[Path]) -> Iterator[Finding]:
    for path in paths:
        name = short(subject, path)
        yield Finding(
            fingerprint("contract", subject.name, "generated", name),
            f"{name} is not what the contract gives now.",
            name,
            "The service would speak of things that are not, or no longer, in its contract.",
            f"Run `tandem contract generate {subject.name}` and commit what it writes.",
            f"tandem contract generate --check {subject.name}",
        )


def short(subject: Subject, path: Path) -> str:
    return os.path.relpath(path, subject.project)
