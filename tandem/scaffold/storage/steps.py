"""Steps in the life of a thing: what `Approve a loan` makes of it, as far as the contract says so."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tandem.draft.names import past
from tandem.kit.contract import Contract, Operation
from tandem.scaffold.storage.answers import description_of, is_documented
from tandem.scaffold.storage.names import words
from tandem.scaffold.storage.things import Column, NotDerivable, Thing

_BECOMES = re.compile(r"[Ii]ts (?P<field>[^.]+?) becomes `(?P<value>[^`]+)`")
_ONLY = re.compile(r"[Oo]nly (?:an? |the )?(?P<states>[^.]+?) can be (?P<done>[^.]+)")
_NEVER = re.compile(r"(?:[Aa]n? |[Tt]he )?(?P<states>[^.]+?) (?:cannot|can not|must not|may not) be (?P<done>[^.]+)")


@dataclass(frozen=True)
class Rule:
    """`allowed` are the states from which the step may be taken; `said` is the sentence it was read from."""

    verb: str
    said: str
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
    verb = words(operation.path.rpartition("/")[2])[0]
    for sentence in re.split(r"(?<=\.)\s+", said):
        for pattern, is_allowed in ((_ONLY, True), (_NEVER, False)):
            found = pattern.fullmatch(sentence.removesuffix("."))
            if found and {past(verb), verb} & set(words(found["done"])):
                named = _states(found["states"], thing, column)
                others = tuple(one for one in choices_of(column) if one not in named)
                if named and others:
                    return Rule(verb, sentence.removesuffix("."), named if is_allowed else others, column)
    return None


def _states(said: str, thing: Thing, column: Column) -> tuple[str, ...]:
    """The states of “applied or approved loan”, none where there is more to it."""
    rest = [word for word in words(said) if word not in {"or", "and", "an", "a", *thing.noun.split("_"), thing.plural}]
    named = tuple(one for one in choices_of(column) if set(words(one)) <= set(rest))
    spoken = {word for one in named for word in words(one)}
    return named if set(rest) == spoken else ()
