"""What may stand in a field, in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tandem.kit.contract.source import pointer_parts
from tandem.spec.document import Document, as_list, as_mapping
from tandem.spec.explain.words import article, human, listed, plural, some

_FORMATS = {
    "date": "a day",
    "date-time": "a day and time",
    "time": "a time of day",
    "duration": "a length of time",
    "email": "an e-mail address",
    "uri": "a web address",
    "url": "a web address",
    "uuid": "a reference",
    "binary": "a file",
    "byte": "a file",
    "password": "a secret",  # pragma: allowlist secret
    "decimal": "a decimal number",
    "unix-time": "a day and time",
    "snowflake": "a reference",
    "ipv4": "a network address",
    "ipv6": "a network address",
}
GENERAL = frozenset({"an amount of money", "a day", "a day and time", "a time of day"})
_IDENTIFIER = re.compile(r"\^?\(?[a-z]{2,6}_")
_DEEPEST = 4
_LARGEST = 2**31 - 1


class Kinds:
    """Says of schemas what they let through. `name` is by what the document calls a shape, empty when by nothing."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def resolved(self, schema: Any) -> tuple[Mapping[str, Any], str]:
        value, pointer = self._document.resolved(schema, "")
        names = pointer_parts(pointer)
        is_component = len(names) == 3 and names[:2] == ["components", "schemas"]
        return as_mapping(value), names[2] if is_component else ""

    def merged(self, schema: Any, depth: int = 0) -> Mapping[str, Any]:
        """With what `allOf` adds, which people need not tell apart. Its own words win."""
        own, _ = self.resolved(schema)
        rest = {key: value for key, value in as_mapping(schema).items() if key != "$ref"}
        found = {**own, **rest}
        properties, required = dict(as_mapping(own.get("properties"))), list(as_list(own.get("required")))
        for one in as_list(own.get("allOf")) if depth < _DEEPEST * 2 else ():
            part = self.merged(one, depth + 1)
            found = {**part, **found}
            properties = {**as_mapping(part.get("properties")), **properties}
            required += as_list(part.get("required"))
        return {**found, "properties": properties, "required": required}

    def kind(self, schema: Any, depth: int = 0) -> str:
        found, name = self.merged(schema), self.resolved(schema)[1]
        if self.is_money(found):
            return "an amount of money"
        if words := _values(found):
            return words
        alternatives = [one for key in ("oneOf", "anyOf") for one in as_list(found.get(key))]
        if alternatives and not found["properties"]:
            return self._either(alternatives, name, depth)
        match _type(found):
            case "array":
                return self._list(found, depth)
            case "object":
                return self._object(found, name)
            case "string":
                return _text(found)
            case "boolean":
                return "yes or no"
            case "integer" | "number" as number:
                return _number(found, number)
        return article(human(name)) if name else "anything"

    def is_money(self, schema: Mapping[str, Any]) -> bool:
        names = set(as_mapping(schema.get("properties")))
        return names in ({"amount", "currency"}, {"value", "currency"})

    def _list(self, schema: Mapping[str, Any], depth: int) -> str:
        if depth > _DEEPEST or not as_mapping(schema.get("items")):
            return "a list"
        inside = self.kind(schema["items"], depth + 1)
        if inside.startswith("text"):
            return "a list of texts"
        if inside.startswith("a list"):
            return f"a list of lists{inside.removeprefix('a list')}"
        noun = plural(re.sub(r"^(an?) ", "", inside)) if re.match(r"an? \w[\w ]*$", inside) else inside
        least, most = schema.get("minItems"), schema.get("maxItems")
        count = f"a list of up to {most} " if most else f"a list of at least {least} " if least else "a list of "
        return f"a list, each of them {noun}" if noun == inside else f"{count}{noun}"

    def _object(self, schema: Mapping[str, Any], name: str) -> str:
        if name:
            return article(human(name))
        if names := [human(one) for one in schema["properties"]]:
            return f"several details: {some(names, 6)}" if len(names) > 1 else f"a detail: {names[0]}"
        return "names and values of your own"

    def _either(self, alternatives: list[Any], name: str, depth: int) -> str:
        told = [one for one in alternatives if _type(self.merged(one)) != "null"]
        if len(told) == 1:
            return self.kind(told[0], depth + 1)
        if depth > _DEEPEST or len(told) > 8:
            return article(human(name)) if name else "one of several kinds"
        words = list(dict.fromkeys(self.kind(one, depth + 1) for one in told))
        things = [word for word in words if not word.startswith("text")]
        if 0 < len(things) < len(words) and all(re.match(r"an? ", word) for word in things):
            return f"{listed(things, 'or')}, or only a reference to it"
        return listed(words, "or")


def may_be_empty(schema: Mapping[str, Any]) -> bool:
    types = schema.get("type")
    alternatives = [*as_list(schema.get("anyOf")), *as_list(schema.get("oneOf"))]
    return (
        schema.get("nullable") is True
        or (isinstance(types, list) and "null" in types)
        or any(as_mapping(one).get("type") == "null" for one in alternatives)
    )


def _type(schema: Mapping[str, Any]) -> str:
    types = schema.get("type")
    if isinstance(types, list):
        types = next((one for one in types if one != "null"), "null")
    if isinstance(types, str):
        return types
    if as_mapping(schema.get("properties")) or "additionalProperties" in schema:
        return "object"
    return "array" if "items" in schema else ""


def _values(schema: Mapping[str, Any]) -> str:
    if "const" in schema:
        return f"always “{_value(schema['const'])}”"
    values = [_value(value) for value in as_list(schema.get("enum")) if value is not None and value != ""]
    if not values:
        return ""
    return f"always “{values[0]}”" if len(values) == 1 else f"one of: {some(values, 12, 'or')}"


def _value(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _text(schema: Mapping[str, Any]) -> str:
    named = schema.get("format")
    if isinstance(named, str) and named in _FORMATS:
        return _FORMATS[named]
    if isinstance(schema.get("pattern"), str) and _IDENTIFIER.match(schema["pattern"]):
        return "a reference"
    least, most = schema.get("minLength"), schema.get("maxLength")
    if isinstance(most, int) and isinstance(least, int) and least > 1:
        return f"text of {least} characters" if least == most else f"text of {least} to {most} characters"
    return f"text of up to {most} characters" if isinstance(most, int) else "text"


def _number(schema: Mapping[str, Any], kind: str) -> str:
    if schema.get("format") == "unix-time":
        return _FORMATS["unix-time"]
    noun = "a whole number" if kind == "integer" else "a number"
    least, most = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    bounds = {"from": least, "above": above, "to": most, "below": below}
    said = [f"{word} {value:,}" for word, value in bounds.items() if _is_limit(value)]
    if said == ["from 0"] or not said:
        return noun
    return f"{noun} {'up ' if said[0].startswith('to') else ''}{' '.join(said)}"


def _is_limit(value: Any) -> bool:
    """The largest number that a computer of some kind can hold is nobody's rule."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LARGEST
