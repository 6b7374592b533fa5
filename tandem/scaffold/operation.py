"""From a new operation in a contract to its handler, SQL and tests, put into files that people have gone on writing."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from tandem.kit.contract import Contract
from tandem.local.suggestions import one_of
from tandem.local.trouble import Refused
from tandem.scaffold.pieces import DoesNotFit, Module, added, attributes, put, with_changes
from tandem.scaffold.placing import place
from tandem.scaffold.stage import Stage, staged
from tandem.scaffold.storage.docstrings import docstring
from tandem.scaffold.storage.spoken import Keeper, Spoken
from tandem.scaffold.storage.written import Written, write_service
from tandem.spec.generate import generated_files
from tandem.spec.manifest import Manifest, load_manifest

Writer = Callable[[str, Contract], Written]
UNTESTED = Path("tests/architecture/untested-operations.yaml")


@dataclass(frozen=True)
class Added:
    """`reason` is why the operation answers 501 for now; empty where it works. `unchecked` are rules that stand in the
    contract in words, and that nothing keeps yet."""

    service: str
    operation: str
    handler: str
    changed: tuple[Path, ...]
    reason: str = ""
    unchecked: tuple[Spoken, ...] = ()


@dataclass(frozen=True)
class _Wanted:
    """The operation of a service, and the texts that would be written without it and with it."""

    project: Path
    service: str
    contract: Contract
    operation: str
    before: Written
    after: Written

    @property
    def handlers(self) -> Path:
        return Path("services") / self.service / "handlers.py"

    @property
    def handler(self) -> str:
        return self.contract.operation(self.operation).handler_name

    def unchecked(self, *, is_built: bool) -> tuple[Spoken, ...]:
        """What its handler would keep is not kept by one that answers 501."""
        keepers = {Keeper.NOBODY} if is_built else {Keeper.NOBODY, Keeper.HANDLER}
        return tuple(one for one in self.after.rules if one.place == self.operation and one.keeper in keepers)


def add_operation(project: Path, operation: str, writer: Writer = write_service) -> Added:
    """Raises Refused for an operation that no contract has, or that has its handler; then nothing is written."""
    manifest = load_manifest(project / "contracts")
    service = _service_of(manifest, operation)
    wanted = _wanted(project, service, manifest.services[service].contract, operation, writer)
    try:
        texts, reason = _fitting(wanted), ""
    except DoesNotFit as misfit:
        texts, reason = _unbuilt(wanted, str(misfit)), str(misfit)
    unchecked = wanted.unchecked(is_built=not reason)
    with staged(project) as stage:
        for path, text in texts.items():
            stage.write(path, text)
        _generate(stage, manifest, service)
        stage.put_in_style(service, sort_imports=True)
        spare = stage.folder / "spare"
        spare.mkdir()
        place(stage.targets(), stage.expected(), spare)
        return Added(service, operation, wanted.handler, tuple(sorted(stage.written)), reason, unchecked)


def _service_of(manifest: Manifest, operation: str) -> str:
    owners = {one.id: name for name, service in manifest.services.items() for one in service.contract.operations}
    return owners[one_of(operation, owners, "operation")]


def _wanted(project: Path, service: str, contract: Contract, operation: str, writer: Writer) -> _Wanted:
    handlers = project / "services" / service / "handlers.py"
    if not handlers.exists():
        raise Refused(f"{service} has no code yet: there is no services/{service}/handlers.py.")
    there = {name for holder, name in Module(handlers.read_text("utf-8")).pieces if not holder}
    handler = contract.operation(operation).handler_name
    if handler in there:
        raise Refused(f"{operation} has its handler already: {handler} in services/{service}/handlers.py.")
    built = {one.id for one in contract.operations if one.handler_name in there}
    before = writer(service, _only(contract, built))
    return _Wanted(project, service, contract, operation, before, writer(service, _only(contract, {*built, operation})))


def _only(contract: Contract, ids: Iterable[str]) -> Contract:
    wanted = set(ids)
    kept = tuple(one for one in contract.operations if one.id in wanted)
    methods = {(one.path, one.method.lower()) for one in contract.operations if one.id not in wanted}
    paths = {
        path: {key: value for key, value in item.items() if (path, key) not in methods}
        for path, item in contract.document["paths"].items()
    }
    return replace(contract, document={**contract.document, "paths": paths}, operations=kept)


def _fitting(wanted: _Wanted) -> dict[Path, str]:
    """Raises DoesNotFit where the operation cannot be derived, or needs what the service does not have."""
    for one in wanted.after.unsupported:
        if one.operation_id == wanted.operation:
            raise DoesNotFit(one.reason)
    texts: dict[Path, str] = {}
    for name, text in wanted.after.files.items():
        old = wanted.before.files.get(name, "")
        if text == old:
            continue
        if "/migrations/" in name:
            raise DoesNotFit("it keeps something new, which needs a migration first")
        ours = wanted.project / name
        before, after = Module(old), Module(text)
        mine = ours.read_text("utf-8") if ours.exists() else ""
        # What the other tests look at may well be more with one more operation: theirs are the developer's by now.
        strict = not name.startswith("tests/")
        merged = put(with_changes(mine, before, after, strict=strict), added(before, after), after)
        if merged != mine:
            texts[Path(name)] = merged
    _check_methods(wanted, texts)
    return texts


def _check_methods(wanted: _Wanted, texts: dict[Path, str]) -> None:
    """The handler may only ask of the repository what the service's own one can do."""
    repository = wanted.handlers.with_name("repository.py")
    own = wanted.project / repository
    ours = texts.get(repository) or (own.read_text("utf-8") if own.exists() else "")
    theirs = Module(wanted.after.files.get(str(repository), ""))
    asked = attributes(Module(texts[wanted.handlers]).pieces["", wanted.handler])
    there = {name for _, name in Module(ours).pieces}
    if missing := asked & {name for holder, name in theirs.pieces if holder} - there:
        raise DoesNotFit(f"its repository has no {', '.join(sorted(missing))}")


def _unbuilt(wanted: _Wanted, reason: str) -> dict[Path, str]:
    """A handler in its place that says it is not there yet, and its entry in the written list."""
    theirs = Module(wanted.after.files[str(wanted.handlers)])
    signature = _signature(theirs, wanted.handler)
    said = docstring("", [one.rule for one in wanted.unchecked(is_built=False)])
    text = f'{signature}{said}    del {_arguments(theirs, wanted.handler)}\n    raise NotBuilt("{wanted.operation}")\n'
    head = "".join(f"from {module} import {name}\n" for name, module in theirs.imports.items())
    rest = "".join(f"\n\n{one.text}" for one in theirs.pieces.values() if not one.holder and one.name != wanted.handler)
    source = Module(f"{head}from tandem.kit.problems import NotBuilt\n\n\n{text}{rest}")
    order = Module("".join(f"async def {one.handler_name}(): ...\n" for one in wanted.contract.operations))
    piece = source.pieces["", wanted.handler]
    ours = (wanted.project / wanted.handlers).read_text("utf-8")
    texts = {wanted.handlers: put(ours, [piece], _in_order(source, order))}
    listed = wanted.project / UNTESTED
    if listed.exists():
        said = " ".join(reason.split()).replace("'", "''")
        texts[UNTESTED] = f"{listed.read_text('utf-8')}{wanted.service}.{wanted.operation}: '{said}'\n"
    return texts


def _in_order(source: Module, order: Module) -> Module:
    """The same pieces as the contract has its operations."""
    head = source.text[: source.text.index("\n\n\nasync def ")]
    pieces = [source.pieces[key] for key in order.pieces if key in source.pieces]
    return Module(head + "".join(f"\n\n\n{one.text}" for one in pieces))


def _signature(module: Module, handler: str) -> str:
    """Its `async def` line or lines, without what it does."""
    piece = module.pieces["", handler]
    first = piece.node.body[0].lineno - piece.node.lineno
    return "".join(piece.text.splitlines(keepends=True)[:first])


def _arguments(module: Module, handler: str) -> str:
    node = module.pieces["", handler].node
    assert not isinstance(node, ast.ClassDef)
    return ", ".join(one.arg for one in node.args.args)


def _generate(stage: Stage, manifest: Manifest, service: str) -> None:
    """The contract has changed, so its models have."""
    folder = stage.project / "services"
    for path, text in generated_files(manifest, manifest.services[service], folder).items():
        if not path.exists() or path.read_text("utf-8") != text:
            stage.write(path.relative_to(stage.project), text)
