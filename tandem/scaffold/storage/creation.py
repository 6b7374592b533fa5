"""Where each column of a new thing comes from: what was sent, the path, the clock, or what the schema begins with."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tandem.scaffold.storage.classes import Model
from tandem.scaffold.storage.inventory import Inventory, id_prefix_of, owned_through
from tandem.scaffold.storage.names import sql
from tandem.scaffold.storage.shapes import Field, Kind, may_be_shown_as
from tandem.scaffold.storage.things import Column, NotDerivable, Thing


@dataclass(frozen=True)
class Given:
    """A column with the expressions that are its parameters, and what SQL makes of them; without any it is literal."""

    column: Column
    expressions: tuple[str, ...] = ()
    literal: str = ""
    made_of: str = "{}"


@dataclass(frozen=True)
class Creation:
    """`id` is the expression that makes the key, empty where the table or the caller does; `sent_key` is the attribute
    where the caller may."""

    given: tuple[Given, ...]
    id: str
    sent_key: str
    needs_now: bool
    dumps: bool


def creation_of(inventory: Inventory, thing: Thing, sent: Mapping[str, Field], body: Model | None) -> Creation:
    found: list[Given] = []
    for column in thing.columns:
        found += _given(inventory, thing, column, sent, body)
    _check_nothing_is_lost(thing, sent)
    key = sent.get(thing.key.field.name) if thing.key.field else None
    expressions = [expression for one in found for expression in one.expressions]
    return Creation(
        given=tuple(found),
        id="" if (key and key.is_always_there) or thing.key.kind.is_integer else _new_id(thing),
        sent_key=body.attributes[key.name] if key and body else "",
        needs_now=any(one.startswith("now") for one in expressions),
        dumps=any("sent.get(" in one for one in expressions),
    )


def _check_nothing_is_lost(thing: Thing, sent: Mapping[str, Field]) -> None:
    known = {one.field.name for one in thing.shown if one.field} | {one.column.name for one in thing.scopes}
    for name in sent:
        if name not in known:
            raise NotDerivable(f"`{name}` is sent and never shown, so what becomes of it is not said")


def _given(
    inventory: Inventory, thing: Thing, column: Column, sent: Mapping[str, Field], body: Model | None
) -> Iterator[Given]:
    scope = next((one for one in thing.scopes if one.column == column), None)
    name = column.field.name if column.field else ""
    if scope is not None:
        yield Given(column, (column.name,))
    elif name in sent:
        yield _sent(thing, column, body, sent)
    elif column == thing.key:
        if not column.kind.is_integer:
            yield Given(column, (thing.id,))
    elif column == thing.owner:
        yield _owner(inventory, thing, column, sent, body)
    elif (begins := begins_as(thing, column)) is not None:
        yield begins


def _owner(inventory: Inventory, thing: Thing, column: Column, sent: Mapping[str, Field], body: Model | None) -> Given:
    """Whoever has what it belongs to has it, too."""
    through = owned_through(inventory, thing)
    if through is None:
        raise NotDerivable(f"`{column.name}` is in every {thing.words}, and nobody sends it")
    parent = inventory.of_table(through.links)
    assert parent.owner is not None
    leads: tuple[str, ...] = (through.name,)
    if through.field is not None and through.field.name in sent and body is not None:
        leads = expressions_of("new", body, sent[through.field.name])
    query = f"(SELECT {parent.owner.sql} FROM {sql(parent.table)} WHERE {parent.key.sql} = {{}})"
    return Given(column, leads, made_of=query)


def _new_id(thing: Thing) -> str:
    schema = thing.key.field.schema if thing.key.field else {}
    if schema.get("format") == "uuid":
        return "str(uuid4())"
    return f'call.new_id("{id_prefix_of(thing)}")'


def _sent(thing: Thing, column: Column, body: Model | None, sent: Mapping[str, Field]) -> Given:
    assert column.field is not None
    assert body is not None
    one = sent[column.field.name]
    if not fits(one, column):
        raise NotDerivable(f"`{one.name}` is sent as one kind of value and shown as another")
    if one.schema.get("format") == "password":
        raise NotDerivable(f"`{one.name}` is a password, which nobody keeps as it was sent")
    if column == thing.key and column.kind is Kind.TEXT and not one.is_always_there:
        return Given(column, (f"{expressions_of('new', body, one)[0]} or {thing.id}",))
    if not column.is_needed or one.is_always_there:
        return Given(column, expressions_of("new", body, one))
    begins = literal_of(column)
    if begins is None:
        raise NotDerivable(f"`{one.name}` may be left out, and what it is then is not said")
    return Given(column, expressions_of("new", body, one), made_of=f"coalesce({{}}, {begins})")


def fits(sent: Field, column: Column) -> bool:
    if column.field is not None and not may_be_shown_as(sent, column.field):
        return False
    if sent.kind is column.kind:
        choices = column.field.choices if column.field else ()
        return not choices or (bool(sent.choices) and set(sent.choices) <= set(choices))
    return sent.kind.is_integer and column.kind in {Kind.WHOLE, Kind.NUMBER}


def expressions_of(variable: str, body: Model, one: Field) -> tuple[str, ...]:
    """What is passed for a field of a body. What is nested is kept as it was sent."""
    attribute = f"{variable}.{body.attributes[one.name]}"
    if one.kind is Kind.JSON:
        return (f'_json(sent.get("{one.name}"))',)
    if one.kind is Kind.MONEY:
        parts = (f"{attribute}.amount", f"{attribute}.currency")
        return parts if one.is_always_there else tuple(f"{part} if {attribute} else None" for part in parts)
    return (attribute,)


def begins_as(thing: Thing, column: Column) -> Given | None:
    """What the service sets by itself; None for what is not there in the beginning."""
    if column == thing.version:
        return Given(column, literal="1")
    if column == thing.made:
        return Given(column, ("now",))
    if not column.is_needed:
        return _default(column)
    found = literal_of(column)
    if found is not None:
        return Given(column, literal=found)
    if column.kind is Kind.MOMENT:
        return Given(column, ("now",))
    if column.kind is Kind.DAY:
        return Given(column, ("now.date()",))
    name = column.field.name if column.field else column.name
    raise NotDerivable(f"`{name}` is in every {thing.words}, and nobody sends it")


def _default(column: Column) -> Given | None:
    schema = column.field.schema if column.field else {}
    return Given(column, literal=_literal(column, schema["default"])) if schema.get("default") is not None else None


def literal_of(column: Column) -> str | None:
    """The value that a schema begins with: its default, the only one, the first of several, none of many."""
    schema: Mapping[str, Any] = column.field.schema if column.field else {}
    for key in ("default", "const"):
        if schema.get(key) is not None:
            return _literal(column, schema[key])
    if schema.get("enum"):
        return _literal(column, schema["enum"][0])
    if column.kind is Kind.BOOLEAN:
        return "false"
    if schema.get("type") == "array" and not schema.get("minItems"):
        return "'[]'"
    if column.kind.is_integer and schema.get("minimum", 0) <= 0 <= schema.get("maximum", 0):
        return "0"
    return None


def _literal(column: Column, value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if column.kind is Kind.JSON:
        value = json.dumps(value)
    if isinstance(value, int | float) and column.kind is not Kind.JSON:
        return str(value)
    if isinstance(value, str) and column.kind is not Kind.MONEY:
        quoted = value.replace("'", "''")
        return f"'{quoted}'"
    raise NotDerivable(f"`{column.name}` begins as something that no column holds")
