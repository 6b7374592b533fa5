"""Fixes of the template brought to services that were made before: on a branch of its own, never in the work tree."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tandem.local.trouble import Refused
from tandem.scaffold.changes import TEMPLATE, Change, newest, read_changes
from tandem.scaffold.git import ask, git
from tandem.scaffold.history import template_at
from tandem.scaffold.merging import Came, Labels, merge
from tandem.scaffold.rendering import Answers, answers_path, read_answers, rendered

_NO_HOOKS = ("-c", "core.hooksPath=/dev/null")


@dataclass(frozen=True)
class Update:
    """What came of the template's files of one service."""

    service: str
    before: int
    files: dict[Path, Came]

    def of(self, came: Came) -> list[Path]:
        return [path for path, one in self.files.items() if one is came]

    def as_json(self) -> dict[str, Any]:
        return {
            "service": self.service,
            "from": self.before,
            "files": {str(path): came.value for path, came in self.files.items()},
        }


@dataclass(frozen=True)
class Outcome:
    """`branch` is empty when every service was up to date. `left_out` are files with edits that nobody committed."""

    number: int
    branch: str = ""
    updates: tuple[Update, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def conflicts(self) -> list[Path]:
        return [path for one in self.updates for path in one.of(Came.CONFLICT)]


def update(project: Path, services: Sequence[str], to: int | None) -> Outcome:
    """Raises Refused; then there is no branch."""
    git(project, "rev-parse", "--verify", "HEAD")
    with tempfile.TemporaryDirectory() as name, _tree(project, Path(name) / "tree") as tree:
        changes = read_changes(tree / TEMPLATE)
        number = newest(changes) if to is None else to
        if number not in {one.number for one in changes}:
            raise Refused(f"There is no template {number}: the newest that is committed is {newest(changes)}.")
        due = [one for one in (read_answers(tree, service) for service in services) if one.template < number]
        if not due:
            return Outcome(number)
        branch = f"template/{number}"
        if ask(project, "rev-parse", "--verify", "--quiet", f"refs/heads/{branch}").returncode == 0:
            raise Refused(f"There is a branch {branch} already. Merge it, or delete it: `git branch -D {branch}`.")
        updates = tuple(_updated(tree, answers, number, Path(name)) for answers in due)
        _commit(tree, branch, number, updates, changes)
        return Outcome(number, branch, updates, tuple(_uncommitted(project, [one.name for one in due])))


@contextlib.contextmanager
def _tree(project: Path, folder: Path) -> Iterator[Path]:
    """The last commit in a place of its own."""
    git(project, "worktree", "add", "--quiet", "--detach", str(folder), "HEAD")
    # A project may be a folder of a larger repository.
    inside = git(project, "rev-parse", "--show-prefix").strip()
    try:
        yield folder / inside
    finally:
        git(project, "worktree", "remove", "--force", str(folder))


def _updated(tree: Path, answers: Answers, number: int, folder: Path) -> Update:
    old, new = (template_at(tree, one, folder) for one in (answers.template, number))
    before = rendered(old, answers, folder / f"{answers.name}-before")
    now = rendered(new, replace(answers, template=number), folder / f"{answers.name}-now")
    own = answers_path(answers.name)
    (tree / own).write_text(now.pop(own), "utf-8")
    before.pop(own, None)
    files = {path: _put(tree, path, before, now, (answers.template, number)) for path in sorted({*before, *now})}
    return Update(answers.name, answers.template, files)


def _put(tree: Path, path: Path, before: dict[Path, str], now: dict[Path, str], numbers: tuple[int, int]) -> Came:
    target = tree / path
    labels = Labels(f"{path} (yours)", *(f"template {number}" for number in numbers))
    sides = [files[path].encode() if path in files else None for files in (before, now)]
    merged = merge(target.read_bytes() if target.exists() else None, sides[0], sides[1], labels)
    if merged.content is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(merged.content)
    elif target.exists():
        target.unlink()
    return merged.came


def _commit(tree: Path, branch: str, number: int, updates: Sequence[Update], changes: Sequence[Change]) -> None:
    oldest = min(one.before for one in updates)
    brought = [f"- {one.number}: {one.what}\n  {one.why}" for one in changes if oldest < one.number <= number]
    said = f"Template {number} for {', '.join(one.service for one in updates)}\n\n" + "\n".join(brought)
    git(tree, "add", "--all", "--", ".")
    # What has conflicts is no business of hooks that look at finished work.
    git(tree, *_NO_HOOKS, "commit", "--quiet", "--no-verify", "--message", said)
    git(tree, "branch", branch, "HEAD")


def _uncommitted(project: Path, services: Sequence[str]) -> Iterator[str]:
    folders = [f"{parent}/{name}" for name in services for parent in ("services", "tests/services")]
    listed = git(project, "status", "--porcelain", "--", *folders, str(TEMPLATE))
    yield from (line[3:] for line in listed.splitlines())
