"""Fields from `name: example — remark`, in a list or a table."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from tandem.draft.description import Field, Sort, Thing, Value
from tandem.draft.mistakes import Mistake, NotUnderstood
from tandem.draft.names import is_reserved, plain, snake
from tandem.draft.questions import Interview, Question
from tandem.draft.reading import Line, Section
from tandem.draft.values import Doubt, understood

_DASH = re.compile(r"(?:^|\s+)(?:—|–|--|-)\s+")
# What the house rules take for an amount of money by its name.
_MONEY_NAMES = frozenset(
    {"amount", "total", "remaining", "used", "paid", "limit", "credit_limit", "price", "fee", "balance"}
)
_GIVEN = frozenset({"id", "created_at", "version"})
_SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


@dataclass(frozen=True)
class Written:
    """A field as it stands in the description."""

    name: str
    examples: str
    remark: str
    line: int


@dataclass(frozen=True)
class FieldReader:
    """`targets` are the things that can be linked to; `personal` are names that hint at personal data."""

    interview: Interview
    targets: Mapping[str, str]
    personal: Collection[str]

    def read(self, thing: Thing, section: Section, mistakes: list[Mistake]) -> None:
        for line in section.items:
            try:
                self._add(thing, _written(line, section.heads))
            except NotUnderstood as error:
                mistakes += error.mistakes

    def _add(self, thing: Thing, written: Written) -> None:
        if snake(written.name) in _GIVEN:
            self.interview.decide(written.line, f"`{written.name}` is left out: every thing has one by itself.")
            return
        values = tuple(self._values(thing, written))
        name = self._name(thing, written, values[0])
        if name in {one.name for one in thing.fields}:
            raise NotUnderstood(
                Mistake(written.line, f"{thing.name} has `{written.name}` twice; take one of them out.")
            )
        remark, is_optional = _without_optional(written)
        is_personal = values[0].sort in {Sort.EMAIL, Sort.PHONE} or self._looks_personal(name, values[0])
        if is_personal:
            said = f"`{written.name}` is taken for personal data, and masked in logs."
            self.interview.decide(written.line, said)
        said = written.name.replace("(optional)", "").strip()
        thing.fields.append(Field(name, said, written.line, values, remark, is_optional, is_personal))

    def _values(self, thing: Thing, written: Written) -> Iterator[Value]:
        is_choice = written.examples.lower().startswith("one of")
        examples = [written.examples] if is_choice else [one.strip() for one in written.examples.split(";")]
        first: Value | None = None
        for text in filter(None, examples):
            value = self._value(thing, written, text)
            if first and value.sort is not first.sort:
                both = f"“{examples[0]}” is {first.sort}, “{text}” is {value.sort}"
                raise NotUnderstood(Mistake(written.line, f"The examples of `{written.name}` disagree: {both}."))
            first = first or value
            yield value

    def _value(self, thing: Thing, written: Written, text: str) -> Value:
        found = understood(text, written.name, self.targets)
        if isinstance(found, Doubt):
            question = Question(f"{snake(thing.name)}.{snake(written.name)}", written.line, found.text, found.proposal)
            found = understood(self.interview.answer(question), written.name, self.targets)
        if isinstance(found, Doubt):
            said = f"The answer leaves open what `{written.name}` is; answer for example “{found.proposal}”."
            raise NotUnderstood(Mistake(written.line, said))
        if isinstance(found, str):
            raise NotUnderstood(Mistake(written.line, f"`{written.name}` {found}."))
        return found

    def _name(self, thing: Thing, written: Written, value: Value) -> str:
        said = written.name.replace("(optional)", "").strip()
        wanted = self._spelt(thing, written, said, value.sort)
        if value.sort is Sort.LINK:
            return f"{wanted.removesuffix('_id')}_id"
        name = _with_ending(wanted, value.sort)
        if name != wanted:
            self.interview.decide(written.line, f"`{said}` is {value.sort} by its example, and called `{name}`.")
        return name

    def _spelt(self, thing: Thing, written: Written, said: str, sort: Sort) -> str:
        name = snake(said)
        if not name or not _SNAKE.fullmatch(name):
            raise NotUnderstood(
                Mistake(written.line, f"`{said}` is no name that programs can use; begin it with a letter a-z.")
            )
        text = ""
        if plain(said) != said:
            text, proposal = f"Programs write names with a-z only. What is `{said}` to be called there?", name
        if is_reserved(name):
            proposal = f"{snake(thing.name)}_{name}"
            text = f"`{said}` has a meaning of its own in programs. What is it to be called there?"
        elif name in _MONEY_NAMES and sort not in {Sort.MONEY, Sort.NUMBER}:
            proposal = f"is_{name}" if sort is Sort.YES_NO else f"{snake(thing.name)}_{name}"
            text = f"`{said}` sounds like money and is {sort}. What is it to be called?"
        if not text:
            return name
        answer = snake(
            self.interview.answer(Question(f"{snake(thing.name)}.{name}.name", written.line, text, proposal))
        )
        if not _SNAKE.fullmatch(answer) or is_reserved(answer):
            raise NotUnderstood(
                Mistake(written.line, f"“{answer}” cannot be a name either; answer for example “{proposal}”.")
            )
        return answer

    def _looks_personal(self, name: str, value: Value) -> bool:
        return value.sort is Sort.TEXT and any(name == one or name.endswith(f"_{one}") for one in self.personal)


def _with_ending(name: str, sort: Sort) -> str:
    """`_at` is kept for moments, `_on` for days, `_id` for links."""
    stem, _, last = name.rpartition("_")
    if not stem or last not in {"id", "at", "on"}:
        return name
    if last == "id":
        return f"{stem}_number"
    means_another = stem in _MONEY_NAMES or is_reserved(stem)
    ending = {Sort.DAY: "_on", Sort.MOMENT: "_at"}.get(sort, "_remark" if means_another else "")
    return f"{stem}{ending}"


def _written(line: Line, heads: tuple[str, ...]) -> Written:
    if heads:
        name, *rest = line.cells
        remark = rest.pop() if rest and _is_remark(heads[-1]) else ""
        examples = "; ".join(one for one in rest if one)
    else:
        name, _, rest_of_it = line.text.partition(":")
        examples, remark = _split(rest_of_it.strip())
    if not name.strip() or not examples.strip(" ;"):
        shown = _split(name.strip())[0] or "this"
        raise NotUnderstood(
            Mistake(line.number, f"`{shown}` has no example; write for example `{shown}: 1,200.00 SEK — what it is`.")
        )
    return Written(name.strip(), examples.strip(), remark.strip(), line.number)


def _is_remark(head: str) -> bool:
    return snake(head) in {"remark", "remarks", "meaning", "description", "what_it_is", "note", "notes", "explanation"}


def _split(text: str) -> tuple[str, str]:
    example, *remark = _DASH.split(text, maxsplit=1)
    return example, remark[0] if remark else ""


def _without_optional(written: Written) -> tuple[str, bool]:
    is_optional = "(optional)" in written.name or "optional" in snake(written.remark).split("_")
    return re.sub(
        r"^\(?optional\)?[,;:]?\s*|[,;]?\s*\(?optional\)?$", "", written.remark, flags=re.IGNORECASE
    ), is_optional
