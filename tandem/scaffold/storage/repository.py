"""Writes `repository.py`: the SQL of each thing, beside the method that runs it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tandem.scaffold.storage.classes import Model
from tandem.scaffold.storage.creation import Given, expressions_of, literal_of
from tandem.scaffold.storage.errors import exists
from tandem.scaffold.storage.names import sql
from tandem.scaffold.storage.paging import Filter
from tandem.scaffold.storage.roles import Role, Verb
from tandem.scaffold.storage.rows import row_reader
from tandem.scaffold.storage.shapes import Kind
from tandem.scaffold.storage.signatures import hint_of, key_hint, own_name, scope_arguments
from tandem.scaffold.storage.statements import arguments, listed, names, shown, statement
from tandem.scaffold.storage.things import Column, Thing

_SHORT = 85
_SHORT_NAME = 36
_FETCH = "        row = await self._connection.fetchrow(\n            {0},\n{1}        )\n"
_THERE = "        assert row is not None\n        return {0}\n"


def class_of(thing: Thing, roles: Sequence[Role], *, may_go: bool = False) -> str:
    """The repository of one thing, with what its operations need and nothing else."""
    methods = [*_reads(thing, roles, may_go=may_go), *(one for role in roles for one in methods_of(role))]
    head = (
        f"class {thing.repository}:\n    def __init__(self, connection: Connection) -> None:\n"
        "        self._connection = connection\n\n"
    )
    return head + "\n".join(dict.fromkeys(methods)) + "\n\n"


def methods_of(role: Role) -> Iterator[str]:
    match role.verb:
        case Verb.CREATE:
            yield _creating(role)
        case Verb.LIST:
            yield _paging(role)
            if role.page and role.page.counts:
                yield _counting(role)
        case Verb.CHANGE | Verb.REPLACE:
            yield _changing(role)
        case Verb.STEP:
            yield _stepping(role)
        case Verb.REMOVE:
            yield _removing(role)


def _reads(thing: Thing, roles: Sequence[Role], *, may_go: bool) -> Iterator[str]:
    yield _getting(thing, "get")
    if may_go or any(role.verb in {Verb.CHANGE, Verb.REPLACE, Verb.STEP, Verb.REMOVE} for role in roles):
        yield _getting(thing, "lock")


def _getting(thing: Thing, name: str) -> str:
    wanted = [*scope_arguments(thing), (thing.id, key_hint(thing))]
    conditions = [*_equal(thing, 1), f"{thing.key.sql} = ${len(wanted)}"]
    given = [one for one, _ in wanted]
    if thing.hides_its_owner:
        wanted.append(("owner", "str | None"))
        given.append("owner")
        conditions.append(owned_by(thing, len(wanted)))
    said = ""
    if name == "lock":
        what = f"the {thing.words}" if len(thing.words) < _SHORT_NAME else "it"
        said = f'        """Like `get`, and nobody else changes {what} before this transaction ends."""\n'
    query = statement(
        f"SELECT {shown(thing, first=7)}",
        f"FROM {_table(thing)}",
        _where(conditions),
        "FOR UPDATE" if name == "lock" else "",
    )
    return (
        f"    async def {name}(self, {_typed(wanted)}) -> {thing.model.name}:\n{said}"
        f"{_FETCH.format(query, arguments(*given))}"
        f"        if row is None:\n            raise {thing.missing}({_text(thing, thing.id)})\n"
        f"        return {row_reader(thing)}\n"
    )


def _creating(role: Role) -> str:
    thing, creation = role.thing, role.creation
    assert creation is not None
    assert role.body is not None
    wanted = [(thing.id, "str")] if creation.id else []
    wanted += scope_arguments(thing)
    wanted += [("new", role.body.name)]
    wanted += [("now", "datetime")] if creation.needs_now else []
    values, given = _values(creation.given)
    query = statement(
        f"INSERT INTO {_table(thing)} {_columns(names(one.column for one in creation.given), len(thing.table))}",
        f"VALUES {_columns(values)}",
        f"ON CONFLICT ({thing.key.sql}) DO NOTHING" if creation.sent_key else "",
        f"RETURNING {shown(thing)}",
    )
    return (
        f"    async def {own_name(role)}(self, {_typed(wanted)}) -> {thing.model.name}:\n"
        f"{_dumped('new', creation.dumps)}"
        f"{_FETCH.format(query, arguments(*given))}"
        f"{_taken(thing, creation.sent_key) or _THERE.format(row_reader(thing))}"
    )


def _taken(thing: Thing, sent_key: str) -> str:
    """Of two that would be called alike, the second is refused."""
    if not sent_key:
        return ""
    refusal = f"raise {exists(thing)}(str(new.{sent_key}))"
    return f"        if row is None:\n            {refusal}\n        return {row_reader(thing)}\n"


def _columns(found: list[str], before: int = 0) -> str:
    """On a line of their own where they are many."""
    line = ", ".join(found)
    if len(line) + before < _SHORT:
        return f"({line})"
    return f"(\n                {listed(found, indent=12)}\n            )"


def _values(given: Sequence[Given]) -> tuple[list[str], list[str]]:
    """What stands in VALUES, and the expressions of its parameters."""
    values: list[str] = []
    expressions: list[str] = []
    for one in given:
        for expression in one.expressions:
            expressions.append(expression)
            values.append(one.made_of.replace("{}", f"${len(expressions)}"))
        if one.literal:
            values.append(one.literal)
    return values, expressions


def _paging(role: Role) -> str:
    thing, page = role.thing, role.page
    assert page is not None
    wanted, given, conditions = _narrowed(role)
    if page.cursor:
        kinds = _position(thing)
        first = len(given) + 1
        wanted.append(("after", f"tuple[{', '.join(hint for _, _, hint in kinds)}] | None"))
        conditions.append(_after(thing, first))
        given.append(f"*(after or ({', '.join(['None'] * len(kinds))}{',' if len(kinds) == 1 else ''}))")
    wanted, given, cut = _cut(role, wanted, given)
    query = statement(
        f"SELECT {shown(thing, first=7)}", f"FROM {_table(thing)}", _where(conditions), _newest_first(thing), cut
    )
    return (
        f"    async def page(self, {_typed(wanted)}) -> list[{thing.model.name}]:\n"
        f"        rows = await self._connection.fetch(\n            {query},\n{arguments(*given)}        )\n"
        f"        return [{row_reader(thing)} for row in rows]\n"
    )


def _cut(role: Role, wanted: list[tuple[str, str]], given: list[str]) -> tuple[list[tuple[str, str]], list[str], str]:
    page = role.page
    assert page is not None
    taken = len(given) + (len(_position(role.thing)) - 1 if page.cursor else 0)
    parts = []
    for name, is_there in (("limit", page.limit), ("offset", page.offset or page.page)):
        if is_there:
            taken += 1
            parts.append(f"{name.upper()} ${taken}")
            wanted, given = [*wanted, (name, "int")], [*given, name]
    return wanted, given, " ".join(parts)


def _counting(role: Role) -> str:
    wanted, given, conditions = _narrowed(role)
    query = statement("SELECT count(*)", f"FROM {_table(role.thing)}", _where(conditions))
    return (
        f"    async def count(self{''.join(f', {name}: {hint}' for name, hint in wanted)}) -> int:\n"
        f"        total: int = await self._connection.fetchval(\n            {query},\n{arguments(*given)}        )\n"
        "        return total\n"
    )


def _narrowed(role: Role) -> tuple[list[tuple[str, str]], list[str], list[str]]:
    """The arguments, the parameters and the conditions of a list."""
    thing, page = role.thing, role.page
    assert page is not None
    wanted = scope_arguments(thing)
    given = [name for name, _ in wanted]
    conditions = _equal(thing, 1)
    filters = [one for one in page.filters if one.column != thing.owner or one.column is None]
    if thing.owner is not None:
        wanted.append(("owner", "str | None"))
        given.append("owner")
        conditions.append(owned_by(thing, len(given)))
    for one in filters:
        name = one.parameter.argument
        wanted.append((name, hint_of(one.parameter)))
        given.append(name)
        conditions.append(_narrows(thing, one, len(given)))
    return wanted, given, conditions


def _narrows(thing: Thing, one: Filter, number: int) -> str:
    if one.column is None:
        texts = [column for column in thing.shown if column.kind is Kind.TEXT and column.field]
        found = [f"strpos(lower({column.sql}), lower(${number})) > 0" for column in texts if not column.links]
        return f"(${number}::text IS NULL\n{' ' * 20}OR {f'{chr(10)}{chr(32) * 20}OR '.join(found)})"
    if one.parameter.required:
        return f"{one.column.sql} = ${number}"
    return f"(${number}::{one.column.kind.type} IS NULL OR {one.column.sql} = ${number})"


def owned_by(thing: Thing, number: int) -> str:
    assert thing.owner is not None
    return f"(${number}::text IS NULL OR {thing.owner.sql} = ${number})"


def _position(thing: Thing) -> list[tuple[Column, str, str]]:
    """What a cursor holds: column, type in SQL, type in Python."""
    made = [(thing.made, "timestamptz", "datetime")] if thing.made else []
    return [*made, (thing.key, thing.key.kind.type, key_hint(thing))]


def _after(thing: Thing, first: int) -> str:
    kinds = _position(thing)
    columns = ", ".join(column.sql for column, _, _ in kinds)
    numbers = ", ".join(f"${first + place}" for place in range(len(kinds)))
    compared = f"({columns}) < ({numbers})" if len(kinds) > 1 else f"{columns} < {numbers}"
    return f"(${first}::{kinds[0][1]} IS NULL OR {compared})"


def _newest_first(thing: Thing) -> str:
    return "ORDER BY " + ", ".join(f"{column.sql} DESC" for column, _, _ in _position(thing))


def _changing(role: Role) -> str:
    thing, body = role.thing, role.body
    assert body is not None
    sets, given = _sets(role, body, "change")
    wanted = [(thing.id, key_hint(thing)), ("change", body.name)]
    dumps = any("sent.get(" in one for one in given)
    return _updating(role, wanted, sets, given, _dumped("change", dumps))


def _stepping(role: Role) -> str:
    thing, step, body = role.thing, role.step, role.body
    assert step is not None
    sets, given = _sets(role, body, "change") if body else ([], [])
    escaped = step.value.replace("'", "''")
    sets = [f"{step.column.sql} = '{escaped}'", *sets]
    wanted = [(thing.id, key_hint(thing)), *([("change", body.name)] if body else [])]
    return _updating(role, wanted, sets, given, _dumped("change", any("sent.get(" in one for one in given)))


def _updating(role: Role, wanted: list[tuple[str, str]], sets: list[str], given: list[str], before: str) -> str:
    thing = role.thing
    updated = [f"{column.sql} = now()" for column in thing.shown if is_change_time(column)]
    counted = [f"{thing.version.sql} = {thing.version.sql} + 1"] if thing.version else []
    query = statement(
        f"UPDATE {_table(thing)}",
        f"SET {listed([*sets, *updated, *counted], first=4)}",
        f"WHERE {thing.key.sql} = $1",
        f"RETURNING {shown(thing)}",
    )
    return (
        f"    async def {own_name(role)}(self, {_typed(wanted)}) -> {thing.model.name}:\n{before}"
        f"{_FETCH.format(query, arguments(thing.id, *given))}{_THERE.format(row_reader(thing))}"
    )


def is_change_time(column: Column) -> bool:
    return column.kind is Kind.MOMENT and column.name in {"updated_at", "modified_at", "changed_at", "updated"}


def _sets(role: Role, body: Model, variable: str) -> tuple[list[str], list[str]]:
    """What is left out stays as it is; what may be null is told from what is left out by whether it was sent."""
    sets: list[str] = []
    given: list[str] = []
    for column in role.changed:
        assert column.field is not None
        one = role.sent[column.field.name]
        first = len(given) + 2
        found = expressions_of(variable, body, one)
        was_sent = f'"{body.attributes[one.name]}" in {variable}.model_fields_set'
        if role.verb is Verb.REPLACE and column.is_needed and not one.is_always_there:
            sets.append(f"{column.sql} = coalesce(${first}, {literal_of(column)})")
        elif role.verb is Verb.REPLACE or one.is_always_there:
            sets += [f"{name} = ${first + place}" for place, name in enumerate(column.names)]
        elif one.is_nullable:
            found = (was_sent, *found)
            sets += [
                f"{name} = CASE WHEN ${first} THEN ${first + 1 + place} ELSE {name} END"
                for place, name in enumerate(column.names)
            ]
        else:
            sets += [f"{name} = coalesce(${first + place}, {name})" for place, name in enumerate(column.names)]
        given += found
    return sets, given


def _removing(role: Role) -> str:
    thing = role.thing
    run = f'await self._connection.execute("DELETE FROM {_table(thing)} WHERE {thing.key.sql} = $1", {thing.id})'
    head = f"    async def {own_name(role)}(self, {thing.id}: {key_hint(thing)}) -> None:\n"
    if not role.refuses_removal:
        return f"{head}        {run}\n"
    refusal = f"raise {thing.missing.removesuffix('NotFound')}InUse({_text(thing, thing.id)}) from error"
    return (
        f"{head}        try:\n            {run}\n"
        f"        except ForeignKeyViolationError as error:\n            {refusal}\n"
    )


def _dumped(variable: str, is_needed: bool) -> str:
    if not is_needed:
        return ""
    return f'        sent = {variable}.model_dump(mode="json", by_alias=True, exclude_unset=True)\n'


def _equal(thing: Thing, first: int) -> list[str]:
    return [f"{scope.column.sql} = ${first + place}" for place, scope in enumerate(thing.scopes)]


def _where(conditions: Sequence[str]) -> str:
    return "WHERE " + "\n                AND ".join(conditions) if conditions else ""


def _table(thing: Thing) -> str:
    return sql(thing.table)


def _typed(wanted: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{name}: {hint}" for name, hint in wanted)


def _text(thing: Thing, expression: str) -> str:
    return f"str({expression})" if thing.key.kind.is_integer else expression
