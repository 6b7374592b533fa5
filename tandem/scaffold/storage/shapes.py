"""What the schemas of a contract hold, as far as a table has to know."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tandem.kit.contract import Contract

Schema = Mapping[str, Any]
_DEEPEST = 8
_INT32 = 2**31
_INT64 = 2**63


class Kind(StrEnum):
    TEXT = "text"
    SMALL = "integer"
    LARGE = "bigint"
    # An integer without bounds has as many digits as somebody sends.
    WHOLE = "numeric"
    NUMBER = "double precision"
    BOOLEAN = "boolean"
    MOMENT = "timestamptz"
    DAY = "date"
    DECIMAL = "decimal"
    MONEY = "numeric(14, 2)"
    JSON = "jsonb"

    @property
    def is_integer(self) -> bool:
        return self in {Kind.SMALL, Kind.LARGE, Kind.WHOLE}

    @property
    def type(self) -> str:
        """Of a column."""
        return "numeric" if self is Kind.DECIMAL else self.value


@dataclass(frozen=True)
class Field:
    """A property of an object. `schema` is without its references and without null; `named` is the component it was."""

    name: str
    kind: Kind
    schema: Schema = dataclasses.field(compare=False)
    is_required: bool
    is_nullable: bool
    named: str = ""

    @property
    def is_always_there(self) -> bool:
        return self.is_required and not self.is_nullable

    @property
    def may_be_left_out_but_not_null(self) -> bool:
        return not self.is_required and not self.is_nullable

    @property
    def choices(self) -> tuple[str, ...]:
        values = [self.schema["const"]] if "const" in self.schema else self.schema.get("enum") or ()
        return tuple(one for one in values if isinstance(one, str)) if self.kind is Kind.TEXT else ()


_EQUAL = ("pattern", "format", "multipleOf")
_LEAST = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_MOST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
# What a schema says to people.
_WORDS = frozenset({"title", "description", "example", "examples", "default", "deprecated", "readOnly", "writeOnly"})


def may_be_shown_as(given: Field, shown: Field) -> bool:
    """Whether every value of the one is also a value of the other, as far as can be told from the schemas."""
    if given.kind is Kind.JSON or shown.kind is Kind.JSON:
        same_name = given.named != "" and given.named == shown.named
        return given.kind is shown.kind and (same_name or _meaning(given.schema) == _meaning(shown.schema))
    wanted = () if shown.kind is Kind.MONEY else shown.schema.keys()
    return all(_keeps(given.schema, shown.schema, limit) for limit in (*_EQUAL, *_LEAST, *_MOST) if limit in wanted)


def _keeps(given: Schema, shown: Schema, limit: str) -> bool:
    if limit not in given:
        return False
    if limit in _EQUAL:
        return bool(given[limit] == shown[limit])
    return bool(given[limit] >= shown[limit] if limit in _LEAST else given[limit] <= shown[limit])


def _meaning(node: Any, *, is_properties: bool = False) -> Any:
    """What is left of a schema without words; references stay what they are."""
    if isinstance(node, Mapping):
        return {
            key: _meaning(value, is_properties=key == "properties" and not is_properties)
            for key, value in node.items()
            if is_properties or not (key in _WORDS or str(key).startswith("x-"))
        }
    return [_meaning(one) for one in node] if isinstance(node, list) else node


def fields_of(contract: Contract, schema: Schema | None) -> dict[str, Field]:
    """The properties of an object schema by name, those of its `allOf` included; none where it is no plain object."""
    whole = flat(contract, schema or {})
    required = set(whole.get("required") or ())
    return {
        name: _field(contract, name, one, is_required=name in required)
        for name, one in (whole.get("properties") or {}).items()
        if isinstance(one, Mapping)
    }


def is_closed(contract: Contract, schema: Schema) -> bool:
    return flat(contract, schema).get("additionalProperties") is False


def flat(contract: Contract, schema: Any, depth: int = 0) -> dict[str, Any]:
    """Without references, with the parts of `allOf` as one."""
    found = contract.resolve(schema)
    if not isinstance(found, Mapping) or depth > _DEEPEST:
        return {}
    merged = {key: value for key, value in found.items() if key != "allOf"}
    for part in found.get("allOf") or ():
        one = flat(contract, part, depth + 1)
        properties = {**one.get("properties", {}), **merged.get("properties", {})}
        required = [*one.get("required", ()), *merged.get("required", ())]
        merged = {**one, **merged}
        merged |= {"properties": properties} if properties else {}
        merged |= {"required": required} if required else {}
    return merged


def _field(contract: Contract, name: str, schema: Any, *, is_required: bool) -> Field:
    plain, is_nullable = without_null(contract, schema)
    return Field(name, kind_of(contract, plain), plain, is_required, is_nullable, _named(schema))


def _named(schema: Any) -> str:
    for one in (schema, *(schema.get("anyOf") or ()), *(schema.get("oneOf") or ())):
        if isinstance(one, Mapping) and isinstance(one.get("$ref"), str):
            return str(one["$ref"])
    return ""


def without_null(contract: Contract, schema: Any) -> tuple[dict[str, Any], bool]:
    """The schema as it is for a value that is there, and whether it may be null instead."""
    whole = flat(contract, schema)
    types = whole.get("type")
    if isinstance(types, list):
        rest = [one for one in types if one != "null"]
        return {**whole, "type": rest[0] if len(rest) == 1 else rest}, "null" in types
    for key in ("anyOf", "oneOf"):
        branches = whole.get(key) or ()
        rest = [one for one in branches if flat(contract, one).get("type") != "null"]
        if len(rest) < len(branches):
            return (flat(contract, rest[0]) if len(rest) == 1 else {**whole, key: rest}), True
    return whole, None in (whole.get("enum") or ())


def kind_of(contract: Contract, schema: Schema) -> Kind:
    match schema.get("type"):
        case "string":
            return _TEXTS.get(str(schema.get("format")), Kind.TEXT)
        case "integer":
            return _integer(schema)
        case "number":
            return Kind.NUMBER
        case "boolean":
            return Kind.BOOLEAN
        case "object" if _is_money(contract, schema):
            return Kind.MONEY
        case None if _all_text(schema):
            return Kind.TEXT
    return Kind.JSON


_TEXTS = {"date-time": Kind.MOMENT, "date": Kind.DAY, "decimal": Kind.DECIMAL}


def _all_text(schema: Schema) -> bool:
    values = [schema["const"]] if "const" in schema else schema.get("enum") or ()
    return bool(values) and all(isinstance(one, str) for one in values)


def _integer(schema: Schema) -> Kind:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is None or high is None:
        return Kind.WHOLE
    if low >= -_INT32 and high < _INT32:
        return Kind.SMALL
    return Kind.LARGE if low >= -_INT64 and high < _INT64 else Kind.WHOLE


def _is_money(contract: Contract, schema: Schema) -> bool:
    properties = schema.get("properties") or {}
    if set(properties) != {"amount", "currency"} or schema.get("additionalProperties") is not False:
        return False
    return flat(contract, properties["amount"]).get("format") == "decimal"
