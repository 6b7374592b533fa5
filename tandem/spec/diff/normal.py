"""From schemas as they are written to their shape."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import reduce
from itertools import combinations
from typing import Any

from tandem.spec.diff.document import Document
from tandem.spec.diff.ranges import Range, interval, number, sizes
from tandem.spec.diff.shape import (
    ANYTHING,
    ARRAY,
    BOOLEAN,
    EVERYTHING,
    IDLE,
    KINDS,
    NOTHING,
    NULL,
    NUMBER,
    OBJECT,
    REFUSED,
    STRING,
    Alternative,
    Condition,
    Discriminator,
    Items,
    Members,
    Position,
    Raw,
    Shape,
)

_WHOLE = "integer"
_ANY_TEXT = re.compile(r"\^?\(?\.[*]\)?\$?|\^|\$|")


def canonical(value: Any) -> str:
    """One text for equal JSON values: 1 and 1.0 are one number, the order of members says nothing."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, dict | list):
        value = json.loads(json.dumps(value), parse_float=lambda text: int(f) if (f := float(text)).is_integer() else f)
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def kind_of(value: Any) -> str:
    if value is None:
        return NULL
    if isinstance(value, bool):
        return BOOLEAN
    if isinstance(value, int | float):
        return NUMBER
    return STRING if isinstance(value, str) else ARRAY if isinstance(value, list) else OBJECT


class Normaliser:
    """Shapes of one document's schemas. Each is worked out once."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._shapes: dict[tuple[int, ...], Shape] = {}
        self._positions: dict[int, Position] = {}

    def position(self, raw: Any) -> Position:
        """The place a schema describes, with references followed and `allOf` taken apart."""
        if isinstance(raw, bool):
            return ANYTHING if raw else NOTHING
        if not isinstance(raw, dict):
            return ANYTHING
        if id(raw) not in self._positions:
            found: dict[int, Raw] = {}
            self._take_apart(raw, found)
            self._positions[id(raw)] = Position(tuple(found.values()))
        return self._positions[id(raw)]

    def _take_apart(self, raw: Raw, found: dict[int, Raw]) -> None:
        if id(raw) in found or raw is True:
            return
        if isinstance(raw, bool):
            found[id(raw)] = raw
            return
        refers = isinstance(raw.get("$ref"), str)
        if not (refers and self._document.ignores_beside_ref):
            found[id(raw)] = raw
        if refers:
            target = self._document.target(raw)
            self._take_apart(target if isinstance(target, dict | bool) else True, found)
        if raw.get("nullable") is not True:
            for branch in _schemas(raw.get("allOf")):
                self._take_apart(branch, found)

    def shape(self, position: Position) -> Shape:
        key = position.key
        if key not in self._shapes:
            # A union that contains itself adds nothing to itself.
            self._shapes[key] = REFUSED
            self._shapes[key] = reduce(Shape.meet, map(self._piece, position.pieces), EVERYTHING)
        return self._shapes[key]

    def described(self, kind: str, position: Position) -> Alternative | None:
        """What the pieces say about one kind of value, whether or not their types let it through."""
        words = _WORDS.get(kind, frozenset())
        pieces = [one for one in position.pieces if isinstance(one, dict) and not words.isdisjoint(one)]
        found: Alternative | None = Alternative(kind) if pieces else None
        for piece in pieces:
            found = found.meet(self._facets(kind, piece)) if found else None
        return found

    def _piece(self, raw: Raw) -> Shape:
        if isinstance(raw, bool):
            return EVERYTHING if raw else REFUSED
        shape = self._own(raw)
        for keyword in ("anyOf", "oneOf"):
            if branches := list(_schemas(raw.get(keyword))):
                shape = shape.meet(self._union(branches, exclusive=keyword == "oneOf"))
        if raw.get("nullable") is True:
            shape = reduce(Shape.meet, (self.shape(self.position(one)) for one in _schemas(raw.get("allOf"))), shape)
            shape = shape.with_null()
        return shape

    def _own(self, raw: dict[str, Any]) -> Shape:
        """What the piece says by itself, without its unions."""
        values = _values(raw)
        kinds = _kinds(raw)
        if values is not None:
            kinds = [kind for kind in kinds if any(kind_of(value) == kind for value in values)]
        found = {kind: self._alternative(kind, raw, values) for kind in kinds}
        return Shape({kind: (one,) for kind, one in found.items() if one is not None})

    def _alternative(self, kind: str, raw: dict[str, Any], values: list[Any] | None) -> Alternative | None:
        if raw.keys() <= _SAY_NOTHING:
            return Alternative(kind, whole=kind == NUMBER and _is_whole(raw))
        own = None if values is None else frozenset(canonical(value) for value in values if kind_of(value) == kind)
        if kind == BOOLEAN and own == frozenset({"true", "false"}):
            own = None
        is_open = bool(raw.get("x-extensible-enum"))
        found = Alternative(kind, values=own, open_values=is_open, conditions=tuple(self._conditions(raw)))
        return found.meet(self._facets(kind, raw))

    def _facets(self, kind: str, raw: dict[str, Any]) -> Alternative:
        match kind:
            case "number":
                return _number(raw)
            case "string":
                return self._text(raw)
            case "array":
                return Alternative(kind, bounds=sizes(raw, "minItems", "maxItems"), items=self._items(raw))
            case "object":
                bounds = sizes(raw, "minProperties", "maxProperties")
                return Alternative(kind, bounds=bounds, members=self._members(raw))
        return Alternative(kind)

    def _text(self, raw: dict[str, Any]) -> Alternative:
        pattern, form = raw.get("pattern"), raw.get("format")
        content = raw.get("contentSchema")
        return Alternative(
            STRING,
            bounds=sizes(raw, "minLength", "maxLength"),
            patterns=frozenset([pattern] if isinstance(pattern, str) and not _ANY_TEXT.fullmatch(pattern) else []),
            formats=frozenset([form] if isinstance(form, str) else []),
            encodings=frozenset(
                (word, str(raw[word])) for word in ("contentEncoding", "contentMediaType") if word in raw
            ),
            content=self.position(content) if isinstance(content, dict | bool) else None,
        )

    def _items(self, raw: dict[str, Any]) -> Items:
        first = raw.get("prefixItems")
        rest, unevaluated = _others(raw, "items", "unevaluatedItems")
        if isinstance(rest, list):
            first, rest = rest, raw.get("additionalItems")
        contains = raw.get("contains")
        many = sizes(raw, "minContains", "maxContains")
        if many.low is None and "minContains" not in raw:
            many = Range(Decimal(1), many.high)
        return Items(
            tuple(self.position(one) for one in _schemas(first)),
            self.position(rest),
            raw.get("uniqueItems") is True,
            ((self.position(contains), many),) if isinstance(contains, dict | bool) else (),
            self._optional(unevaluated),
        )

    def _members(self, raw: dict[str, Any]) -> Members:
        also_required = raw.get("dependentRequired")
        rest, unevaluated = _others(raw, "additionalProperties", "unevaluatedProperties")
        return Members(
            self._named(raw.get("properties")),
            _names(raw.get("required")),
            self.position(rest),
            self._named(raw.get("patternProperties")),
            self._optional(raw.get("propertyNames")),
            {name: _names(of) for name, of in also_required.items()} if isinstance(also_required, dict) else {},
            self._named(raw.get("dependentSchemas")),
            self._optional(unevaluated),
            self._discriminator(raw),
        )

    def _named(self, schemas: Any) -> dict[str, Position]:
        return {str(name): self.position(one) for name, one in schemas.items()} if isinstance(schemas, dict) else {}

    def _optional(self, schema: Any) -> Position | None:
        return self.position(schema) if isinstance(schema, dict | bool) else None

    def _discriminator(self, raw: dict[str, Any]) -> Discriminator | None:
        said = raw.get("discriminator")
        if not isinstance(said, dict) or not isinstance(said.get("propertyName"), str):
            return None
        mapping = said.get("mapping")
        names = {str(name): str(of) for name, of in mapping.items()} if isinstance(mapping, dict) else {}
        return Discriminator(said["propertyName"], names, {name: self._mapped(said, of) for name, of in names.items()})

    def _mapped(self, said: dict[str, Any], name: str) -> Position:
        """What a value of the discriminator stands for: a reference, or the plain name of a component."""
        reference = name if "#" in name or "/" in name or "." in name else f"#/components/schemas/{name}"
        return self.position(self._document.named(said, reference))

    def _conditions(self, raw: dict[str, Any]) -> Iterator[Condition]:
        if isinstance(raw.get("not"), dict | bool):
            yield Condition("not", (self.position(raw["not"]),))
        if isinstance(raw.get("if"), dict | bool) and ("then" in raw or "else" in raw):
            yield Condition("if", tuple(self.position(raw.get(word, True)) for word in ("if", "then", "else")))

    def _union(self, branches: list[Raw], *, exclusive: bool) -> Shape:
        shapes = [self._named_shape(branch) for branch in branches]
        joined = reduce(lambda one, other: one.join(other, exclusive=exclusive), shapes)
        if not exclusive:
            return joined
        shared = {kind for kind in joined.kinds if sum(bool(one.of(kind)) for one in shapes) > 1}
        return Shape(joined.by_kind, joined.exclusive | shared).without(_listed_twice(shapes))

    def _named_shape(self, branch: Raw) -> Shape:
        position = self.position(branch)
        shape = self.shape(position)
        name = self._name(branch)
        if not name:
            return shape
        is_whole = isinstance(branch, dict) and bool(named(branch)) and len(shape.alternatives) == 1
        source = position if is_whole else None
        by_name = {kind: tuple(one.called(name, source) for one in found) for kind, found in shape.by_kind.items()}
        return Shape(by_name, shape.exclusive)

    def _name(self, branch: Raw) -> str:
        return "" if isinstance(branch, bool) else named(branch) or str(branch.get("title", ""))

    def component(self, position: Position) -> str:
        """What a reference that stands here names; "" where none does."""
        first = position.pieces[0] if position.pieces else True
        if isinstance(first, bool):
            return ""
        # OpenAPI 3.0 lets nothing stand beside a reference, so there what it names is the first piece.
        pointer = self._document.place(first).pointer
        return named(first) or (pointer.rpartition("/")[2] if pointer.count("/") == _DEPTH_OF_COMPONENTS else "")


# Of one kind of value; unions and types are looked at elsewhere.
_SAY_NOTHING = IDLE | {"type", "nullable", "anyOf", "oneOf"}
# Beside none of these, what is not evaluated is what neither `properties` nor `items` names.
_EVALUATE = frozenset({"$ref", "allOf", "anyOf", "oneOf", "not", "if", "dependentSchemas", "contains"})

_WORDS = {
    NUMBER: frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}),
    STRING: frozenset({"minLength", "maxLength", "pattern"}),
    ARRAY: frozenset({"items", "minItems", "maxItems", "uniqueItems"}),
    OBJECT: frozenset({"properties", "required", "additionalProperties", "minProperties", "maxProperties"}),
}


_DEPTH_OF_COMPONENTS = 3


def named(schema: Mapping[str, Any]) -> str:
    """The last part of what it refers to; "" when it refers to nothing."""
    return str(schema["$ref"]).rpartition("/")[2] if isinstance(schema.get("$ref"), str) else ""


def _listed_twice(shapes: list[Shape]) -> frozenset[str]:
    """Values that more than one branch lists."""
    lists = [{value for kind in one.kinds for each in one.of(kind) for value in each.values or ()} for one in shapes]
    return frozenset(value for one, other in combinations(lists, 2) for value in one & other)


def _schemas(value: Any) -> Iterator[Raw]:
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict | bool))


def _others(raw: Mapping[str, Any], word: str, unevaluated: str) -> tuple[Any, Any]:
    """What the schema says of members that it does not name, and of those that nothing around it names either."""
    if word in raw:
        return raw[word], None
    return (None, raw.get(unevaluated)) if raw.keys() & _EVALUATE else (raw.get(unevaluated), None)


def _names(value: Any) -> frozenset[str]:
    return frozenset(one for one in value if isinstance(one, str)) if isinstance(value, list) else frozenset()


def _kinds(raw: Mapping[str, Any]) -> list[str]:
    """Those the piece lets through by its type. A type nobody knows is a kind of its own."""
    said = raw.get("type")
    types: Iterable[Any] = said if isinstance(said, list) else [said]
    names = [one for one in types if isinstance(one, str)]
    if not names:
        return list(KINDS)
    return list(dict.fromkeys(NUMBER if name == _WHOLE else name for name in names))


def _is_whole(raw: Mapping[str, Any]) -> bool:
    said = raw.get("type")
    return said == _WHOLE or (isinstance(said, list) and _WHOLE in said and NUMBER not in said)


def _values(raw: Mapping[str, Any]) -> list[Any] | None:
    listed = raw["enum"] if isinstance(raw.get("enum"), list) else None
    if "const" in raw:
        return [raw["const"]] if listed is None or raw["const"] in listed else []
    return listed


def _number(raw: Mapping[str, Any]) -> Alternative:
    whole = _is_whole(raw)
    step, form = number(raw.get("multipleOf")), raw.get("format")
    bounds = interval(raw)
    return Alternative(
        NUMBER,
        bounds=bounds.of_whole_numbers() if whole else bounds,
        whole=whole,
        steps=frozenset([step] if step else []),
        formats=frozenset([form] if isinstance(form, str) else []),
    )
