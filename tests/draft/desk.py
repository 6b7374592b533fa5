"""Somebody who writes descriptions and looks at what becomes of them."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tandem.draft import Draft, Interview, NotUnderstood, draft
from tandem.draft.questions import Question
from tests.architecture.project import ROOT

LOAN = """\
# Loans

A company borrows money.

## Loan

- amount: 1,200.00 SEK — how much
- status: one of: applied, approved
- customer: Customer

### Actions

- Apply for a loan
- List loans
- See a loan
- Approve a loan

## Who may

- Customers: apply, see loans
- Support: everything
"""


@dataclass
class Desk:
    """`written` is what the last draft became."""

    folder: Path

    @property
    def out(self) -> Path:
        return self.folder / "out"

    @property
    def written(self) -> dict[str, Any]:
        document: dict[str, Any] = yaml.safe_load((self.out / "openapi.yaml").read_text("utf-8"))
        return document

    def draft(self, text: str | bytes, answers: Mapping[str, str] | None = None) -> tuple[Draft, Interview]:
        """Questions without an answer stay open."""
        return self._draft(text, Interview(answers or {}, None))

    def take_all(self, text: str) -> tuple[Draft, dict[str, str]]:
        """Every proposal is taken; with what was asked, by its id."""
        asked: dict[str, str] = {}

        def ask(question: Question) -> str:
            asked[question.id] = question.proposal
            return question.proposal

        made, _ = self._draft(text, Interview({}, ask))
        return made, asked

    def refusals(self, text: str | bytes, answers: Mapping[str, str] | None = None) -> list[str]:
        """What is said, when nothing may be written."""
        said: list[str] = []
        try:
            self.draft(text, answers)
        except NotUnderstood as error:
            said = list(map(str, error.mistakes))
        assert not self.out.exists(), "something was written"
        return said

    def schema(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.written["components"]["schemas"][name]
        return found

    def operation(self, method: str, path: str) -> dict[str, Any]:
        found: dict[str, Any] = self.written["paths"][path][method]
        return found

    def _draft(self, text: str | bytes, interview: Interview) -> tuple[Draft, Interview]:
        file = self.folder / "idea.md"
        file.write_bytes(text if isinstance(text, bytes) else textwrap.dedent(text).encode())
        return draft(file, ROOT / "contracts", self.out, interview), interview


def thing(*fields: str, actions: str = "- Add a thing\n- See things\n- See one thing", rest: str = "") -> str:
    """A description of one thing of these fields."""
    listed = "\n".join(f"- {one}" for one in fields)
    done = actions.replace("thing", "gadget")
    return f"# Things\n\n## Gadget\n\n{listed}\n\n### Actions\n\n{done}\n\n{rest}\n\n## Who may\n\n- Support: all\n"
