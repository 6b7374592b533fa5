"""Which services are how far behind their template, and what of it they changed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tandem.local.trouble import Refused
from tandem.scaffold.changes import TEMPLATE, Change, read_changes
from tandem.scaffold.history import template_at
from tandem.scaffold.rendering import Answers, answers_path, read_answers, rendered


@dataclass(frozen=True)
class Standing:
    """`template` is None for a service not made from it. `untold` is why nothing is known of its files."""

    service: str
    template: int | None
    behind: tuple[Change, ...] = ()
    same: tuple[Path, ...] = ()
    changed: tuple[Path, ...] = ()
    deleted: tuple[Path, ...] = ()
    untold: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "service": self.service,
            "template": self.template,
            "behind": [one.number for one in self.behind],
            "same": [str(one) for one in self.same],
            "changed": [str(one) for one in self.changed],
            "deleted": [str(one) for one in self.deleted],
            "untold": self.untold or None,
        }


def standings(project: Path, services: Iterable[str]) -> list[Standing]:
    changes = read_changes(project / TEMPLATE)
    with tempfile.TemporaryDirectory() as name:
        return [_standing(project, service, changes, Path(name)) for service in services]


def _standing(project: Path, service: str, changes: list[Change], folder: Path) -> Standing:
    if not (project / answers_path(service)).exists():
        return Standing(service, None)
    answers = read_answers(project, service)
    behind = tuple(one for one in changes if one.number > answers.template)
    try:
        files = rendered(template_at(project, answers.template, folder), answers, folder / service)
    except Refused as error:
        return Standing(service, answers.template, behind, untold=str(error))
    return _compared(project, answers, behind, files)


def _compared(project: Path, answers: Answers, behind: tuple[Change, ...], files: dict[Path, str]) -> Standing:
    sorts: dict[str, list[Path]] = {"same": [], "changed": [], "deleted": []}
    for path, text in files.items():
        if path == answers_path(answers.name):
            continue
        own = project / path
        sort = "deleted" if not own.exists() else "same" if own.read_bytes() == text.encode() else "changed"
        sorts[sort].append(path)
    same, changed, deleted = (tuple(paths) for paths in sorts.values())
    return Standing(answers.name, answers.template, behind, same, changed, deleted)
