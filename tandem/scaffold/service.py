"""A new service: made beside the project, held against what is asked of every service, and put in place as one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tandem.kit.contract import Contract, ContractError
from tandem.local.trouble import Refused
from tandem.scaffold.adoption import Adopted, may_see_all, say_not_built
from tandem.scaffold.changes import TEMPLATE, newest, read_changes
from tandem.scaffold.contract import adopt_contract, bring_contract, is_foreign, write_adopted, write_first_contract
from tandem.scaffold.cost import priced
from tandem.scaffold.names import check_name
from tandem.scaffold.placing import Files, place
from tandem.scaffold.registration import Entry, journey, with_entry
from tandem.scaffold.rendering import Answers, rendered
from tandem.scaffold.stage import Stage, staged
from tandem.scaffold.storage.spoken import Spoken
from tandem.scaffold.storage.written import Unsupported, Written, write_service
from tandem.spec.check import contract_complaints
from tandem.spec.generate import generated_files
from tandem.spec.lint import Finding, Ruleset, Severity, contract_paths, lint_file, lint_service, read_rules
from tandem.spec.manifest import Manifest, load_manifest
from tandem.spec.owners import CODEOWNERS, codeowners

Writer = Callable[[str, Contract], Written]
_MOST_SHOWN = 10
_MANIFEST = Path("contracts/manifest.yaml")
_UNTESTED = Path("tests/architecture/untested-operations.yaml")
# Where these are wrong in somebody else's contract, they are left out.
_EXAMPLES = "examples-fit"


@dataclass(frozen=True)
class Wish:
    """`contract` is a file that somebody wrote; without, the service begins with one thing and five operations."""

    name: str
    title: str
    owner: str
    audience: str
    contract: Path | None = None


@dataclass(frozen=True)
class Plan:
    """Paths relative to the project; `unsupported` are operations that answer 501 until somebody writes them, `partly`
    those that do when some parameter is sent, `untried` are built and cannot be asked for anything that is there,
    `unchecked` are rules that the contract has in words and nothing keeps."""

    new: tuple[Path, ...]
    changed: tuple[Path, ...]
    lines: dict[Path, int]
    operations: tuple[str, ...]
    unsupported: tuple[Unsupported, ...]
    partly: tuple[Unsupported, ...] = ()
    untried: tuple[Unsupported, ...] = ()
    notes: tuple[str, ...] = ()
    unchecked: tuple[Spoken, ...] = ()


def new_service(
    project: Path,
    wish: Wish,
    agree: Callable[[Plan], bool] = lambda _: True,
    writer: Writer = write_service,
    files: Files | None = None,
) -> Plan | None:
    """None where the plan was not agreed to. Raises Refused or Trouble, and then the project is as it was."""
    check_name(wish.name, project, contract_paths(project / "contracts"))
    with staged(project) as stage:
        try:
            plan = _prepared(stage, wish, writer)
        except ContractError as error:
            raise Refused(_said(stage, wish, str(error))) from error
        if not agree(plan):
            return None
        spare = stage.folder / "spare"
        spare.mkdir()
        place(stage.targets(), stage.expected(), spare, files)
    return plan


def _prepared(stage: Stage, wish: Wish, writer: Writer) -> Plan:
    foreign = wish.contract is not None and is_foreign(wish.contract, stage.project / "contracts")
    adopted = _put_contract(stage, wish, foreign=foreign)
    entry = Entry(wish.name, wish.owner, wish.audience, foreign)
    stage.write(_MANIFEST, with_entry((stage.project / _MANIFEST).read_text("utf-8"), entry))
    manifest = load_manifest(stage.contracts)
    service = manifest.services[wish.name]
    _check_neighbours(manifest, wish.name)
    _check_contract(stage, wish, service.contract_path)
    _render(stage, wish.name)
    with priced(stage, foreign=foreign):
        for path, text in generated_files(manifest, service, stage.folder / "services").items():
            stage.write(path.relative_to(stage.folder), text)
        written = writer(wish.name, service.contract)
        if adopted is None:
            # What the stories of the house tell of is there, and each says under which id.
            written = replace(written, untried=())
        else:
            _say_what_is_known_now(adopted, service.contract, written)
            write_adopted(adopted, service.contract_path)
        for name, text in written.files.items():
            stage.write(name, text)
        _register(stage, manifest, wish.name, (*written.unsupported, *written.untried))
        stage.put_in_style(wish.name)
    return _plan(stage, service.contract, written)


def _put_contract(stage: Stage, wish: Wish, *, foreign: bool) -> Adopted | None:
    """In it, every operation of somebody else's may be unbuilt, until it is known which are."""
    path = stage.contracts / wish.name / "openapi.yaml"
    stage.add(path.relative_to(stage.folder))
    if wish.contract is None:
        write_first_contract(wish.name, wish.title, stage.contracts, stage.folder)
    elif foreign:
        _refuse(stage, wish, _errors(one for one in lint_file(wish.contract, _rules(stage)) if one.rule != _EXAMPLES))
        services = load_manifest(stage.contracts).services.values()
        known = {one.id for service in services for one in service.contract.operations}
        adopted = adopt_contract(wish.contract, path, known)
        stage.notes += adopted.notes
        return adopted
    else:
        bring_contract(wish.contract, stage.project / "contracts", path)
    return None


def _say_what_is_known_now(adopted: Adopted, contract: Contract, written: Written) -> None:
    reasons = {one.operation_id: one.reason for one in (*written.unsupported, *written.partly)}
    for _, _, operation in adopted.operations():
        id_ = operation["operationId"]
        say_not_built(operation, reasons.get(id_, ""))
        if may_see_all(contract, contract.operation(id_)):
            operation["x-shared"] = True


def _check_neighbours(manifest: Manifest, name: str) -> None:
    """What only goes wrong between services: who answers below a path, and what an operation is called."""
    mine = manifest.services[name].contract
    for other in (service for service in manifest.services.values() if service.name != name):
        theirs = {_collection(one.path): one.path for one in other.contract.operations}
        ids = {one.id for one in other.contract.operations}
        for operation in mine.operations:
            if taken := theirs.get(_collection(operation.path)):
                reason = (
                    f"{operation.path} and {taken} of {other.name} begin alike, and one service answers all of that"
                )
                raise mine.error(operation, f"{reason}; choose another first word")
            if operation.id in ids:
                reason = f"{operation.id} is an operation of {name} and of {other.name}; rename it, for journeys, mocks"
                raise mine.error(operation, f"{reason} and clients know operations by that name")


def _collection(path: str) -> str:
    """What the cloud's load balancer tells services apart by."""
    return "/".join(path.split("/")[:3])


def _check_contract(stage: Stage, wish: Wish, contract: Path) -> None:
    findings = lint_service(wish.name, stage.contracts, _rules(stage))
    _refuse(stage, wish, _errors(findings) or contract_complaints(contract))


def _rules(stage: Stage) -> Ruleset:
    return read_rules(stage.contracts / "rules.yaml")


def _errors(findings: Iterable[Finding]) -> list[str]:
    return [
        f"{one.place}: {f'{one.operation}: ' if one.operation else ''}{one.message} {one.fix}"
        for one in findings
        if one.severity is Severity.ERROR
    ]


def _refuse(stage: Stage, wish: Wish, wrong: Sequence[str]) -> None:
    if wrong:
        listed = [_said(stage, wish, one) for one in wrong[:_MOST_SHOWN]]
        more = [f"and {len(wrong) - _MOST_SHOWN} more"] if len(wrong) > _MOST_SHOWN else []
        raise Refused("\n".join(["The contract cannot be taken as it is:", *listed, *more]))


def _said(stage: Stage, wish: Wish, message: str) -> str:
    """With the file that the person knows: lines are the same in the copy."""
    own = f"contracts/{wish.name}/openapi.yaml"
    said = stage.said(message)
    return said if wish.contract is None else said.replace(own, str(wish.contract))


def _render(stage: Stage, name: str) -> None:
    template = stage.project / TEMPLATE
    answers = Answers(name, newest(read_changes(template)))
    for path, text in rendered(template, answers, stage.folder / "rendered").items():
        stage.write(path, text)


def _register(stage: Stage, manifest: Manifest, name: str, untested: Sequence[Unsupported]) -> None:
    if (stage.project / ".github").is_dir():
        stage.write(CODEOWNERS, codeowners(manifest))
    excluded = {one.operation_id for one in untested}
    if walked := journey(name, manifest.services[name].contract, excluded):
        stage.write(f"loadtests/journeys/{name}.yaml", walked)
    excused = "".join(f"{name}.{one.operation_id}: {_one_line(one.reason)}\n" for one in untested)
    if excused and (stage.project / _UNTESTED).exists():
        stage.write(_UNTESTED, (stage.project / _UNTESTED).read_text("utf-8") + excused)


def _one_line(text: str) -> str:
    doubled = " ".join(text.split()).replace("'", "''")
    return f"'{doubled}'"


def _plan(stage: Stage, contract: Contract, written: Written) -> Plan:
    paths = sorted(stage.written)
    return Plan(
        tuple(path for path in paths if path not in stage.before),
        tuple(path for path in paths if path in stage.before),
        {path: (stage.folder / path).read_text("utf-8").count("\n") for path in paths},
        tuple(operation.id for operation in contract.operations),
        written.unsupported,
        written.partly,
        written.untried,
        tuple(stage.notes),
        tuple(one for one in written.rules if one.is_unchecked),
    )
