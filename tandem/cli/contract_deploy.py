"""`tandem contract can-i-deploy` and `consumers`: whether a version can go somewhere, and who calls what there."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from tandem.cli.console import AsJson, out, print_json
from tandem.cli.contract_files import short
from tandem.kit.contract import ContractError
from tandem.local.observed import read_record, record_of, recorded, seen_here
from tandem.local.state import Home, write_atomically
from tandem.local.suggestions import one_of
from tandem.local.trouble import Refused, Trouble
from tandem.spec.deployment.answer import Answer, Candidate, Check, Environment, checks, together
from tandem.spec.deployment.environments import FILE, LOCAL, read_environments
from tandem.spec.deployment.observed import NotObserved, Observed
from tandem.spec.deployment.observed import as_json as document_of
from tandem.spec.deployment.recording import NotThere, with_release
from tandem.spec.diff.findings import Finding
from tandem.spec.diff.names import Plain
from tandem.spec.diff.wording import said
from tandem.spec.manifest import load_manifest
from tandem.spec.releases import released

_COLOURS = {Answer.YES: "green", Answer.NO: "bold red", Answer.CANNOT_TELL: "yellow"}
_CODES = {Answer.YES: 0, Answer.NO: 1, Answer.CANNOT_TELL: 2}
_WORDS = {Answer.YES: "checked", Answer.NO: "breaks", Answer.CANNOT_TELL: "unknown"}
_WORST_FIRST = (Answer.NO, Answer.CANNOT_TELL, Answer.YES)
_INDENT = " " * 11

Service = Annotated[str, typer.Argument(help="A service of the manifest.")]
Version = Annotated[
    str | None,
    typer.Argument(help="A released version of its contract; that of the tree when not said.", show_default=False),
]


def can_i_deploy(
    service: Service,
    version: Version = None,
    *,
    to: Annotated[str, typer.Option(help=f"An environment of contracts/{FILE}, or `{LOCAL}`: this machine.")],
    observed: Annotated[
        Path | None, typer.Option(help="Who was seen calling what there; what was imported when not said.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say whether a version can go where others run: who uses it there, and whether it finds what it calls.

    Exit code 0 yes, 1 no, 2 cannot tell. Example: tandem contract can-i-deploy invoice 1.1.0 --to production
    """
    home = Home.find()
    try:
        version = version or _version_of_tree(home, service)
        found = _checks(home, service, version, to, observed)
    except (Refused, ContractError, NotObserved) as error:
        found = [Check(Answer.CANNOT_TELL, str(error).removesuffix("."))]
    answer = together(found)
    if as_json:
        print_json({"answer": answer.value, "checks": [_document(one) for one in found]})
    else:
        for line in _lines(f"{service} {version or ''}".rstrip(), to, answer, found):
            out.print(line, soft_wrap=True)
    if answer is not Answer.YES:
        raise typer.Exit(_CODES[answer])


def deployed(
    service: Service,
    version: Version = None,
    *,
    to: Annotated[str, typer.Option(help=f"An environment of contracts/{FILE}.")],
) -> None:
    """Write down that a version runs somewhere, for who asks `can-i-deploy`. Whoever deploys calls it.

    Example: tandem contract deployed invoice 1.1.0 --to uat
    """
    home = Home.find()
    version = version or _version_of_tree(home, service)
    path = home.contracts / FILE
    try:
        before = path.read_text(encoding="utf-8")
        after = with_release(before, to, service, version)
    except (NotThere, FileNotFoundError) as error:
        raise Refused(f"contracts/{FILE} cannot say so: {error}") from error
    if after == before:
        out.print(f"{service} {version} stands there for {to} already.")
        return
    write_atomically(path, after, mode=0o644)
    out.print(f"{service} {version} runs in {to}, says contracts/{FILE} now.")


def _version_of_tree(home: Home, service: str) -> str:
    services = load_manifest(home.contracts).services
    return services[one_of(service, services, "service")].contract.version


def _checks(home: Home, service: str, version: str, to: str, observed: Path | None) -> list[Check]:
    manifest = load_manifest(home.contracts)
    contract = manifest.services[one_of(service, manifest.services, "service")].contract_path
    environments = read_environments(manifest)
    deployed = environments[one_of(to, environments, "environment")]
    known = released(contract)
    if version not in known and version == manifest.services[service].contract.version:
        raise Refused(f"{service} {version} is not released yet: tandem contract release {service}.")
    path = known[one_of(version, known, f"release of {service}")]
    seen = read_record(observed) if observed else _seen(home, to)
    there = Environment(to, manifest, deployed, seen, datetime.now(UTC).date())
    return checks(there, Candidate(service, version, path))


def _seen(home: Home, environment: str) -> Observed | None:
    return seen_here(home) if environment == LOCAL else recorded(home, environment)


def _lines(what: str, to: str, answer: Answer, found: list[Check]) -> Iterator[Text]:
    told = {Answer.YES: f"can go to {to}", Answer.NO: f"must not go to {to}", Answer.CANNOT_TELL: f"to {to}"}
    yield Text(f"{answer.value.capitalize()}: {what} {told[answer]}.", style=_COLOURS[answer])
    for check in sorted(found, key=lambda one: _WORST_FIRST.index(one.answer)):
        yield Text.assemble(
            (f"  {_WORDS[check.answer]:<9}", _COLOURS[check.answer]),
            check.said if check.said.endswith("?") else f"{check.said}.",
        )
        for finding in check.breaks:
            told_of = said(finding, Plain({}))
            where = f"{short(finding.place.file)}:{finding.place.line}"
            yield Text.assemble(f"{_INDENT}{', '.join(finding.operations)}: {told_of.what}", (f"  {where}", "cyan"))
            yield Text(f"{_INDENT}{' '.join(told_of.who)}", style="dim")


def _document(check: Check) -> dict[str, Any]:
    return {"answer": check.answer.value, "said": check.said, "breaks": [_finding(one) for one in check.breaks]}


def _finding(finding: Finding) -> dict[str, Any]:
    told = said(finding, Plain({}))
    place = {"file": short(finding.place.file), "line": finding.place.line, "pointer": finding.place.pointer}
    return {
        "rule": finding.rule,
        "fingerprint": finding.fingerprint,
        "operations": finding.operations,
        "said": " ".join([f"{told.what}.", *told.who]),
        "place": place,
    }


def consumers(
    environment: Annotated[str, typer.Argument(help="This machine when none is named.")] = LOCAL,
    *,
    take: Annotated[
        Path | None, typer.Option("--import", help="Take in a record of calls, as --json prints it.", metavar="FILE")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say who was seen calling which operation: here from the services' logs, elsewhere from what was imported.

    Example: tandem contract consumers production --import calls.json
    """
    home = Home.find()
    one_of(environment, read_environments(load_manifest(home.contracts)), "environment")
    try:
        observed = _taken(home, environment, take) if take else _seen(home, environment)
    except NotObserved as error:
        raise Trouble(str(error)) from error
    if observed is None:
        raise Refused(f"No calls were recorded in {environment}.")
    if as_json:
        print_json(document_of(observed))
    else:
        out.print(_table(observed))


def _taken(home: Home, environment: str, file: Path) -> Observed:
    if environment == LOCAL:
        raise Refused("What is called on this machine is read from its logs; name another environment.")
    observed = read_record(file)
    write_atomically(record_of(home, environment), file.read_text(encoding="utf-8"))
    return observed


def _table(observed: Observed) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("service", "operation", "consumer", "calls", "last seen"):
        table.add_column(column, justify="right" if column == "calls" else "left", no_wrap=True)
    for one in observed.calls:
        table.add_row(one.service, one.operation, one.consumer, str(one.count), f"{one.last_seen:%Y-%m-%d %H:%M}")
    return table
