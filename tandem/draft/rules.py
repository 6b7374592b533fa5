"""Rules: limits that a contract can hold, and sentences that a service has to keep."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tandem.draft.actions import unknown_field
from tandem.draft.bounds import can_hold, hold, says_no_more
from tandem.draft.callers import reservation_of
from tandem.draft.description import Action, Does, Field, Sort, Thing
from tandem.draft.limits import Limit, fixed_in, limit_within, limits_of
from tandem.draft.mistakes import Mistake, NotUnderstood
from tandem.draft.names import bare, past, snake, words
from tandem.draft.questions import Interview, Question
from tandem.draft.reading import Line

# In “a declined loan cannot be approved” only one of the two is what is done.
_DONE = re.compile(r"\b(?:can|cannot|may|must)(?: not)? be (.+)", re.IGNORECASE)
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
        is_held = self._reserves(text, within, line.number) or self._fixes(text, thing, line.number)
        if not is_held and not self._limits(text, thing, line.number):
            self._keep(text, thing, line)

    def _about(self, text: str) -> Thing:
        said = f" {' '.join(words(text))} "
        named = [one for one in self.things if f" {one.noun} " in said or f" {one.plural} " in said]
        with_field = [
            one for one in self.things if any(f" {' '.join(words(field.said))} " in said for field in one.fields)
        ]
        both = [one for one in named if one in with_field]
        return (both or named or with_field or list(self.things))[0]

    def _reserves(self, text: str, within: Thing | None, line: int) -> bool:
        """Held by the scopes that callers are given, and said where those are asked for."""
        offered = within.actions if within else [action for thing in self.things for action in thing.actions]
        kinds, actions = reservation_of(text, offered)
        for action in actions:
            action.reserved_for = [one for one in kinds if one in (action.reserved_for or kinds)]
            action.reserved_on = line
            action.refusals.append(text)
        return bool(actions)

    def _fixes(self, text: str, thing: Thing, line: int) -> bool:
        subject = fixed_in(text)
        field = self._field(subject, thing, line) if subject else None
        if field is None:
            return False
        for action in thing.actions:
            if action.does is Does.CHANGE and field.name in action.inputs:
                named = f"“{action.said}” on line {action.line} names `{field.said}`"
                raise NotUnderstood(Mistake(line, f"“{text}”, but {named}; change one of the two."))
            if action.does is Does.STEP and field.name in {*action.inputs, *(action.sets or ())[:1]}:
                action.refusals.append(text)
                said = (
                    f"“{text}” stands with “{action.said}” as well, which sets it: the service has to see to it there."
                )
                self.interview.decide(line, said)
        field.is_fixed = True
        return True

    def _limits(self, text: str, thing: Thing, line: int) -> bool:
        """Whether the contract holds all of it."""
        limits = limits_of(text)
        field = self._field(limits[0].subject, thing, line) if limits else None
        if field is None:
            return self._limits_within(text, thing, line)
        for limit in limits:
            if not limit.figures and field.value.sort is not Sort.LINK:
                said = f"“{limit.said}” needs a number, for example `{field.said} is at most 12`."
                raise NotUnderstood(Mistake(line, said))
        if not all(can_hold(field, limit) for limit in limits):
            return False
        is_meant = all(says_no_more(field, limit, thing) for limit in limits)
        if not is_meant and (len(limits) > 1 or not self._is_always(text, thing, field, limits[0], line)):
            return False
        return all(hold(field, limit, line) for limit in limits)

    def _limits_within(self, text: str, thing: Thing, line: int) -> bool:
        """“A company borrows for at most 60 months” is about each loan, or about all of them together."""
        limit = limit_within(text)
        unit = words(limit.unit) if limit else []
        for field in thing.fields:
            named = words(field.said)
            if limit and unit[: len(named)] == named and field.value.sort is Sort.NUMBER and can_hold(field, limit):
                is_all = text.lower().startswith(limit.said.lower()) and unit == named
                return (is_all or self._is_always(text, thing, field, limit, line)) and hold(field, limit, line)
        return False

    def _is_always(self, text: str, thing: Thing, field: Field, limit: Limit, line: int) -> bool:
        said = f"“{text}” may say more than a limit. Is `{field.said}` always {limit.words}?"
        asked = f"{said} Then the contract holds that and no more; else all of it is kept in words."
        name = f"{snake(thing.name)}.{field.name}.{snake(limit.words)}"
        return self.interview.answer(Question(name, line, asked, "no", ("yes", "no"))) == "yes"

    def _field(self, said: str, thing: Thing, line: int) -> Field | None:
        """None for what is no field but a thing, such as “an approved loan”; raises for what is neither."""
        named = " ".join(bare(said))
        counted = named.removeprefix("number ")
        for one in (said, named, counted, named.removeprefix(thing.noun), named.partition(f" {thing.noun}")[0]):
            if found := thing.field(one):
                return found
        nouns = {"customer", "customers", "company", "companies"}
        nouns |= {word for one in self.things for noun in (one.noun, one.plural) for word in words(noun)}
        is_field_of_thing = named.startswith(f"{thing.noun} ") and len(named.split()) == len(thing.noun.split()) + 1
        if is_field_of_thing or not nouns & set(named.split()):
            raise NotUnderstood(Mistake(line, unknown_field(said, thing)))
        return None

    def _keep(self, text: str, thing: Thing, line: Line) -> None:
        done = _DONE.search(text)
        actions = (_done(done[1], thing) if done else []) or _done(text, thing)
        for action in actions:
            action.refusals.append(text)
        if not actions:
            thing.notes.append(text)
        where = " and ".join(f"“{one.said}”" for one in actions) or f"the description of {thing.name}"
        self.interview.decide(line.number, f"“{text}” is kept in words with {where}: the service has to see to it.")


def _done(said: str, thing: Thing) -> list[Action]:
    return [one for one in thing.actions if one.does in _WRITES and _verbs(one) & set(words(said))]


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
