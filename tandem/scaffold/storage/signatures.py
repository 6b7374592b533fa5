"""What functions are called and what they take."""

from __future__ import annotations

from tandem.kit.contract import Parameter
from tandem.scaffold.storage.names import variable
from tandem.scaffold.storage.roles import Role, Verb
from tandem.scaffold.storage.shapes import Kind
from tandem.scaffold.storage.things import Column, Thing

_HINTS = {"integer": "int", "number": "float", "boolean": "bool", "array": "list[str]"}
_TAKEN = frozenset({"get", "lock", "page", "count"})
_USUAL = {Verb.CREATE: "add", Verb.CHANGE: "update", Verb.REPLACE: "replace", Verb.REMOVE: "remove"}


def hint_of(parameter: Parameter) -> str:
    hint = _HINTS.get(parameter.type, "str")
    return hint if parameter.required or parameter.default is not None else f"{hint} | None"


def column_hint(column: Column) -> str:
    if column.kind.is_integer:
        return "int"
    return {Kind.NUMBER: "float", Kind.BOOLEAN: "bool"}.get(column.kind, "str")


def key_hint(thing: Thing) -> str:
    return column_hint(thing.key)


def scope_arguments(thing: Thing) -> list[tuple[str, str]]:
    return [(scope.column.name, column_hint(scope.column)) for scope in thing.scopes]


def own_name(role: Role) -> str:
    """`apply_for_loan` is `Loans.apply_for`: the same verb in handler and repository."""
    name, noun = role.operation.handler_name, role.thing.noun
    for said in (f"_{noun}", f"_{role.thing.plural}"):
        before, found, after = name.partition(said)
        if found and before and (not after or after.startswith("_")):
            own = f"{before}{after}"
            return variable(own) if own not in _TAKEN else _usual(role)
    return _usual(role)


def _usual(role: Role) -> str:
    return _USUAL.get(role.verb, role.operation.handler_name)
