"""`tandem contract lint`: contracts held against OpenAPI and the house rules."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Annotated

import typer
from rich.text import Text

from tandem.cli.console import AsJson, out, print_json
from tandem.cli.contract_files import Target, reading, short, targets
from tandem.kit.contract import ContractError
from tandem.local.state import Home
from tandem.local.trouble import Refused, Trouble
from tandem.spec.lint import Finding, Ruleset, Severity, lint_file, lint_service, read_rules, sorted_once

Names = Annotated[
    list[str] | None,
    typer.Argument(help="Services or OpenAPI files; every service when none is named.", show_default=False),
]

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
_WORST_FIRST = list(_COLOURS)
_SHOWN = 10


def lint(
    names: Names = None,
    *,
    house: Annotated[
        bool, typer.Option("--house", help="Ask the house rules of other people's documents too.")
    ] = False,
    everything: Annotated[bool, typer.Option("--all", help=f"Every finding, not {_SHOWN} a rule and file.")] = False,
    as_json: AsJson = False,
) -> None:
    """Hold contracts against OpenAPI and the house rules of contracts/rules.yaml.

    Exit code 1 when a finding is an error, 2 when something cannot be read. Example: tandem contract lint card
    """
    home = Home.find()
    chosen = targets(home, names)
    findings = _findings(home, chosen, house=house)
    if as_json:
        print_json({"findings": [one.as_json() for one in findings], "count": _counted(findings)})
    else:
        _show(findings, _SHOWN if not everything else len(findings))
        out.print(_summary(chosen, findings), markup=False)
        if not house and (foreign := [str(one.path) for one in chosen if not one.service]):
            out.print(
                f"House rules were not asked of {', '.join(foreign)}; --house asks them.", style="dim", markup=False
            )
    if errors := sum(one.severity is Severity.ERROR for one in findings):
        raise Refused(f"{errors} {'error' if errors == 1 else 'errors'} to mend.")


def _findings(home: Home, chosen: Sequence[Target], *, house: bool) -> list[Finding]:
    found: list[Finding] = []
    try:
        rules = read_rules(home.contracts / "rules.yaml")
        for one in chosen:
            with reading(one):
                found += _linted(home, one, rules, house=house)
    except ContractError as error:
        raise Trouble(str(error)) from error
    return sorted_once(found)


def _linted(home: Home, one: Target, rules: Ruleset, *, house: bool) -> list[Finding]:
    if one.service:
        return lint_service(one.service, home.contracts, rules)
    return lint_file(one.path, rules, house=house)


def _show(findings: Sequence[Finding], most: int) -> None:
    for path, of_file in groupby(findings, lambda one: one.place.path):
        out.print(short(path), style="bold", markup=False)
        by_rule: dict[str, list[Finding]] = {}
        for one in of_file:
            by_rule.setdefault(one.rule, []).append(one)
        for group in sorted(by_rule.values(), key=lambda group: _WORST_FIRST.index(group[0].severity)):
            for line in _lines(group, most):
                out.print(line, soft_wrap=True)
        out.print()


def _lines(group: Sequence[Finding], most: int) -> Iterator[Text]:
    """What was found in one file by one rule, and after it once why it matters and what to do."""
    first = group[0]
    yield Text.assemble("  ", (first.severity.value, _COLOURS[first.severity]), f"  {first.rule}")
    for one in group[:most]:
        where = f"{one.operation}: " if one.operation else ""
        yield Text.assemble("    ", (f"{short(one.place.path)}:{one.place.line}", "cyan"), f"  {where}{one.message}")
    if len(group) > most:
        yield Text(f"    and {len(group) - most} more; --all shows them")
    yield Text(f"    {first.reason} Fix: {first.fix}", style="dim")


def _summary(chosen: Sequence[Target], findings: Sequence[Finding]) -> str:
    what = "1 contract" if len(chosen) == 1 else f"{len(chosen)} contracts"
    said = ", ".join(f"{count} {name if count == 1 else name + 's'}" for name, count in _counted(findings).items())
    return f"{what}: {said or 'nothing found'}."


def _counted(findings: Sequence[Finding]) -> dict[str, int]:
    counts = Counter(one.severity for one in findings)
    return {severity.value: counts[severity] for severity in _WORST_FIRST if counts[severity]}
