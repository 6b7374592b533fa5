"""What can be done, from lines such as `Approve a loan: status becomes approved`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tandem.draft.description import Action, Does, Field, Sort, Thing
from tandem.draft.mistakes import Mistake, NotUnderstood
from tandem.draft.names import bare, past, snake, with_article, words
from tandem.draft.questions import Interview, Question
from tandem.draft.reading import Line

_DASH = re.compile(r"\s+(?:—|–|--|-)\s+")
_VERBS = {
    "create": Does.CREATE, "add": Does.CREATE, "register": Does.CREATE, "make": Does.CREATE, "record": Does.CREATE,
    "apply": Does.CREATE, "see": Does.SEE, "get": Does.SEE, "view": Does.SEE, "show": Does.SEE, "read": Does.SEE,
    "list": Does.LIST, "search": Does.LIST, "browse": Does.LIST, "find": Does.LIST, "change": Does.CHANGE,
    "update": Does.CHANGE, "edit": Does.CHANGE, "correct": Does.CHANGE, "delete": Does.REMOVE, "remove": Does.REMOVE,
}  # fmt: skip
_MAYBE_CREATES = frozenset({"open", "start", "submit", "request", "order", "issue", "book", "send", "write"})
_USUAL = (Does.CREATE, Does.SEE, Does.LIST, Does.CHANGE)
_SUMMARY = re.compile(r"[A-Z]\S*( [^ .!?\n]+)+")
_LONGEST_SUMMARY = 80


@dataclass(frozen=True)
class ActionReader:
    interview: Interview
    things: Sequence[Thing]

    def read(self, line: Line, within: Thing | None) -> None:
        said, *remark = _DASH.split(line.joined(" — "), maxsplit=1)
        head, _, effect = said.partition(":")
        task, _, inputs = head.partition(" with ")
        thing, verb, tail, is_plural = self._about(task, line, within)
        does = self._does(f"{verb} {tail}".strip(), thing, line, is_plural=is_plural)
        summary = _summary(task, verb, thing, is_plural=is_plural)
        action = Action(does, verb, thing, line.number, summary, remark[0] if remark else "")
        action.tail = tail if does is Does.STEP else ""
        if twin := next((one for one in thing.actions if _same(one, action)), None):
            raise NotUnderstood(
                Mistake(line.number, f"“{head.strip()}” says the same as line {twin.line}; take one of them out.")
            )
        action.inputs = self._inputs(inputs, action)
        if does is Does.STEP:
            action.sets = self._effect(effect.strip(), action)
        elif effect.strip():
            after = f"“{effect.strip()}” is not understood after “{head.strip()}”"
            raise NotUnderstood(Mistake(line.number, f"{after}; only steps such as `Approve a loan` set something."))
        thing.actions.append(action)

    def complete(self, thing: Thing) -> None:
        """What nothing was said about, and the reading that everything created needs."""
        if not thing.actions:
            what = f"Nothing is said about what can be done with {with_article(thing.noun)}"
            text = f"{what}. May it be added, seen, listed and changed?"
            question = Question(f"{snake(thing.name)}.actions", thing.line, text, "yes", ("yes", "no"))
            if self.interview.answer(question) == "no":
                raise NotUnderstood(
                    Mistake(
                        thing.line, f"Nothing can be done with {with_article(thing.noun)}; add a list below “Actions”."
                    )
                )
            thing.actions = [self._usual(does, thing) for does in _USUAL]
        missing = {Does.SEE} - {one.does for one in thing.actions}
        if missing:
            self.interview.decide(
                thing.line, f"“See one {thing.noun}” is added: whoever makes or changes one has to find it."
            )
            thing.actions.append(self._usual(Does.SEE, thing))
        thing.actions.sort(key=lambda one: list(Does).index(one.does))

    def _usual(self, does: Does, thing: Thing) -> Action:
        verb = "add" if does is Does.CREATE else does.value
        what = (
            thing.plural if does is Does.LIST else f"one {thing.noun}" if does is Does.SEE else with_article(thing.noun)
        )
        action = Action(does, verb, thing, thing.line, f"{verb.capitalize()} {what}")
        return replace(action, inputs=self._inputs("", action))

    def _about(self, task: str, line: Line, within: Thing | None) -> tuple[Thing, str, str, bool]:
        said = bare(task)
        for thing in sorted(self.things, key=lambda one: -len(one.noun)):
            for noun, is_plural in ((thing.noun.split(), False), (thing.plural.split(), True)):
                at = _position(noun, said)
                if at > 0:
                    return thing, " ".join(said[:at]), " ".join(said[at + len(noun) :]), is_plural
        only = within or (self.things[0] if len(self.things) == 1 else None)
        if only is None or not said:
            names = ", ".join(f"“{one.noun}”" for one in self.things)
            what = f"“{line.text}” does not say what is done to which thing"
            raise NotUnderstood(Mistake(line.number, f"{what}; begin with a verb and name one of {names}."))
        return only, " ".join(said), "", said[0] == "list"

    def _does(self, verb: str, thing: Thing, line: Line, *, is_plural: bool) -> Does:
        if not re.fullmatch(r"[a-z]{2,}( [a-z]{2,})*", verb):
            raise NotUnderstood(
                Mistake(
                    line.number, f"“{verb}” is no verb that programs can use; use words of two letters or more, a-z."
                )
            )
        first = verb.split(maxsplit=1)[0]
        if first in _VERBS:
            does = _VERBS[first]
            return Does.LIST if does is Does.SEE and is_plural else does
        if first not in _MAYBE_CREATES:
            return Does.STEP
        creates = any(one.does is Does.CREATE for one in thing.actions)
        text = f"Does “{line.text}” make a new {thing.noun}? If not, it is a step in the life of one that is there."
        question = Question(
            f"{snake(thing.name)}.{snake(verb)}.makes", line.number, text, "no" if creates else "yes", ("yes", "no")
        )
        return Does.CREATE if self.interview.answer(question) == "yes" else Does.STEP

    def _inputs(self, text: str, action: Action) -> tuple[str, ...]:
        thing = action.thing
        if not text.strip():
            return ()
        names = []
        for said in re.split(r",|\band\b", text):
            found = thing.field(" ".join(bare(said)))
            if found is None:
                raise NotUnderstood(Mistake(action.line, unknown_field(said.strip(), thing)))
            names.append(found.name)
        return tuple(dict.fromkeys(names))

    def _effect(self, effect: str, action: Action) -> tuple[str, str] | None:
        thing, line = action.thing, action.line
        if effect:
            return _set(effect, thing, line)
        done = past(action.verb.split()[0])
        likely = [one for one in thing.fields if done in one.value.choices]
        if len(likely) == 1:
            said = f"“{action.said}” is taken to set `{likely[0].said}` to {done}."
            self.interview.decide(line, said)
            return likely[0].name, done
        proposal = "nothing"
        text = f"What does “{action.said}” change? Answer for example “status becomes {done}”, or “nothing”."
        question = Question(f"{snake(thing.name)}.{snake(action.name)}.changes", line, text, proposal)
        answer = self.interview.answer(question)
        return None if answer == "nothing" else _set(answer, thing, line)


def unknown_field(said: str, thing: Thing) -> str:
    there = ", ".join(f"`{one.said}`" for one in thing.fields)
    return f"“{said}” is no field of {thing.name}; there are: {there}."


def _set(effect: str, thing: Thing, line: int) -> tuple[str, str]:
    said = words(effect)
    choices = [one for one in thing.fields if one.value.sort is Sort.CHOICE]
    for one in sorted(choices, key=lambda one: not _names(one, said)):
        for choice in one.value.choices:
            if choice.split("_") == said[-len(choice.split("_")) :]:
                return one.name, choice
    if not choices:
        wrong = f"{thing.name} has no field with several words to choose from, such as `status: one of: open, closed`"
    else:
        wrong = f"write for example `{choices[0].said} becomes {choices[0].value.choices[-1]}`"
    raise NotUnderstood(Mistake(line, f"“{effect}” does not say which field becomes what; {wrong}."))


def _names(field: Field, said: list[str]) -> bool:
    return _position(words(field.said), said) >= 0


def _position(part: list[str], whole: list[str]) -> int:
    return next((at for at in range(len(whole) - len(part) + 1) if whole[at : at + len(part)] == part), -1)


def _summary(task: str, verb: str, thing: Thing, *, is_plural: bool) -> str:
    """As it was written where that reads like a sentence of a contract."""
    text = task.strip().removesuffix(".")
    text = text[:1].upper() + text[1:]
    if _SUMMARY.fullmatch(text) and len(text) <= _LONGEST_SUMMARY:
        return text
    return f"{verb.capitalize()} {thing.plural if is_plural else with_article(thing.noun)}"


def _same(one: Action, other: Action) -> bool:
    return one.id == other.id or (one.method, one.path) == (other.method, other.path)
