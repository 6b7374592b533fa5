"""A description from its Markdown: which heading is a thing, and which says what can be done with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TypeVar

from tandem.draft.actions import ActionReader
from tandem.draft.callers import CallerReader
from tandem.draft.description import Description, Thing
from tandem.draft.fields import FieldReader
from tandem.draft.house import House
from tandem.draft.mistakes import Mistake, NotUnderstood
from tandem.draft.names import is_reserved, pascal, plain, singular, snake, words
from tandem.draft.questions import Interview
from tandem.draft.reading import Line, Section, sections
from tandem.draft.rules import RuleReader

_PARTS = {
    "actions": "actions", "what can be done": "actions", "operations": "actions", "rules": "rules",
    "business rules": "rules", "limits": "rules",
    "who may": "callers", "permissions": "callers", "who may do what": "callers", "fields": "fields",
    "things": "things",
}  # fmt: skip
_MOST_THINGS = 30
_MOST_LETTERS = 30
_T = TypeVar("_T")


@dataclass(frozen=True)
class _Part:
    kind: str
    thing: Thing | None
    section: Section


def understand(text: str, source: str, house: House, interview: Interview) -> Description:
    """Raises NotUnderstood with all that is wrong at once, as far as one mistake does not hide another."""
    title, *rest = _titled(sections(text))
    description = Description(title.title, title.prose, source)
    parts = _parts(description, rest)
    _refuse_names(description, house)
    _refuse_jargon(parts, description, house)
    targets = {snake(name): name for name in (*house.known, *(pascal(one.name) for one in description.things))}
    fields = FieldReader(interview, targets, house.personal)
    actions = ActionReader(interview, description.things)
    callers = CallerReader(interview, description)
    mistakes: list[Mistake] = []
    for part in parts:
        if part.kind == "fields" and part.thing:
            fields.read(part.thing, part.section, mistakes)
    for thing in description.things:
        if not thing.fields and not mistakes:
            said = (
                f"{thing.name} has no fields; write a list below it, for example `- amount: 1,200.00 SEK — what it is`."
            )
            mistakes.append(Mistake(thing.line, said))
    _stop(mistakes)
    _each(parts, "actions", actions.read, mistakes)
    _stop(mistakes)
    _gathered(description.things, actions.complete, mistakes)
    _each(parts, "rules", RuleReader(interview, description.things).read, mistakes)
    _each(parts, "callers", callers.read, mistakes)
    _stop(mistakes)
    callers.complete()
    return description


def _titled(found: list[Section]) -> list[Section]:
    before, *headed = found
    if not headed or (len(headed) == 1 and not headed[0].items):
        raise NotUnderstood(
            Mistake(0, "There are no things; write a heading such as `## Loan`, and its fields as a list below.")
        )
    if before.items:
        raise NotUnderstood(
            Mistake(before.items[0].number, "This stands before any heading; begin with a title, `# Loans`.")
        )
    first = headed[0]
    if first.items:
        raise NotUnderstood(
            Mistake(first.number, "The first heading is the title of the whole, such as `# Loans`; add one.")
        )
    return headed


def _parts(description: Description, found: list[Section]) -> list[_Part]:
    parts = []
    thing: Thing | None = None
    depth = 0
    for section in found:
        kind = _PARTS.get(" ".join(words(section.title)), "")
        if kind == "things":
            continue
        if not kind:
            thing, depth, kind = Thing(section.title, section.number, section.prose), section.level, "fields"
            description.things.append(thing)
        owner = thing if section.level > depth or kind == "fields" else None
        _refuse_prose(kind, section)
        parts.append(_Part(kind, owner, section))
    if not description.things:
        raise NotUnderstood(
            Mistake(0, "There are no things; write a heading such as `## Loan`, and its fields as a list below.")
        )
    if len(description.things) > _MOST_THINGS:
        said = f"There are {len(description.things)} things; nobody reads more than {_MOST_THINGS} in one, so split it."
        raise NotUnderstood(Mistake(0, said))
    return parts


def _refuse_prose(kind: str, section: Section) -> None:
    """Of a part that is a list; `These hold for all loans:` above it says nothing that would be lost."""
    read = kind == "fields" or (section.items and all(one.text.endswith(":") for one in section.paragraphs))
    if section.paragraphs and not read:
        said = f"“{section.title}” is written as prose; write it as a list, a line each."
        raise NotUnderstood(Mistake(section.paragraphs[0].number, said))


def _refuse_names(description: Description, house: House) -> None:
    mistakes = []
    seen: dict[str, Thing] = {}
    for thing in description.things:
        written = thing.name
        thing.name = " ".join([*words(written)[:-1], *map(singular, words(written)[-1:])]).capitalize()
        name = thing.pascal
        if plain(written) != written or not re.fullmatch(r"[A-Z][a-z]+([A-Z][a-z]+)*", name):
            said = "A thing is named by words of two letters or more, a-z; write the name that programs are to use."
            mistakes.append(Mistake(thing.line, said))
        elif len(name) > _MOST_LETTERS:
            mistakes.append(Mistake(thing.line, f"This name has more than {_MOST_LETTERS} letters; shorten it."))
        elif is_reserved(name):
            mistakes.append(
                Mistake(thing.line, f"“{thing.name}” has a meaning of its own in programs; choose another name.")
            )
        elif name in house.known:
            mistakes.append(
                Mistake(thing.line, f"{name} is a thing of another contract; link to it, or choose another name.")
            )
        elif twin := _twin(name, seen):
            mistakes.append(
                Mistake(thing.line, f"{thing.name} is described twice, first on line {twin.line}; join them.")
            )
        seen.setdefault(name, thing)
    _stop(mistakes)


def _twin(name: str, seen: dict[str, Thing]) -> Thing | None:
    """Of a thing come a new one, an update and a page, which are things of the contract as well."""
    made = {other: thing for one, thing in seen.items() for other in (one, f"New{one}", f"{one}Update", f"{one}Page")}
    return made.get(name)


def _refuse_jargon(parts: list[_Part], description: Description, house: House) -> None:
    if not house.jargon:
        return
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, house.jargon))})s?\b", re.IGNORECASE)
    lines = [Line(thing.line, (thing.name,)) for thing in description.things]
    lines += [line for part in parts if part.kind in {"actions", "rules"} for line in part.section.items]
    found = [(line.number, match[0]) for line in lines if (match := pattern.search(line.joined(" ")))]
    _stop([Mistake(line, f"“{word}” is jargon; say what happens, and to whom.") for line, word in found])


def _each(parts: list[_Part], kind: str, read: Callable[[Line, Thing | None], None], mistakes: list[Mistake]) -> None:
    of_kind = [(line, part.thing) for part in parts if part.kind == kind for line in part.section.items]
    _gathered(of_kind, lambda one: read(*one), mistakes)


def _gathered(each: Collection[_T], do: Callable[[_T], None], mistakes: list[Mistake]) -> None:
    for one in each:
        try:
            do(one)
        except NotUnderstood as error:
            mistakes += error.mistakes


def _stop(mistakes: list[Mistake]) -> None:
    if mistakes:
        raise NotUnderstood(*mistakes)
