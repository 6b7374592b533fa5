"""What a description says: things with fields, what can be done with them, by whom and under which rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tandem.draft.names import camel, kebab, pascal, plural, snake, words


class Sort(StrEnum):
    """The words are those that mistakes and questions use."""

    MONEY = "an amount of money"
    DAY = "a day"
    MOMENT = "a moment"
    EMAIL = "an e-mail address"
    PHONE = "a phone number"
    NUMBER = "a whole number"
    YES_NO = "yes or no"
    CHOICE = "one of several words"
    WEB = "a web address"
    LINK = "a link to another thing"
    TEXT = "text"


@dataclass(frozen=True)
class Value:
    """`json` is how a contract writes the example; a link has its thing instead."""

    sort: Sort
    json: Any = None
    choices: tuple[str, ...] = ()
    target: str = ""


@dataclass
class Field:
    name: str
    said: str
    line: int
    examples: tuple[Value, ...]
    remark: str
    is_optional: bool = False
    is_personal: bool = False
    is_fixed: bool = False
    is_positive: bool = False
    bounds: dict[str, int] = field(default_factory=dict)

    @property
    def value(self) -> Value:
        return self.examples[0]


class Does(StrEnum):
    CREATE = "create"
    LIST = "list"
    SEE = "see"
    CHANGE = "change"
    REMOVE = "remove"
    STEP = "step"


@dataclass
class Action:
    """`tail` is what of the verb stands behind the thing (mark a loan as repaid), `sets` the field and the value that a
    step gives it; `callers` are kinds that the platform knows. `refusals` are rules that stand with it; one of them, on
    line `reserved_on`, may say that it is only for those of `reserved_for`."""

    does: Does
    verb: str
    thing: Thing
    line: int
    said: str
    remark: str = ""
    tail: str = ""
    inputs: tuple[str, ...] = ()
    sets: tuple[str, str] | None = None
    callers: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    reserved_for: list[str] = field(default_factory=list)
    reserved_on: int = 0

    @property
    def id(self) -> str:
        noun = self.thing.pascal_plural if self.does is Does.LIST else self.thing.pascal
        verb = {Does.SEE: "get", Does.LIST: "list", Does.CHANGE: "update"}.get(self.does, self.verb)
        return camel(verb) + noun + pascal(self.tail)

    @property
    def name(self) -> str:
        return f"{self.verb} {self.tail}".strip()

    @property
    def path(self) -> str:
        one = f"{self.thing.path}/{{{self.thing.id_name}}}"
        if self.does is Does.STEP:
            return f"{one}/{kebab(self.name)}"
        return self.thing.path if self.does in {Does.CREATE, Does.LIST} else one

    @property
    def method(self) -> str:
        methods = {Does.LIST: "get", Does.SEE: "get", Does.CHANGE: "patch", Does.REMOVE: "delete"}
        return methods.get(self.does, "post")


@dataclass
class Thing:
    name: str
    line: int
    about: str
    fields: list[Field] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def noun(self) -> str:
        return " ".join(words(self.name))

    @property
    def plural(self) -> str:
        return plural(self.noun)

    @property
    def pascal(self) -> str:
        return pascal(self.name)

    @property
    def pascal_plural(self) -> str:
        return pascal(self.plural)

    @property
    def path(self) -> str:
        return f"/v1/{kebab(self.plural)}"

    @property
    def id_name(self) -> str:
        return f"{snake(self.name)}_id"

    def field(self, said: str) -> Field | None:
        """By its name or by what the description calls it; a link also without its `_id`."""
        name = snake(said)
        return next(
            (one for one in self.fields if name in {one.name, snake(one.said), one.name.removesuffix("_id")}), None
        )

    @property
    def state(self) -> Field | None:
        """The field that steps set, which nobody sends."""
        names = [one.sets[0] for one in self.actions if one.sets]
        return self.field(names[0]) if names else None

    @property
    def sent(self) -> list[Field]:
        return [one for one in self.fields if one is not self.state]


@dataclass
class Description:
    """`source` is the name of the file it was read from."""

    title: str
    about: str
    source: str
    things: list[Thing] = field(default_factory=list)

    @property
    def actions(self) -> list[Action]:
        return [action for thing in self.things for action in thing.actions]
