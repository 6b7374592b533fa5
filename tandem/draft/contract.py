"""A description as an OpenAPI document in the style of the house."""

from __future__ import annotations

from typing import Any

from tandem.draft.description import Description, Thing
from tandem.draft.examples import Examples
from tandem.draft.house import House
from tandem.draft.names import id_prefix
from tandem.draft.operations import Operations, scope
from tandem.draft.schemas import Schemas
from tandem.draft.shared import Folded, Inline, InlineList, Shared

_KINDS = ("customer", "support", "service")
_CALLERS = (
    "A signed token (JWT) says who is calling and what they may do. `scopes` says in plain words what each scope "
    "allows, `x-callers` which kinds of caller are given it."
)


def as_contract(description: Description, house: House, shared: Shared) -> dict[str, Any]:
    examples = Examples(house, _prefixes(description, house))
    schemas = Schemas(shared, examples, frozenset(one.pascal for one in description.things))
    operations = Operations(shared, schemas, examples)
    paths: dict[str, Any] = {}
    for action in description.actions:
        paths.setdefault(action.path, {})[action.method] = operations.of(action)
    return {
        "openapi": "3.1.0",
        "info": _info(description),
        "servers": [Inline({"url": "/"})],
        "tags": [_tag(one) for one in description.things],
        "security": [{"token": InlineList()}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": _token(description)},
            "parameters": {f"{one.pascal}Id": schemas.parameter(one) for one in description.things},
            "schemas": {name: one for thing in description.things for name, one in schemas.of(thing).items()},
        },
    }


def _tag(thing: Thing) -> Inline:
    return Inline({"name": thing.plural, "description": f"{thing.plural.capitalize()} and what can be done with them."})


def _info(description: Description) -> dict[str, Any]:
    first, _, _ = description.about.partition(". ")
    things = ", ".join(one.plural for one in description.things)
    summary = (
        f"{first.removesuffix('.')}." if first else f"{description.title}: {things} and what can be done with them."
    )
    return {
        "title": description.title,
        "version": "0.1.0",
        "summary": Folded(summary),
        "description": Folded(description.about or summary),
        "license": Inline({"name": "Apache 2.0", "identifier": "Apache-2.0"}),
    }


def _token(description: Description) -> dict[str, Any]:
    allowed: dict[str, str] = {}
    callers: dict[str, list[str]] = {kind: [] for kind in _KINDS}
    for action in description.actions:
        name = scope(action)
        what = f"See {action.thing.plural}" if name.endswith(":read") else action.said
        allowed.setdefault(name, what)
        for kind in action.callers:
            callers[kind] += [name] if name not in callers[kind] else []
    return {
        "type": "oauth2",
        "description": Folded(_CALLERS),
        "flows": {"clientCredentials": {"tokenUrl": "/oauth2/token", "scopes": allowed}},
        "x-callers": {kind: InlineList(scopes) for kind, scopes in callers.items()},
    }


def _prefixes(description: Description, house: House) -> dict[str, str]:
    prefixes = dict(house.known)
    for thing in description.things:
        prefixes[thing.pascal] = id_prefix(thing.noun, frozenset(prefixes.values()))
    return prefixes
