"""The template as it was when its changelog ended with a number."""

from __future__ import annotations

from pathlib import Path

import yaml

from tandem.local.trouble import Refused
from tandem.scaffold.changes import FILE, TEMPLATE, newest, parse_changes, read_changes
from tandem.scaffold.git import ask, git
from tandem.spec.git_ref import unpack


def template_at(project: Path, number: int, folder: Path) -> Path:
    """Today's where that is its number; else the last commit that had it, unpacked below `folder`. Raises Refused."""
    here = newest(read_changes(project / TEMPLATE))
    if number == here:
        return project / TEMPLATE
    if number > here:
        raise Refused(f"There is no template {number} yet: {here} is the newest.")
    into = folder / f"template-{number}"
    if not (into / TEMPLATE).exists():
        unpack(project, _commit_of(project, number), into, str(TEMPLATE))
    return into / TEMPLATE


def _commit_of(project: Path, number: int) -> str:
    for commit in git(project, "log", "--format=%H", "--", str(TEMPLATE)).split():
        if _number_at(project, commit) == number:
            return commit
    if git(project, "rev-parse", "--is-shallow-repository").strip() == "true":
        way = (
            "This clone is shallow, and template {} is older than what it has: `git fetch --unshallow`, then try again."
        )
        raise Refused(way.format(number))
    raise Refused(f"No commit has template {number}: its number in {TEMPLATE / FILE} was never committed by itself.")


def _number_at(project: Path, commit: str) -> int | None:
    shown = ask(project, "show", f"{commit}:./{TEMPLATE / FILE}")
    try:
        return newest(parse_changes(shown.stdout)) if shown.returncode == 0 else None
    except (yaml.YAMLError, KeyError, TypeError, ValueError):
        return None
