"""What is ambiguous is asked, in plain words and with a proposal; what was taken without being told is remembered."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from tandem.draft.mistakes import Mistake, NotUnderstood

Ask = Callable[["Question"], str]


@dataclass(frozen=True)
class Question:
    """`id` is what an answers file calls it. Without `options` any answer is read like the proposal."""

    id: str
    line: int
    text: str
    proposal: str
    options: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Unanswered(Exception):
    """Nobody could be asked."""

    def __init__(self, questions: list[Question]) -> None:
        self.questions = questions
        super().__init__(f"{len(questions)} open")


@dataclass
class Interview:
    """`ask` is None where nobody can be asked; then each question stays open and the proposal serves to go on."""

    given: Mapping[str, str]
    ask: Ask | None
    decisions: list[str] = field(default_factory=list)
    open: list[Question] = field(default_factory=list)
    _told: dict[str, str] = field(default_factory=dict)

    def answer(self, question: Question) -> str:
        if question.id not in self._told:
            self._told[question.id] = self._find(question).strip()
        said = self._told[question.id]
        if question.options and said not in question.options:
            offered = ", ".join(question.options)
            raise NotUnderstood(
                Mistake(question.line, f"“{said}” is no answer to {question.id}; there are: {offered}.")
            )
        return said

    def decide(self, line: int, said: str) -> None:
        sentence = f"line {line}: {said}" if line else said
        if sentence not in self.decisions:
            self.decisions.append(sentence)

    def finish(self) -> None:
        """Raises where a question is open, or an answer belongs to no question."""
        if self.open:
            raise Unanswered(self.open)
        for one in self.given:
            if one not in self._told:
                close = difflib.get_close_matches(one, self._told, n=1)
                hint = f" Did you mean {close[0]}?" if close else ""
                raise NotUnderstood(Mistake(0, f"The answers name {one}, which was not asked.{hint}"))

    def _find(self, question: Question) -> str:
        if question.id in self.given:
            return self.given[question.id]
        if self.ask is None:
            self.open.append(question)
            return question.proposal
        return self.ask(question)
