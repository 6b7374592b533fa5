"""An explanation laid out: headings, paragraphs and lists, whatever it is shown as."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tandem.spec.explain.model import Action, Detail, Explanation, Thing
from tandem.spec.explain.words import capital, count, first_sentence, listed, sentence

_FEW, _MANY = 8, 20


@dataclass(frozen=True)
class Heading:
    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    """`label` stands before the text, in bold."""

    text: str
    label: str = ""


@dataclass(frozen=True)
class Bullets:
    """`(label, text)` each; either may be empty."""

    bullets: tuple[tuple[str, str], ...]


Block = Heading | Paragraph | Bullets


def page(told: Explanation) -> list[Block]:
    return list(_page(told))


def _page(told: Explanation) -> Iterator[Block]:
    yield Heading(1, told.title)
    yield from (Paragraph(one) for one in told.about)
    yield Paragraph(_in_short(told), "In short")
    yield from _things(told.things)
    same = {action.who for action in told.actions}
    yield from _groups(told, says_who=len(same) > 1)
    if told.told:
        yield Heading(2, "What it tells others by itself")
        for action in told.told:
            yield from _action(action, says_who=False)
    yield from _who(told, same)
    yield from _listed("Rules and limits", told.rules)
    yield from _listed("What can go wrong with nearly everything", told.always_wrong)
    yield from _stories(told)
    if len(told.things) > _FEW:
        yield Heading(2, "What each thing holds")
        yield from (block for thing in told.things for block in _thing(thing))
    yield from _retired(told)


def _in_short(told: Explanation) -> str:
    does = count(len(told.actions), "thing") + " can be done here" if told.actions else "Nothing can be asked of it"
    parts = [f"{group.name} ({len(group.actions)})" for group in told.groups]
    where = f", in {len(parts)} areas" if len(parts) > _MANY else f": {listed(parts)}" if len(parts) > 1 else ""
    tells = f" It tells others of {count(len(told.told), 'event')} by itself." if told.told else ""
    version = f" This is version {told.version}." if told.version else ""
    return f"{does}{where}.{tells}{version}"


def _things(things: Sequence[Thing]) -> Iterator[Block]:
    """Many would stand in the way of what can be done with them."""
    if things:
        yield Heading(2, "What there is")
    if len(things) > _FEW:
        direct = [(thing.name, first_sentence(thing.about)) for thing in things if thing.is_answered]
        yield Bullets(tuple(direct))
    else:
        yield from (block for thing in things for block in _thing(thing))


def _groups(told: Explanation, *, says_who: bool) -> Iterator[Block]:
    if told.groups:
        yield Heading(2, "What can be done")
    for group in told.groups:
        if len(told.groups) > 1:
            yield Heading(3, group.name)
        if group.about:
            yield Paragraph(group.about)
        for action in group.actions:
            yield from _action(action, says_who=says_who)


def _thing(thing: Thing) -> Iterator[Block]:
    yield Heading(3, thing.name)
    if thing.about:
        yield Paragraph(thing.about)
    yield _details(thing.details, says_optional=False)


def _details(found: Iterable[Detail], *, says_optional: bool, more: int = 0) -> Bullets:
    items = [(_label(one, says_optional=says_optional), _said(one)) for one in found]
    if more:
        items.append(("", f"and {count(more, 'further detail')}, none of them needed."))
    return Bullets(tuple(items))


def _label(one: Detail, *, says_optional: bool) -> str:
    return f"{capital(one.name)} (if you like)" if says_optional and one.optional else capital(one.name)


def _said(one: Detail) -> str:
    about = sentence(one.about)
    kind = "; ".join(word for word in [one.kind, *one.remarks] if word)
    return f"{about} {sentence(kind)}".strip()


def _action(action: Action, *, says_who: bool) -> Iterator[Block]:
    yield Heading(4, action.title)
    if action.retiring:
        yield Paragraph(action.retiring, "Retiring")
    if action.about:
        yield Paragraph(action.about)
    if says_who and action.who:
        yield Paragraph(sentence(action.who), "Who may")
    if action.gives:
        yield Paragraph("", "What comes with it" if not action.gets else "What you give")
        yield _details(action.gives, says_optional=True, more=action.more)
    if action.gets:
        yield Paragraph(action.gets, "What you get")
    if action.wrong:
        yield Paragraph("" if len(action.wrong) > 1 else action.wrong[0], "What can go wrong")
    if len(action.wrong) > 1:
        yield Bullets(tuple(("", one) for one in action.wrong))
    yield from (Paragraph(one) for one in action.remarks)


def _who(told: Explanation, same: set[str]) -> Iterator[Block]:
    if told.callers:
        yield Heading(2, "Who may do what")
        for caller in told.callers:
            if len(caller.may) == len(told.actions):
                yield Paragraph("All of it.", caller.name)
            elif caller.may:
                yield Paragraph("", f"{caller.name} ({len(caller.may)} of {len(told.actions)})")
                yield Bullets(tuple(("", one) for one in caller.may))
            else:
                yield Paragraph("Nothing.", caller.name)
    elif len(same) == 1 and (who := next(iter(same))):
        yield Heading(2, "Who may use it")
        yield Paragraph(sentence(who))


def _stories(told: Explanation) -> Iterator[Block]:
    if told.scenarios:
        yield Heading(2, "The stories it is shown with")
        yield Bullets(tuple((one.name, one.story) for one in told.scenarios))


def _listed(heading: str, items: tuple[str, ...]) -> Iterator[Block]:
    if items:
        yield Heading(2, heading)
        yield Bullets(tuple(("", one) for one in items))


def _retired(told: Explanation) -> Iterator[Block]:
    yield Heading(2, "What is being retired")
    retiring = [(one.title, one.retiring) for one in [*told.actions, *told.told] if one.retiring]
    yield Bullets(tuple(retiring)) if retiring else Paragraph("Nothing.")
