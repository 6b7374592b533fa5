"""The schemas of a contract, from its things."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tandem.draft.description import Action, Does, Field, Sort, Thing
from tandem.draft.examples import Examples
from tandem.draft.names import pascal, with_article
from tandem.draft.sentences import as_rule, as_sentence
from tandem.draft.shared import Folded, Inline, InlineList, Shared, own

_PRINTABLE = r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$"
_SHAPES: dict[Sort, dict[str, Any]] = {
    Sort.DAY: {"type": "string", "format": "date"},
    Sort.EMAIL: {"type": "string", "format": "email", "maxLength": 254},
    Sort.PHONE: {"type": "string", "pattern": r"^\+[1-9][0-9 ]{5,18}[0-9]$"},
    Sort.NUMBER: {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
    Sort.YES_NO: {"type": "boolean"},
    Sort.WEB: {"type": "string", "format": "uri", "maxLength": 2000},
    Sort.TEXT: {"type": "string", "minLength": 1, "maxLength": 200, "pattern": _PRINTABLE},
}
_LONG_TEXT = 2000


@dataclass(frozen=True)
class Schemas:
    shared: Shared
    examples: Examples
    own: frozenset[str]

    def of(self, thing: Thing) -> dict[str, Any]:
        made = {f"{thing.pascal}Id": self._id(thing)}
        made |= {_choice_name(thing, one): _choice(thing, one) for one in thing.fields if one.value.choices}
        for action in thing.actions:
            if name := body_name(action):
                made[name] = self._body(action)
        made[thing.pascal] = self._thing(thing)
        if any(one.does is Does.LIST for one in thing.actions):
            made[f"{thing.pascal}Page"] = self._page(thing)
        return made

    def parameter(self, thing: Thing) -> dict[str, Any]:
        about = f"The {thing.noun}."
        return {
            "name": thing.id_name,
            "in": "path",
            "required": True,
            "description": about,
            "schema": own(f"{thing.pascal}Id"),
        }

    def filters(self, thing: Thing) -> list[Any]:
        """A list can be narrowed by what has few values: words to choose from, and links."""
        return [
            {
                "name": one.name,
                "in": "query",
                "description": f"Only {thing.plural} with this {one.said.lower()}.",
                "schema": self._bare(thing, one),
            }
            for one in thing.fields
            if one.value.sort in {Sort.CHOICE, Sort.LINK}
        ]

    def _id(self, thing: Thing) -> dict[str, Any]:
        prefix = self.examples.prefixes[thing.pascal]
        return {
            "type": "string",
            "pattern": f"^{prefix}_[0-7][0-9a-hjkmnp-tv-z]{{25}}$",
            "description": f"Identifies {with_article(thing.noun)}.",
            "examples": InlineList([self.examples.id_of(thing.pascal, self.examples.house.stories[0])]),
        }

    def _body(self, action: Action) -> dict[str, Any]:
        fields = body_fields(action)
        required = [one.name for one in fields if not one.is_optional]
        if action.does is Does.CHANGE:
            rules: dict[str, Any] = {
                "description": "What to change. What is left out stays as it is.",
                "additionalProperties": False,
            }
            rules["minProperties"] = 1
        else:
            rules = {"additionalProperties": False, **({"required": InlineList(required)} if required else {})}
        return {"type": "object", **rules, "properties": self._properties(action.thing, fields)}

    def _thing(self, thing: Thing) -> dict[str, Any]:
        about = thing.about or f"{with_article(thing.noun).capitalize()}."
        if thing.notes:
            about = " ".join([as_sentence(about), *map(as_rule, thing.notes)])
        fields = {
            one.name: _nullable(self._field(thing, one)) if one.is_optional else self._field(thing, one)
            for one in thing.fields
        }
        properties = {
            "id": own(f"{thing.pascal}Id"),
            **fields,
            "created_at": self.shared.schema("Instant"),
            "version": Inline({"type": "integer", "minimum": 1, "description": "Goes up by one with every change."}),
        }
        return {
            "type": "object",
            "description": Folded(about),
            "required": InlineList(properties),
            "properties": properties,
        }

    def _page(self, thing: Thing) -> dict[str, Any]:
        total = {"type": "integer", "minimum": 0, "description": "How many there are on all pages together."}
        return {
            "type": "object",
            "required": InlineList(["items", "next_cursor", "total"]),
            "properties": {
                "items": Inline({"type": "array", "items": own(thing.pascal)}),
                "next_cursor": self.shared.schema("NextCursor"),
                "total": Inline(total),
            },
        }

    def _properties(self, thing: Thing, fields: Iterable[Field]) -> dict[str, Any]:
        return {one.name: self._field(thing, one) for one in fields}

    def _field(self, thing: Thing, field: Field) -> Inline:
        sensitive = {"x-sensitive": True} if field.is_personal else {}
        return Inline({**self._bare(thing, field), "description": _about(thing, field), **sensitive})

    def _bare(self, thing: Thing, field: Field) -> Inline:
        value = field.value
        if value.sort is Sort.LINK:
            return own(f"{value.target}Id") if value.target in self.own else self.shared.schema(f"{value.target}Id")
        if value.sort is Sort.CHOICE:
            return own(_choice_name(thing, field))
        if value.sort is Sort.MONEY:
            return self.shared.schema("PositiveMoney" if field.is_positive else "Money")
        if value.sort is Sort.MOMENT:
            return self.shared.schema("Instant")
        is_long = value.sort is Sort.TEXT and max(len(one.json) for one in field.examples) > 100
        return Inline({**_SHAPES[value.sort], **({"maxLength": _LONG_TEXT} if is_long else {}), **field.bounds})


def body_name(action: Action) -> str:
    """Empty for what is asked without a body."""
    thing = action.thing.pascal
    if not body_fields(action):
        return ""
    names = {Does.CREATE: f"New{thing}", Does.CHANGE: f"{thing}Update", Does.STEP: f"{thing}{pascal(action.name)}"}
    return names[action.does]


def body_fields(action: Action) -> list[Field]:
    """What is named after `with`; else all that people send, of a change without what stays as it is."""
    named = [one for one in action.thing.fields if one.name in action.inputs]
    if named or action.does not in {Does.CREATE, Does.CHANGE}:
        return named
    return [
        one
        for one in action.thing.sent
        if action.does is Does.CREATE or not (one.is_fixed or one.value.sort is Sort.LINK)
    ]


def _choice_name(thing: Thing, field: Field) -> str:
    return f"{thing.pascal}{pascal(field.name)}"


def _choice(thing: Thing, field: Field) -> dict[str, Any]:
    return {"type": "string", "description": _about(thing, field), "enum": InlineList(field.value.choices)}


def _about(thing: Thing, field: Field) -> Folded:
    text = field.remark or f"The {field.said.lower()} of the {thing.noun}"
    return Folded(f"{text[:1].upper()}{text[1:].removesuffix('.')}.")


def _nullable(schema: Inline) -> Inline:
    if "$ref" not in schema:
        return Inline({**schema, "type": InlineList([schema["type"], "null"])})
    rest = {key: value for key, value in schema.items() if key != "$ref"}
    return Inline({"anyOf": InlineList([Inline({"$ref": schema["$ref"]}), Inline({"type": "null"})]), **rest})
