"""From a row to the model that a contract shows."""

from __future__ import annotations

from tandem.scaffold.storage.shapes import Kind
from tandem.scaffold.storage.things import Column, Thing


def is_plain(thing: Thing) -> bool:
    """Whether a row has the fields of the contract, each under its name and as it is."""
    return all(
        column.field is not None
        and column.field.name == column.name
        and column.kind not in {Kind.MONEY, Kind.JSON}
        and not column.field.may_be_left_out_but_not_null
        for column in thing.shown
    )


def row_reader(thing: Thing) -> str:
    return f"{thing.model.name}.model_validate(dict(row))" if is_plain(thing) else f"_{thing.noun}(row)"


def function_of(thing: Thing) -> str:
    """Empty where it needs none."""
    if is_plain(thing):
        return ""
    fields = {column.field.name: _value(column) for column in thing.shown if column.field}
    if any(column.field and column.field.may_be_left_out_but_not_null for column in thing.shown):
        return _with_gaps(thing, fields)
    own = {name: value for name, value in fields.items() if value != f'row["{name}"]'}
    renamed = any(column.field and column.field.name != column.name for column in thing.shown)
    start = "" if thing.model.is_closed or renamed else "**row, "
    body = ", ".join(f'"{name}": {value}' for name, value in (own if start else fields).items())
    return _head(thing) + f"    return {thing.model.name}.model_validate({{{start}{body}}})\n\n\n"


def _with_gaps(thing: Thing, fields: dict[str, str]) -> str:
    there = {column.field.name for column in thing.shown if column.field and not _may_go(column)}
    lines = "".join(f'        "{name}": {value},\n' for name, value in fields.items() if name in there)
    gaps = "".join(f'        "{name}": {value},\n' for name, value in fields.items() if name not in there)
    return (
        f"{_head(thing)}    fields: dict[str, Any] = {{\n{lines}    }}\n"
        f"    left_out: dict[str, Any] = {{\n{gaps}    }}\n"
        f"    there = {{name: value for name, value in left_out.items() if value is not None}}\n"
        f"    return {thing.model.name}.model_validate({{**fields, **there}})\n\n\n"
    )


def _may_go(column: Column) -> bool:
    return column.field is not None and column.field.may_be_left_out_but_not_null


def _head(thing: Thing) -> str:
    return f"def _{thing.noun}(row: Record) -> {thing.model.name}:\n"


def _value(column: Column) -> str:
    assert column.field is not None
    row = f'row["{column.name}"]'
    if column.kind is Kind.MONEY:
        money = f'{{"amount": {row}, "currency": row["{column.currency}"]}}'
        return money if column.is_needed else f"{money} if {row} is not None else None"
    if column.kind is Kind.JSON:
        return f"json.loads({row})" if column.is_needed else f"json.loads({row}) if {row} is not None else None"
    return row
