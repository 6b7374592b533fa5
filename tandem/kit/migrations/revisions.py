"""Revision files read without running them, so that a service knows what it expects at no cost."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KIT_FOLDER = Path(__file__).parent / "versions"
PHASES = ("expand", "backfill", "contract")


class MigrationError(Exception):
    """Revisions that cannot be applied; the message names the file and what to do."""


@dataclass(frozen=True)
class Revision:
    """`checksum` is of the file's text, without regard to line ends."""

    id: str
    parents: tuple[str, ...]
    phase: str
    path: Path
    checksum: str


def load(folder: Path) -> dict[str, Revision]:
    """All revisions of the kit and of `folder`, each after its parents; raises MigrationError."""
    kit, service = _folder(KIT_FOLDER), _folder(folder)
    for id_ in kit.keys() & service.keys():
        raise MigrationError(f"{service[id_].path}: revision {id_} is one of the kit's; choose another id")
    for revisions in (kit, service):
        _check_chain(revisions)
    return _ordered({**kit, **service})


def heads(revisions: Iterable[Revision]) -> frozenset[str]:
    revisions = list(revisions)
    return frozenset(r.id for r in revisions) - {parent for r in revisions for parent in r.parents}


def _folder(folder: Path) -> dict[str, Revision]:
    found: dict[str, Revision] = {}
    for path in sorted(folder.glob("*.py")):
        if path.name == "__init__.py":
            continue
        revision = read(path)
        if revision.id in found:
            raise MigrationError(
                f"{path}: revision {revision.id} is also in {found[revision.id].path.name}; choose another id"
            )
        found[revision.id] = revision
    return found


def read(path: Path) -> Revision:
    try:
        text = path.read_text(encoding="utf-8")
        values = dict(_constants(ast.parse(text)))
    except (OSError, SyntaxError, UnicodeDecodeError) as error:
        raise MigrationError(f"{path}: cannot be read: {error}") from error
    id_, phase, down = values.get("revision"), values.get("phase"), values.get("down_revision")
    if not isinstance(id_, str) or not id_:
        raise MigrationError(f'{path}: needs a line `revision = "..."`')
    if phase not in PHASES:
        raise MigrationError(f'{path}: needs a line `phase = "..."`, one of {", ".join(PHASES)}')
    if "down_revision" not in values:
        raise MigrationError(
            f"{path}: needs a line `down_revision = ...`: the revision before it, or None for the first"
        )
    parents = (down,) if isinstance(down, str) else tuple(down or ())
    return Revision(id_, parents, phase, path, hashlib.sha256(text.encode()).hexdigest())


def _constants(module: ast.Module) -> Iterator[tuple[str, Any]]:
    for statement in module.body:
        if isinstance(statement, ast.Assign):
            targets, value = statement.targets, statement.value
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            targets, value = [statement.target], statement.value
        else:
            continue
        for target in targets:
            if isinstance(target, ast.Name) and target.id in {"revision", "down_revision", "phase"}:
                yield target.id, _literal(value)


def _literal(value: ast.expr) -> Any:
    try:
        return ast.literal_eval(value)
    except ValueError as error:
        raise SyntaxError(f"line {value.lineno}: must be written as a plain text, not computed") from error


def _check_chain(revisions: Mapping[str, Revision]) -> None:
    for revision in revisions.values():
        for parent in revision.parents:
            if parent not in revisions:
                raise MigrationError(f"{revision.path}: follows {parent}, and there is no such revision beside it")
    ends = sorted(heads(revisions.values()))
    if len(ends) > 1:
        names = ", ".join(f"{revisions[end].path.name} ({end})" for end in ends)
        raise MigrationError(
            f"{revisions[ends[0]].path.parent}: the revisions branch: {names} are all last; put one after the other"
        )
    if revisions and not ends:
        raise MigrationError(
            f"{next(iter(revisions.values())).path.parent}: the revisions follow one another in a circle"
        )


def _ordered(revisions: Mapping[str, Revision]) -> dict[str, Revision]:
    done: dict[str, Revision] = {}
    waiting = dict(revisions)
    while waiting:
        ready = [r for r in waiting.values() if all(parent in done for parent in r.parents)]
        if not ready:
            raise MigrationError(f"{next(iter(waiting.values())).path}: the revisions follow one another in a circle")
        for revision in ready:
            done[revision.id] = waiting.pop(revision.id)
    return done
