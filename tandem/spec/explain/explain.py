"""Telling a contract: what exists, what one can do with it, who may, what can go wrong, what is being retired."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from tandem.spec.document import Document, Operation, as_list, as_mapping, as_text, operations
from tandem.spec.explain.answers import gets, things_got
from tandem.spec.explain.callers import Callers
from tandem.spec.explain.details import details, given
from tandem.spec.explain.kinds import Kinds
from tandem.spec.explain.mishaps import Mishaps
from tandem.spec.explain.model import Action, Explanation, Group, Scenario, Thing
from tandem.spec.explain.rules import rules
from tandem.spec.explain.titles import segments, title
from tandem.spec.explain.words import capital, clean, human, paragraphs, plural, sentence, sentences, singular


@dataclass(frozen=True)
class Surroundings:
    """What is known beside the contract itself: the story of each scenario."""

    stories: Mapping[str, str] = field(default_factory=dict)


def explain(document: Document, surroundings: Surroundings | None = None, about: str = "") -> Explanation:
    """With `about` only the groups and things with that word in their name."""
    return _Explainer(document, surroundings or Surroundings(), about.lower()).run()


class _Explainer:
    def __init__(self, document: Document, surroundings: Surroundings, about: str) -> None:
        self._document, self._surroundings, self._about = document, surroundings, about
        self._kinds, self._callers = Kinds(document), Callers(document)
        everything = list(operations(document))
        self._webhooks = [one for one in everything if one.is_webhook]
        self._groups = {
            name: chosen
            for name, chosen in _grouped([one for one in everything if not one.is_webhook]).items()
            if about in name.lower() or about in human(name)
        }
        self._served = [one for chosen in self._groups.values() for one in chosen]
        self._mishaps = Mishaps(self._served)

    def run(self) -> Explanation:
        info = as_mapping(self._document.data.get("info"))
        titled = [(title(one), one) for one in self._served]
        return Explanation(
            title=clean(as_text(info.get("title"))) or "A contract without a name",
            version=str(info.get("version") or ""),
            about=tuple(_about(info)),
            things=tuple(self._things()),
            groups=tuple(self._group(name, chosen) for name, chosen in self._groups.items()),
            told=() if self._about else tuple(self._action(one) for one in self._webhooks),
            always_wrong=tuple(self._mishaps.common),
            rules=tuple(rules(self._document, self._kinds, titled)),
            callers=tuple(self._callers.table(titled)),
            scenarios=tuple(self._scenarios()),
        )

    def _group(self, name: str, chosen: Sequence[Operation]) -> Group:
        tags = [as_mapping(tag) for tag in as_list(self._document.data.get("tags"))]
        described = next((as_text(tag.get("description")) for tag in tags if tag.get("name") == name), "")
        return Group(capital(_group_name(name)), sentences(described), tuple(self._action(one) for one in chosen))

    def _action(self, operation: Operation) -> Action:
        details, more = given(self._kinds, operation)
        name = title(operation)
        about = sentences(operation.description, 700)
        return Action(
            title=name,
            about="" if about.rstrip(".").lower() == name.lower() else about,
            who="" if operation.is_webhook else self._callers.who(operation),
            gives=tuple(details),
            more=more,
            gets="" if operation.is_webhook else gets(self._kinds, operation),
            wrong=() if operation.is_webhook else tuple(self._mishaps.of(operation)),
            remarks=tuple(_remarks(operation)),
            retiring=_retiring(operation),
        )

    def _things(self) -> Iterator[Thing]:
        """What is answered by name, in the order in which it comes up, and what those things are made of."""
        told: set[str] = set()
        waiting = [(schema, True) for one in [*self._served, *self._webhooks] for schema in self._answered(one)]
        while waiting:
            schema, is_answered = waiting.pop(0)
            whole, name = self._kinds.merged(schema), self._kinds.resolved(schema)[1]
            if not name or name in told or self._kinds.is_money(whole):
                continue
            told.add(name)
            if fields := details(self._kinds, schema):
                yield Thing(
                    capital(human(name)), sentences(as_text(whole.get("description"))), tuple(fields), is_answered
                )
            waiting += [(self._inside(one), False) for one in as_mapping(whole.get("properties")).values()]

    def _answered(self, operation: Operation) -> Iterator[object]:
        if operation.is_webhook and operation.body:
            yield from (
                as_mapping(media).get("schema") for media in as_mapping(operation.body.value.get("content")).values()
            )
        else:
            yield from things_got(self._kinds, operation)

    def _inside(self, schema: object) -> object:
        """What a list is a list of."""
        whole = self._kinds.merged(schema)
        return whole.get("items") if whole.get("type") == "array" else schema

    def _scenarios(self) -> Iterator[Scenario]:
        names = {
            name
            for one in self._served
            for response in one.successes.values()
            for media in as_mapping(response.value.get("content")).values()
            for name in as_mapping(as_mapping(media).get("examples"))
        }
        for name, story in self._surroundings.stories.items():
            if name in names:
                yield Scenario(capital(human(name)), sentence(clean(story)))


def _about(info: Mapping[str, object]) -> Iterator[str]:
    if summary := clean(as_text(info.get("summary"))):
        yield sentence(summary)
    yield from paragraphs(as_text(info.get("description")))


def _grouped(served: Sequence[Operation]) -> dict[str, list[Operation]]:
    """By tag, or where there is none by the first word of the path."""
    groups: dict[str, list[Operation]] = {}
    for one in served:
        words = [part for part in segments(one.path) if "{}" not in part]
        name = one.tags[0] if one.tags else plural(singular(words[0])) if words else "everything"
        groups.setdefault(name, []).append(one)
    return groups


def _group_name(name: str) -> str:
    return name if " " in name else human(name)


def _remarks(operation: Operation) -> Iterator[str]:
    if as_mapping(operation.definition.get("callbacks")):
        yield "Whoever asks for it is told later, at an address of theirs, how it went."


def _retiring(operation: Operation) -> str:
    if operation.definition.get("deprecated") is not True:
        return ""
    try:
        day = date.fromisoformat(str(operation.definition.get("x-sunset")))
    except ValueError:
        return "It is being retired; no last day is named yet."
    return f"It is being retired. Its last day is {day.day} {day:%B %Y}."
