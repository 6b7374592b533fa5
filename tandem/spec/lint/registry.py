"""The checks, by the name of the rule that `contracts/rules.yaml` has for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tandem.spec.document import Operation, Place
from tandem.spec.lint.subject import Subject


@dataclass(frozen=True)
class Breach:
    """`words` fill the places in the message of the rule. `place` and `operation` are given where the pointer does not
    lead to them."""

    pointer: str
    words: Mapping[str, str]
    place: Place | None = None
    operation: Operation | None = None


Found = Iterator[Breach]
Run = Callable[[Subject], Found]


@dataclass(frozen=True)
class Check:
    """`words` are the places its message may have. A house check is not asked of other people's documents; a fixed one
    cannot be switched off, because what follows relies on it."""

    rule: str
    run: Run
    words: frozenset[str]
    is_house: bool
    is_fixed: bool


CHECKS: dict[str, Check] = {}


def check(rule: str, *words: str, is_house: bool = True, is_fixed: bool = False) -> Callable[[Run], Run]:
    def register(run: Run) -> Run:
        CHECKS[rule] = Check(rule, run, frozenset(words), is_house, is_fixed)
        return run

    return register


def breach(pointer: str, place: Place | None = None, operation: Operation | None = None, **words: object) -> Breach:
    return Breach(pointer, {name: str(word) for name, word in words.items()}, place, operation)
