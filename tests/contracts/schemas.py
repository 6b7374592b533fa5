"""The house rules of schemas: one spelling for names, money, times and ids, whoever writes the contract."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Rule = Callable[[str, Mapping[str, Any]], Iterator[str]]
Property = tuple[str, str, Mapping[str, Any]]

_MONEY = {"Money", "PositiveMoney"}


def properties(document: Mapping[str, Any]) -> Iterator[Property]:
    """`(schema, property, definition)` for every property of every component schema, nested ones too."""
    for name, schema in document["components"]["schemas"].items():
        yield from _properties(name, schema)


def _properties(owner: str, node: Any) -> Iterator[Property]:
    if isinstance(node, list):
        for item in node:
            yield from _properties(owner, item)
    elif isinstance(node, dict):
        for name, definition in (node.get("properties") or {}).items():
            yield owner, name, definition
            yield from _properties(f"{owner}.{name}", definition)
        for key, value in node.items():
            if key not in {"properties", "examples", "example", "default", "enum", "const"}:
                yield from _properties(owner, value)


def complaints(document: Mapping[str, Any]) -> Iterator[str]:
    everything = list(properties(document))
    for name in sorted(set().union(*(_references(definition) for _, _, definition in everything))):
        if not document["components"]["schemas"][name].get("description"):
            yield f"{name}: needs a description, which every field that refers to it shows"
    for owner, name, definition in everything:
        for rule in RULES:
            yield from (f"{owner}.{name}: {said}" for said in rule(owner, {"name": name, **definition}))


def names_are_snake_case(_: str, one: Mapping[str, Any]) -> Iterator[str]:
    if not re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", one["name"]):
        yield "is written in snake_case"


def every_field_is_explained(_: str, one: Mapping[str, Any]) -> Iterator[str]:
    if not one.get("description") and not _references(one):
        yield "needs a description that a product manager understands"


def money_has_one_shape(owner: str, one: Mapping[str, Any]) -> Iterator[str]:
    if owner.rpartition(".")[2] in _MONEY:
        return
    if one["name"] in {"amount", "total", "remaining", "used", "paid", "limit", "credit_limit", "price"} and not (
        _MONEY.intersection(_references(one)) or one.get("type") == "integer"
    ):
        yield "money is Money or PositiveMoney of common/schemas.yaml"
    if one.get("type") == "number":
        yield "a number with a fraction loses money to rounding: use Money, or an integer of a smaller unit"


def times_have_one_shape(_: str, one: Mapping[str, Any]) -> Iterator[str]:
    is_instant = one.get("format") == "date-time" and one.get("pattern") == "Z$"
    if one["name"].endswith("_at") and not (is_instant or "Instant" in _references(one)):
        yield "a moment is Instant of common/schemas.yaml, or its format and pattern where it can be null"
    if one["name"].endswith("_on") and one.get("format") != "date":
        yield "a day has format: date"


def ids_have_one_shape(_: str, one: Mapping[str, Any]) -> Iterator[str]:
    is_id = one["name"] == "id" or one["name"].endswith("_id")
    if is_id and one["name"] != "request_id" and not any(name.endswith("Id") for name in _references(one)):
        yield "an id is a component …Id with its prefix and pattern"


def _references(node: Any) -> set[str]:
    """The component itself, that of a list's items, or one of the alternatives (`anyOf` with null)."""
    if not isinstance(node, dict):
        return set()
    found = {node["$ref"].rpartition("/")[2]} if "$ref" in node else set()
    inside = [node.get("items"), *node.get("anyOf", []), *node.get("oneOf", []), *node.get("allOf", [])]
    return found.union(*map(_references, inside))


RULES: tuple[Rule, ...] = (
    names_are_snake_case,
    every_field_is_explained,
    money_has_one_shape,
    times_have_one_shape,
    ids_have_one_shape,
)
