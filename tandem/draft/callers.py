"""Who may do what, from lines such as `Customers: apply for a loan, see and list their loans`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tandem.draft.description import Action, Description, Does, Sort, Thing
from tandem.draft.mistakes import Mistake, NotUnderstood
from tandem.draft.names import bare, snake, words
from tandem.draft.questions import Interview, Question
from tandem.draft.reading import Line

_KINDS = {
    "customer": "customer", "customers": "customer", "company": "customer", "companies": "customer",
    "support": "support", "support desk": "support", "staff": "support", "employees": "support",
    "service": "service", "services": "service", "other services": "service", "systems": "service",
}  # fmt: skip
_ALL = ("customer", "support", "service")
_EVERYBODY = frozenset({"everybody", "everyone", "anybody", "anyone", "all"})
_EVERYTHING = frozenset({"everything", "anything", "do everything", "do anything", ""})
_SYNONYMS = {
    "see": {Does.SEE, Does.LIST}, "read": {Does.SEE, Does.LIST}, "view": {Does.SEE, Does.LIST}, "list": {Does.LIST},
    "change": {Does.CHANGE}, "update": {Does.CHANGE}, "edit": {Does.CHANGE}, "create": {Does.CREATE},
    "add": {Does.CREATE}, "delete": {Does.REMOVE}, "remove": {Does.REMOVE},
}  # fmt: skip
_ONLY = re.compile(r"only (?P<who>.+?) (?:can|may|(?:is|are) (?:allowed|permitted) to) (?P<what>.+)", re.IGNORECASE)


@dataclass(frozen=True)
class CallerReader:
    interview: Interview
    description: Description

    def read(self, line: Line, within: Thing | None) -> None:
        """`Customers may ...` and `Customers: ...` say the same."""
        text = line.joined(": ")
        who, may, what = text.partition(":") if ":" in text else text.partition(" may ")
        if not may:
            said = f"“{text}” does not say who may do what; write for example `Customers: see loans, apply for a loan`."
            raise NotUnderstood(Mistake(line.number, said))
        kinds = _kinds(who, line.number)
        offered = within.actions if within else self.description.actions
        for phrase in re.split(r",|\band\b", what.strip().removesuffix(".")):
            for action in _meant(phrase, offered, line.number):
                action.callers = [kind for kind in _ALL if kind in {*action.callers, *kinds}]

    def complete(self) -> None:
        """Asks for each action that nobody was given, and where a rule and these lines do not agree."""
        for action in self.description.actions:
            if action.reserved_for:
                self._reserve(action)
            elif not action.callers:
                thing = action.thing
                is_owned = any(one.value.sort is Sort.LINK and one.value.target == "Customer" for one in thing.fields)
                proposal = "customers and support" if is_owned and action.does in {Does.SEE, Does.LIST} else "support"
                said = f"Nobody is said to be allowed “{action.said}”"
                text = f"{said}. Who may? Customers, support, services, or several of them."
                question = Question(f"{snake(thing.name)}.{snake(action.name)}.who", action.line, text, proposal)
                action.callers = [kind for kind in _ALL if kind in _kinds(self.interview.answer(question), action.line)]

    def _reserve(self, action: Action) -> None:
        """Whoever was given an action that a rule keeps for others may have been meant all the same."""
        if action.callers and not set(action.callers) <= set(action.reserved_for):
            given, meant = _listed(action.callers), _listed(action.reserved_for)
            text = f"“{action.said}” is only for {meant} by this rule, and “Who may” lets {given}. Who may?"
            question = Question(f"{snake(action.thing.name)}.{snake(action.name)}.who", action.reserved_on, text, meant)
            kinds = _kinds(self.interview.answer(question), action.reserved_on)
            action.callers = [kind for kind in _ALL if kind in kinds]
            if not kinds <= set(action.reserved_for):
                everything = self.description.actions
                action.refusals = [one for one in action.refusals if action not in reservation_of(one, everything)[1]]
        action.callers = action.callers or list(action.reserved_for)


def reservation_of(text: str, offered: Sequence[Action]) -> tuple[list[str], list[Action]]:
    """Of “Only support can approve or decline loans”: who, and what; nothing where it says anything more."""
    kinds, phrases = reserved(text)
    try:
        meant = [(phrase, action) for phrase in phrases for action in _meant(phrase, offered, 0)]
    except NotUnderstood:
        return [], []
    is_plain = all(set(bare(phrase)[1:]) <= _words_of(action) for phrase, action in meant)
    return ([kind for kind in _ALL if kind in kinds], [action for _, action in meant]) if is_plain else ([], [])


def reserved(text: str) -> tuple[set[str], list[str]]:
    """Kinds of callers, and what only they may, in the words of the sentence."""
    found = _ONLY.fullmatch(text)
    phrases = re.split(r",|\band\b|\bor\b", found["what"]) if found else []
    try:
        kinds = _kinds(found["who"], 0) if found else set[str]()
    except NotUnderstood:
        return set(), []
    return (kinds, phrases) if all(map(bare, phrases)) else (set(), [])


def _words_of(action: Action) -> set[str]:
    thing = action.thing
    return {*words(thing.noun), *words(thing.plural), *words(action.name), *words(action.said)} - {"only"}


def _listed(kinds: Sequence[str]) -> str:
    return " and ".join({"customer": "customers", "service": "services"}.get(one, one) for one in kinds)


def _kinds(who: str, line: int) -> set[str]:
    found: set[str] = set()
    for one in re.split(r",|\band\b|\bor\b", who):
        said = " ".join(words(one)).removeprefix("the ")
        if said in _EVERYBODY:
            found.update(_ALL)
        elif said in _KINDS:
            found.add(_KINDS[said])
        else:
            raise NotUnderstood(
                Mistake(line, f"“{one.strip()}” is nobody we know; there are customers, support and services.")
            )
    return found


def _meant(phrase: str, offered: Sequence[Action], line: int) -> list[Action]:
    said = bare(phrase.removeprefix(" may "))
    if " ".join(said) in _EVERYTHING:
        return list(offered)
    of_things = [one for one in offered if not said[1:] or _is_about(one, said)]
    exact = [one for one in of_things if said[0] == one.verb.split()[0] and one.does is not Does.SEE]
    wanted = _SYNONYMS.get(said[0], set())
    meant = [
        one for one in of_things if one.does in wanted and not (one.does is Does.LIST and _is_about_one(one, said))
    ]
    found = list({id(one): one for one in [*exact, *meant]}.values())
    if not found:
        there = ", ".join(f"“{one.said}”" for one in offered)
        raise NotUnderstood(Mistake(line, f"“{phrase.strip()}” is none of the actions; there are: {there}."))
    return found


def _is_about_one(action: Action, said: list[str]) -> bool:
    """“See a loan” lets nobody list them."""
    text = f" {' '.join(said[1:])} "
    return said[0] != "list" and f" {action.thing.noun} " in text


def _is_about(action: Action, said: list[str]) -> bool:
    text = f" {' '.join(said[1:])} "
    named = any(f" {noun} " in text for noun in (action.thing.noun, action.thing.plural))
    return named or " ".join(said) == action.verb
