"""A copy of our contracts in a git repository, to change and to compare."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.command_line import CommandLine, command_line

AUTHOR = ("-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false")
INVOICE = "contracts/invoice/openapi.yaml"
DUE_ON = "        due_on: {type: string, format: date, description: The last day to pay.}\n"
REMINDER = "        reminder_date: {type: string, format: date, description: When we remind.}\n"
REQUIRED = "required: [id, account_id, customer_id, number, period, status,"


@dataclass(frozen=True)
class Project:
    """`call` runs `tandem contract ...` in it and gives exit code, output and errors."""

    folder: Path
    call: CommandLine

    def edit(self, path: str, old: str, new: str) -> None:
        file = self.folder / path
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new, 1))

    def add_a_field(self) -> None:
        self.edit(INVOICE, DUE_ON, DUE_ON + REMINDER)

    def break_readers(self) -> None:
        """The number of an invoice may be missing."""
        self.edit(INVOICE, REQUIRED, REQUIRED.replace("number, ", ""))

    def git(self, *arguments: str) -> None:
        subprocess.run(["git", "-C", str(self.folder), *AUTHOR, *arguments], check=True, capture_output=True)

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "Contracts")


def project_in(folder: Path, capsys: pytest.CaptureFixture[str]) -> Project:
    return Project(folder, command_line(capsys, "contract"))
