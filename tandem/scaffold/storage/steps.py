"""Steps in the life of a thing: what `Approve a loan` makes of it, as far as the contract says so."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tandem.draft.names import past
from tandem.draft.sentences import sentences
from tandem.kit.contract import Contract, Operation
from tandem.scaffold.storage.answers import description_of, is_documented
from tandem.scaffold.storage.names import words
from tandem.scaffold.storage.things import Column, NotDerivable, Thing

_BECOMES = re.compile(r"[Ii]ts (?P<field>[^.]+?) becomes `(?P<value>[^`]+)`")
_ONLY = re.compile(r"[Oo]nly (?:an? |the )?(?P<states>[^.]+?) can be (?P<done>[^.]+)")
_NEVER = re.compile(r"(?:[Aa]n? |[Tt]he )?(?P<states>[^.]+?) (?:cannot|can not|must not|may not) be (?P<done>[^.]+)")
_DONE = re.compile(r"\w+(?: as \w+| (?:off|back|up|out|in|on|over|down))?")


@dataclass(frozen=True)
class Rule:
    """`allowed` are the states from which the step may be taken; `sentences` are those it was read from."""

    verb: str
    sentences: tuple[str, ...]
    allowed: tuple[str, ...]
    column: Column


@dataclass(frozen=True)
class Step:
    column: Column
    value: str
    rule: Rule | None


def step_of(contract: Contract, operation: Operation, thing: Thing) -> Step:
    said = description_of(contract, operation)
    column, value = _told(said, thing) or _meant(operation, thing)
    rule = _rule(said, operation, thing, column) if is_documented(contract, operation, 409) else None
    return Step(column, value, rule)


def _told(said: str, thing: Thing) -> tuple[Column, str] | None:
    """As drafts write it: “Its status becomes `approved`.”"""
    found = _BECOMES.search(said)
    for column in thing.shown if found else ():
        if found and words(column.name) == words(found["field"]) and found["value"] in choices_of(column):
            return column, found["value"]
    return None


def _meant(operation: Operation, thing: Thing) -> tuple[Column, str]:
    """`freeze` makes something frozen where it can be that, and only one of its fields can."""
    verb = words(operation.path.rpartition("/")[2])[0]
    done = {past(verb), verb}
    found = [(column, choice) for column in thing.shown for choice in choices_of(column) if choice.lower() in done]
    if len(found) == 1:
        return found[0]
    raise NotDerivable(f"what it makes of the {thing.words} is not said in a way that programs understand")


def choices_of(column: Column) -> tuple[str, ...]:
    return column.field.choices if column.field else ()


def _rule(said: str, operation: Operation, thing: Thing, column: Column) -> Rule | None:
    """All that is said at once, as long as that leaves a state to begin from."""
    choices = choices_of(column)
    task = words(operation.path.rpartition("/")[2])
    kept: list[str] = []
    left = choices
    for sentence in sentences(said):
        allowed = _allowed(sentence, task, thing, column)
        both = tuple(one for one in left if one in allowed)
        if both and allowed != choices:
            left, kept = both, [*kept, sentence]
    return Rule(task[0], tuple(kept), left, column) if kept else None


def _allowed(sentence: str, task: list[str], thing: Thing, column: Column) -> tuple[str, ...]:
    """The states that a sentence leaves, all of them where it is about something else."""
    choices = choices_of(column)
    for pattern, is_allowed in ((_ONLY, True), (_NEVER, False)):
        found = pattern.fullmatch(sentence)
        named = _states(found["states"], thing, column) if found and _is_about(found["done"], task) else ()
        if named:
            return tuple(one for one in choices if (one in named) is is_allowed)
    return choices


def _is_about(done: str, task: list[str]) -> bool:
    """“approved or marked as repaid” is about both steps, “approved within a week” is more than a step."""
    phrases = [words(one) for one in re.split(r",|\bor\b|\band\b", done)]
    own = [[past(task[0]), *task[1:]], task]
    is_plain = all(one in own or _DONE.fullmatch(" ".join(one)) for one in phrases)
    return is_plain and any({past(task[0]), task[0]} & set(one) for one in phrases)


def _states(said: str, thing: Thing, column: Column) -> tuple[str, ...]:
    """The states of “applied or approved loan”, none where there is more to it."""
    rest = [word for word in words(said) if word not in {"or", "and", "an", "a", *thing.noun.split("_"), thing.plural}]
    named = tuple(one for one in choices_of(column) if set(words(one)) <= set(rest))
    spoken = {word for one in named for word in words(one)}
    return named if set(rest) == spoken else ()
