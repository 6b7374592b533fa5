"""One spelling for names, money, times and ids, whoever writes the contract."""

from __future__ import annotations

import re

from tandem.spec.document import as_mapping
from tandem.spec.lint.registry import Found, breach, check
from tandem.spec.lint.subject import Property, Subject

_SNAKE_CASE = re.compile(r"[a-z]+[a-z0-9]*(_[a-z0-9]+)*")
_PATH = re.compile(r"/v[0-9]+(/[a-z]+(-[a-z]+)*|/\{[a-z]+(_[a-z]+)*\})+")
_MONEY_WORDS = {"amount", "total", "remaining", "used", "paid", "limit", "credit_limit", "price", "fee", "balance"}
_PREFIX = re.compile(r"\^?\(?[a-z]{2,5}_")


@check("names-are-snake-case", "name")
def names_are_snake_case(subject: Subject) -> Found:
    for one in subject.properties:
        if not _SNAKE_CASE.fullmatch(one.name):
            yield breach(one.pointer, name=one)
    for operation in subject.operations:
        for parameter in operation.parameters:
            name = str(parameter.value.get("name"))
            if parameter.value.get("in") in {"query", "path"} and not _SNAKE_CASE.fullmatch(name):
                yield breach(parameter.pointer, operation=operation, name=name)


@check("paths-are-plain", "path")
def paths_are_plain(subject: Subject) -> Found:
    for path in dict.fromkeys(operation.path for operation in subject.served):
        if not _PATH.fullmatch(path):
            pointer = next(one.pointer for one in subject.served if one.path == path)
            yield breach(pointer.rpartition("/")[0], path=path)


@check("money-has-one-shape", "name")
def money_has_one_shape(subject: Subject) -> Found:
    for one in subject.properties:
        amount = as_mapping(one.value)
        if one.name == "amount" and _is_money(subject, one):
            if amount.get("type") != "string" or not amount.get("pattern"):
                yield breach(one.pointer, name=one)
        elif one.name in _MONEY_WORDS and not _refers_to_money(subject, one) and amount.get("type") != "integer":
            yield breach(one.pointer, name=one)


@check("no-fractions", "name")
def no_fractions(subject: Subject) -> Found:
    for one in subject.properties:
        types = one.value.get("type")
        if types == "number" or (isinstance(types, list) and "number" in types):
            yield breach(one.pointer, name=one)


@check("times-have-one-shape", "name", "said")
def times_have_one_shape(subject: Subject) -> Found:
    for one in subject.properties:
        is_instant = one.value.get("format") == "date-time" and bool(one.value.get("pattern"))
        if one.name.endswith("_at") and not (is_instant or "Instant" in one.components):
            yield breach(one.pointer, name=one, said="a moment, and not an Instant")
        if one.name.endswith("_on") and one.value.get("format") != "date":
            yield breach(one.pointer, name=one, said="a day, and not of the format `date`")


@check("ids-are-prefixed", "name")
def ids_are_prefixed(subject: Subject) -> Found:
    schemas = as_mapping(as_mapping(subject.document.data.get("components")).get("schemas"))
    for one in subject.properties:
        if not (one.name == "id" or one.name.endswith("_id")) or one.name == "request_id":
            continue
        patterns = [
            one.value.get("pattern"),
            *(as_mapping(schemas.get(name)).get("pattern") for name in one.components),
        ]
        if not any(isinstance(pattern, str) and _PREFIX.match(pattern) for pattern in patterns):
            yield breach(one.pointer, name=one)


@check("personal-data-is-marked", "name")
def personal_data_is_marked(subject: Subject) -> Found:
    words = {word for word in subject.options.get("words", ()) if isinstance(word, str)}
    for one in subject.properties:
        if one.name in words and "x-sensitive" not in one.value and not _marked(subject, one):
            yield breach(one.pointer, name=one)


def _is_money(subject: Subject, one: Property) -> bool:
    """Whether the field stands beside a `currency`."""
    return any(other.owner == one.owner and other.name == "currency" for other in subject.properties)


def _refers_to_money(subject: Subject, one: Property) -> bool:
    schemas = as_mapping(as_mapping(subject.document.data.get("components")).get("schemas"))
    shapes = [one.value, *(as_mapping(schemas.get(name)) for name in one.components)]
    return any({"amount", "currency"} <= as_mapping(shape.get("properties")).keys() for shape in shapes)


def _marked(subject: Subject, one: Property) -> bool:
    schemas = as_mapping(as_mapping(subject.document.data.get("components")).get("schemas"))
    return any("x-sensitive" in as_mapping(schemas.get(name)) for name in one.components)
