"""What cannot be understood: each a sentence with its line, all of them told at once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Mistake:
    """`line` is 0 for what belongs to the whole description."""

    line: int
    said: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.said}" if self.line else self.said


class NotUnderstood(Exception):
    """Raised with every mistake there is, in the order of the lines."""

    def __init__(self, *mistakes: Mistake) -> None:
        self.mistakes = sorted(set(mistakes))
        super().__init__("\n".join(map(str, self.mistakes)))
