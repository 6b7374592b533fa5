"""Small schemas and values by chance, the same ones for the same seed."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator

from tests.spec.diff.asking import Json

_TEXTS = ["", "a", "b", "ab", "abc", "cab"]
_NUMBERS = [-2, -1, 0, 1, 2, 3, 4, 6, 1.5]
_SINGLES = [None, True, False, *_TEXTS, *_NUMBERS]
_TWINS = {"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"}
_TWINS |= {other: one for one, other in _TWINS.items()}
_TYPES = ["null", "boolean", "integer", "number", "string"]


class Chance:
    """Every object a schema lets through is of members `a` and `b`: to name one for the first time is an agreement."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def pair(self) -> tuple[Json, Json]:
        """A schema, and one that came of it by a change or two."""
        base = self.schema(2)
        revision = copy.deepcopy(base)
        for _ in range(self._random.choice([1, 1, 2])):
            revision = self._changed(revision)
        return base, revision

    def respelled(self, schema: Json) -> Json:
        return respelled(schema, self._random)

    def values(self, count: int) -> list[Json]:
        return [self._value(2) for _ in range(count)]

    def near(self, schema: Json) -> Json:
        """A value that the schema lets through, or almost."""
        for word in ("anyOf", "oneOf", "allOf"):
            if word in schema:
                return self.near(self._random.choice(schema[word]))
        if "enum" in schema:
            return self._random.choice(schema["enum"])
        types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        match self._random.choice(types):
            case "integer" | "number":
                ends = [schema[word] for word in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
                        if word in schema]  # fmt: skip
                return self._random.choice([*ends, 0]) + self._random.choice([0, 0, 0.5, 1, -1])
            case "string":
                return self._random.choice(_TEXTS)
            case "array":
                firsts = [self.near(one) for one in schema.get("prefixItems", ())]
                return firsts + [
                    self.near(schema.get("items", {"type": "null"})) for _ in range(self._random.choice([0, 1, 2]))
                ]
            case "object":
                inner = {**schema.get("properties", {}), "c": self._single()}
                names = self._random.sample([*inner], self._random.randint(0, len(inner)))
                return {name: self.near(inner[name]) for name in names}
            case "boolean":
                return self._random.random() < 0.5
        return None

    def schema(self, depth: int) -> Json:
        compound = [self._array, self._object, self._any_of, self._all_of, self._not, self._if]
        made = [*compound, self._object, self._single] if depth else [self._single, self._single, self._one_of]
        return self._random.choice(made)(depth)

    def _changed(self, schema: Json) -> Json:
        """The same with another schema, or another word, at one of its places."""
        places = [*_places(schema)]
        place = self._random.choice(places)
        if "properties" in place or "type" not in place or self._random.random() < 0.3:
            return self._put(schema, place)
        words = [word for word in place if word != "type"]
        if words and self._random.random() < 0.4:
            self._moved(place, self._random.choice(words))
        else:
            place |= {word: value for word, value in self._words(place["type"]) if word not in ("items", "properties")}
        return schema

    def _moved(self, place: Json, word: str) -> None:
        """Without the word; or a bound becomes exclusive, or no longer."""
        value = place.pop(word)
        other = _TWINS.get(word)
        if other is not None and other not in place and self._random.random() < 0.6:
            place[other] = value

    def _put(self, schema: Json, place: Json) -> Json:
        if "properties" in place:
            place |= self._about_members()
            return schema
        new = self.schema(1)
        if place is schema:
            return new
        place.clear()
        place |= new
        return schema

    def _single(self, _: int = 0) -> Json:
        if self._random.random() < 0.25:
            return {"enum": self._random.sample(_SINGLES, self._random.choice([1, 2, 3]))}
        types = self._random.sample(_TYPES, self._random.choice([1, 1, 2]))
        found: Json = {"type": types[0] if len(types) == 1 else types}
        for word, value in self._words(found["type"]):
            found[word] = value
        return found

    def _words(self, types: Json) -> Iterator[tuple[str, Json]]:
        known = types if isinstance(types, list) else [types]
        if {"integer", "number"} & {*known}:
            yield from self._some({
                "minimum": self._number, "maximum": self._number, "exclusiveMinimum": self._number,
                "exclusiveMaximum": self._number, "multipleOf": lambda: self._random.choice([1, 2, 3, 0.5]),
            })  # fmt: skip
        if "string" in known:
            yield from self._some({
                "minLength": self._count, "maxLength": self._count,
                "pattern": lambda: self._random.choice(["^a", "b$", ".*"]),
            })  # fmt: skip
        if "array" in known:
            yield from self._some({
                "minItems": self._count, "maxItems": self._count, "uniqueItems": lambda: self._random.random() < 0.7,
                "contains": self._single, "items": self._single, "prefixItems": lambda: [self._single()],
            })  # fmt: skip
        if "object" in known:
            yield from self._about_members().items()

    def _about_members(self) -> Json:
        return dict(
            self._some({
                "required": lambda: self._random.sample(["a", "b", "c"], 1),
                "additionalProperties": lambda: self._random.choice([False, True, self._single()]),
                "minProperties": self._count, "maxProperties": self._count,
                "propertyNames": lambda: {"maxLength": self._random.choice([1, 2])},
                "patternProperties": lambda: {"^c": self._single()},
                "dependentRequired": lambda: {"a": self._random.sample(["b", "c"], 1)},
                "dependentSchemas": lambda: {"a": {"required": ["c"]}},
            })
        )  # fmt: skip

    def _some(self, words: dict[str, Callable[[], Json]]) -> Iterator[tuple[str, Json]]:
        chosen = self._random.sample([*words], self._random.choice([0, 1, 1, 2]))
        yield from ((word, words[word]()) for word in chosen)

    def _number(self) -> Json:
        return self._random.choice([-1, 0, 1, 2, 3])

    def _count(self) -> int:
        return self._random.choice([0, 1, 2, 3])

    def _array(self, depth: int) -> Json:
        return {"type": "array", **dict(self._words("array")), "items": self.schema(depth - 1)}

    def _object(self, depth: int) -> Json:
        members = {name: self.schema(depth - 1) for name in "ab"}
        return {"type": "object", "properties": members, **self._about_members()}

    def _any_of(self, depth: int) -> Json:
        return {"anyOf": [self.schema(depth - 1) for _ in range(self._random.choice([1, 2, 3]))]}

    def _one_of(self, _: int) -> Json:
        return {"oneOf": [self._single() for _ in range(self._random.choice([1, 2, 3]))]}

    def _all_of(self, depth: int) -> Json:
        return {"allOf": [self.schema(depth - 1), self._single()]}

    def _not(self, _: int) -> Json:
        return {**self._single(), "not": self._single()}

    def _if(self, _: int) -> Json:
        return {**self._single(), "if": self._single(), "then": self._single(), "else": self._single()}

    def _value(self, depth: int) -> Json:
        kind = self._random.choice(["single", "single", "list", "object"] if depth else ["single"])
        if kind == "list":
            return [self._value(depth - 1) for _ in range(self._random.choice([0, 1, 2, 3]))]
        if kind == "object":
            names = self._random.sample(["a", "b", "c", "cc"], self._random.choice([0, 1, 2, 3]))
            return {name: self._value(depth - 1) for name in names}
        return self._random.choice(_SINGLES)


def _places(schema: Json) -> Iterator[Json]:
    """Every schema inside that a change can be made to."""
    yield schema
    for word, inner in schema.items():
        if word in ("items", "contains", "not", "if", "then", "else", "additionalProperties") and inner not in (
            True,
            False,
        ):
            yield from _places(inner)
        elif word in ("anyOf", "oneOf", "allOf", "prefixItems"):
            for one in inner:
                yield from _places(one)
        elif word == "properties":
            for one in inner.values():
                yield from _places(one)


def respelled(schema: Json, chance: random.Random) -> Json:
    """The same values in other words."""
    ways = [_shuffled, _constant, _by_type, _whole, _idle, _wrapped]
    found: Json = {word: _inside(word, value, chance) for word, value in schema.items()}
    for way in chance.sample(ways, 2):
        found = way(found, chance)
    return found


def _inside(word: str, value: Json, chance: random.Random) -> Json:
    if word in ("items", "contains", "not", "if", "then", "else", "propertyNames", "additionalProperties"):
        return value if isinstance(value, bool) else respelled(value, chance)
    if word in ("anyOf", "oneOf", "allOf", "prefixItems"):
        return [respelled(one, chance) for one in value]
    if word in ("properties", "patternProperties", "dependentSchemas"):
        return {name: respelled(one, chance) for name, one in value.items()}
    return value


def _shuffled(schema: Json, chance: random.Random) -> Json:
    words = chance.sample([*schema], len(schema))
    return {
        word: chance.sample(schema[word], len(schema[word]))
        if word in ("enum", "required", "anyOf", "allOf", "oneOf")
        or (word == "type" and isinstance(schema[word], list))
        else schema[word]
        for word in words
    }


def _constant(schema: Json, chance: random.Random) -> Json:
    if len(schema.get("enum", ())) != 1:
        return schema
    return {**{word: value for word, value in schema.items() if word != "enum"}, "const": schema["enum"][0]}


def _by_type(schema: Json, chance: random.Random) -> Json:
    if not isinstance(schema.get("type"), list):
        return schema
    return {"anyOf": [{**schema, "type": one} for one in schema["type"]]}


def _whole(schema: Json, chance: random.Random) -> Json:
    """Integers above 2 are those from 3 on."""
    if schema.get("type") != "integer" or "exclusiveMinimum" not in schema or "minimum" in schema:
        return schema
    rest = {word: value for word, value in schema.items() if word != "exclusiveMinimum"}
    return {**rest, "minimum": schema["exclusiveMinimum"] + 1}


def _idle(schema: Json, chance: random.Random) -> Json:
    """Words that ask for nothing."""
    words = {
        "title": "T", "description": "D", "minLength": 0, "uniqueItems": False, "minItems": 0, "minProperties": 0,
        "additionalProperties": True, "pattern": ".*", "required": [],
    }  # fmt: skip
    name = chance.choice([*words])
    return {name: words[name], **schema}


def _wrapped(schema: Json, chance: random.Random) -> Json:
    return {chance.choice(["allOf", "anyOf", "oneOf"]): [schema]}
