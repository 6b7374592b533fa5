"""Rules: limits that a contract can hold, and sentences that a service has to keep."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tandem.draft.actions import unknown_field
from tandem.draft.description import Action, Does, Field, Sort, Thing
from tandem.draft.mistakes import Mistake, NotUnderstood
from tandem.draft.names import bare, past, snake, words
from tandem.draft.questions import Interview
from tandem.draft.reading import Line

_SHAPE = re.compile(
    r"(?:the |an? )?(?P<field>.+?) (?:is|are|has|must be|has to be|may be|can be|must not be|cannot be|may not be) "
    r"(?P<limit>above|more than|over|at least|at most|below|less than|under|up to|no more than|between|changed|fixed)"
    r" ?(?P<rest>.*)",
    re.IGNORECASE,
)
_LOWER = {"above": 1, "more than": 1, "over": 1, "at least": 0}
_UPPER = {"below": -1, "less than": -1, "under": -1, "at most": 0, "up to": 0, "no more than": 0}
_FIGURE = re.compile(r"-?\d[\d, ]*(?:\.\d+)?")
_WRITES = (Does.CREATE, Does.CHANGE, Does.STEP, Does.REMOVE)


@dataclass(frozen=True)
class RuleReader:
    interview: Interview
    things: Sequence[Thing]

    def read(self, line: Line, within: Thing | None) -> None:
        text = line.joined(" ").removesuffix(".")
        thing = within or self._about(text)
        for code in line.code:
            _check(code, thing, line.number)
        found = _SHAPE.fullmatch(text)
        if not found:
            self._keep(text, thing, line)
            return
        field = _field(found["field"], thing, line.number)
        limit = found["limit"].lower()
        if limit in {"changed", "fixed"}:
            field.is_fixed = True
        elif not _limit(field, limit, found["rest"], line.number):
            self._keep(text, thing, line)

    def _about(self, text: str) -> Thing:
        said = f" {' '.join(words(text))} "
        named = [one for one in self.things if f" {one.noun} " in said or f" {one.plural} " in said]
        with_field = [
            one for one in self.things if any(f" {' '.join(words(field.said))} " in said for field in one.fields)
        ]
        both = [one for one in named if one in with_field]
        return (both or named or with_field or list(self.things))[0]

    def _keep(self, text: str, thing: Thing, line: Line) -> None:
        said = set(words(text))
        actions = [one for one in thing.actions if one.does in _WRITES and _verbs(one) & said]
        for action in actions:
            action.refusals.append(text)
        if not actions:
            thing.notes.append(text)
        where = " and ".join(f"“{one.said}”" for one in actions) or f"the description of {thing.name}"
        self.interview.decide(line.number, f"“{text}” is kept in words with {where}: the service has to see to it.")


def _verbs(action: Action) -> set[str]:
    """A thing that was made is often called by its state: an applied loan is not applied for again."""
    first = action.verb.split()[0]
    return {first} if action.does is Does.CREATE else {first, past(first)}


def _check(code: str, thing: Thing, line: int) -> None:
    values = {snake(one) for field in thing.fields for one in field.value.choices}
    if thing.field(code) is None and snake(code) not in {
        *values,
        snake(thing.name),
        *(snake(one.verb) for one in thing.actions),
    }:
        raise NotUnderstood(Mistake(line, unknown_field(code, thing)))


def _field(said: str, thing: Thing, line: int) -> Field:
    named = " ".join(bare(said))
    for one in (said, named, named.removeprefix(thing.noun), named.partition(f" {thing.noun}")[0]):
        if found := thing.field(one):
            return found
    raise NotUnderstood(Mistake(line, unknown_field(said, thing)))


def _limit(field: Field, limit: str, rest: str, line: int) -> bool:
    """Whether the contract can hold it."""
    figures = [re.sub("[, ]", "", one) for one in _FIGURE.findall(rest)]
    if len(figures) != (2 if limit == "between" else 1):
        raise NotUnderstood(
            Mistake(line, f"“{limit} {rest}” needs a number, for example `{field.said} is at most 12`.")
        )
    sort = field.value.sort
    if sort is Sort.MONEY and limit in _LOWER and _LOWER[limit] and float(figures[0]) == 0:
        field.is_positive = True
        return _holds(field, line)
    if sort not in {Sort.NUMBER, Sort.TEXT} or any("." in one for one in figures):
        return False
    low, high = (figures[0] if limit in {*_LOWER, "between"} else None), (figures[-1] if limit not in _LOWER else None)
    names = ("minimum", "maximum") if sort is Sort.NUMBER else ("minLength", "maxLength")
    if low is not None:
        field.bounds[names[0]] = int(low) + _LOWER.get(limit, 0)
    if high is not None:
        field.bounds[names[1]] = int(high) + _UPPER.get(limit, 0)
    return _holds(field, line)


def _holds(field: Field, line: int) -> bool:
    """Raises where an example breaks the rule."""
    for value in field.examples:
        size = {Sort.MONEY: _amount, Sort.TEXT: len}.get(value.sort, int)(value.json)
        low = field.bounds.get("minimum", field.bounds.get("minLength", size))
        high = field.bounds.get("maximum", field.bounds.get("maxLength", size))
        if not low <= size <= high or (field.is_positive and size <= 0):
            shown = value.json["amount"] if value.sort is Sort.MONEY else value.json
            raise NotUnderstood(
                Mistake(line, f"The example {shown} of `{field.said}` breaks this rule; change one of the two.")
            )
    return True


def _amount(value: dict[str, str]) -> float:
    return float(value["amount"])
