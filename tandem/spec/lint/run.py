"""Asking the rules of a document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from tandem.kit.contract import ContractError, read
from tandem.spec.document import Document, Operation, Place, as_list, as_mapping, assemble
from tandem.spec.lint.finding import Finding, Severity
from tandem.spec.lint.registry import CHECKS, Breach
from tandem.spec.lint.ruleset import Rule, Ruleset
from tandem.spec.lint.subject import Neighbours, Subject, path_shape


def lint_file(path: Path, rules: Ruleset, *, house: bool = False) -> list[Finding]:
    """Somebody else's document, of which the house rules are asked only with `house`."""
    return _lint(assemble(path), rules, Neighbours(), house=house)


def lint_service(name: str, contracts: Path, rules: Ruleset) -> list[Finding]:
    """One of the services the manifest lists. Those before it in the manifest own their paths. Of a contract that
    somebody else wrote, `house_rules: false` in the manifest, the house rules are not asked."""
    listed = contract_paths(contracts)
    before = list(listed)[: list(listed).index(name)]
    neighbours = Neighbours(_scenarios(contracts), _owners({service: listed[service] for service in before}))
    return _lint(assemble(listed[name]), rules, neighbours, house=_keeps_house_rules(contracts, name))


def _keeps_house_rules(contracts: Path, name: str) -> bool:
    services = as_mapping(as_mapping(read(contracts / "manifest.yaml").data).get("services"))
    return as_mapping(services.get(name)).get("house_rules") is not False


def contract_paths(contracts: Path) -> dict[str, Path]:
    """By service, whether or not the contracts can be used."""
    source = read(contracts / "manifest.yaml")
    services = as_mapping(as_mapping(source.data).get("services"))
    found = {name: as_mapping(entry).get("contract") for name, entry in services.items()}
    if not found or not all(isinstance(path, str) for path in found.values()):
        raise ContractError(source.path, source.line_of("/services"), "`services:` must name the contract of each")
    return {name: contracts / str(path) for name, path in found.items()}


def sorted_once(findings: Iterable[Finding]) -> list[Finding]:
    """Each once, also when several contracts share the file it stands in; by file and line."""
    return sorted(set(findings), key=lambda one: (str(one.place.path), one.place.line, one.rule, one.message))


def _lint(document: Document, rules: Ruleset, neighbours: Neighbours, *, house: bool) -> list[Finding]:
    subject = Subject(document, {}, neighbours)
    found = [
        finding
        for name, check in CHECKS.items()
        if (house or not check.is_house) and rules.rules[name].severity is not Severity.OFF
        for finding in _ask(rules.rules[name], subject, rules)
    ]
    return sorted_once(found)


def _ask(rule: Rule, subject: Subject, rules: Ruleset) -> Iterator[Finding]:
    excused = set()
    for one in CHECKS[rule.name].run(replace(subject, options=rule.options)):
        operation = _operation(subject, one)
        if operation is not None and operation.id in rule.excused:
            excused.add(operation.id)
            continue
        place = one.place or subject.document.place(one.pointer)
        where = "" if operation is None else f"{operation} ({operation.id})" if operation.id else str(operation)
        yield Finding(rule.name, rule.severity, place, where, rule.message.format(**one.words), rule.reason, rule.fix)
    offered = {operation.id for operation in subject.operations}
    for name in sorted((rule.excused.keys() & offered) - excused):
        place = Place(rules.source.path, rules.source.line_of(f"/rules/{rule.name}/excused/{name}") or 1)
        said = f"{name} is excused from {rule.name} and does not break it."
        yield Finding(
            rule.name, Severity.ERROR, place, "", said, "An idle excuse hides the next breach.", "Take it out."
        )


def _operation(subject: Subject, one: Breach) -> Operation | None:
    """The one it was found in, also where the line is that of a component."""
    return one.operation or subject.by_pointer.get("/".join(one.pointer.split("/")[:4]))


def _scenarios(contracts: Path) -> frozenset[str]:
    path = contracts / "scenarios.yaml"
    data = as_mapping(read(path).data) if path.exists() else {}
    return frozenset({*as_mapping(data.get("scenarios")), *map(str, as_list(data.get("turns")))})


def _owners(paths: dict[str, Path]) -> dict[str, str]:
    owners: dict[str, str] = {}
    for service, path in paths.items():
        try:
            found = as_mapping(as_mapping(read(path).data).get("paths"))
        except ContractError:
            continue
        for one in found:
            owners.setdefault(path_shape(one), service)
    return owners
