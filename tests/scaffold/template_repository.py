"""A git repository with a template in several numbers and services made from the first of them."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from tandem.scaffold.changes import TEMPLATE
from tandem.scaffold.rendering import Answers, render
from tests.architecture.project import ROOT
from tests.scaffold.checkout import commit, git

SERVICES = ("card", "loan")
_CHANGE = "  - {{number: {number}, date: 2026-12-0{number}, what: Fix {number}, why: Reason {number}}}\n"


@dataclass(frozen=True)
class Repository:
    folder: Path

    def read(self, path: str, branch: str = "HEAD") -> str:
        return git(self.folder, "show", f"{branch}:{path}")

    def has(self, path: str, branch: str) -> bool:
        return path in git(self.folder, "ls-tree", "-r", "--name-only", branch).splitlines()

    def edit(self, path: str, old: str, new: str) -> None:
        file = self.folder / path
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new, 1))

    def write_number(self, number: int) -> None:
        changes = self.folder / TEMPLATE / "changes.yaml"
        changes.write_text(changes.read_text() + _CHANGE.format(number=number))

    def fix(self, number: int, file: str, old: str, new: str) -> None:
        """The template mended, told in its changelog, and committed."""
        self.edit(f"{TEMPLATE}/project/services/{{{{ name }}}}/{file}.jinja", old, new)
        self.write_number(number)
        commit(self.folder, f"Template {number}")


def repository_in(folder: Path) -> Repository:
    shutil.copytree(ROOT / TEMPLATE, folder / TEMPLATE)
    (folder / TEMPLATE / "changes.yaml").write_text("changes:\n" + _CHANGE.format(number=1))
    (folder / "contracts").mkdir()
    entries = "".join(f"  {name}: {{contract: {name}/openapi.yaml}}\n" for name in SERVICES)
    (folder / "contracts/manifest.yaml").write_text(f"services:\n{entries}")
    for name in SERVICES:
        render(folder / TEMPLATE, Answers(name, 1), folder)
    git(folder, "init", "--quiet", "--initial-branch", "main")
    for key, value in (("user.name", "Test"), ("user.email", "test@example.com"), ("commit.gpgsign", "false")):
        git(folder, "config", key, value)
    commit(folder, "Template 1")
    return Repository(folder)
