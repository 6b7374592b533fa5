"""Holds recorded inputs against the types and the documented values that ship with pulumi-aws.

The mocks take anything: text for a number, a value that AWS does not know, a property that does not exist.
"""

from __future__ import annotations

import collections.abc
import importlib
import inspect
import re
import typing
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from pulumi import _types

from tests.infra.recorder import Resource

_QUOTED = re.compile(r"`+\"?([^`\"]+)\"?`+")
_VALUES = re.compile(
    r"(?:[Vv]alid|[Aa]llowed|[Pp]ossible) (?:values?|options)(?: are| is| include)?:?\s*"
    r"((?:(?:and|or|,|\s|one of|either)*`+\"?[^`\"\s]+\"?`+)+)"
)
_WRAPPERS = {"Awaitable", "Output"}
# What AWS takes and the documentation puts in other words: classes of codes, a default in brackets, a restriction.
_LOOSELY_DOCUMENTED = {
    "statusCode": re.compile(r"[245]\d\d"),
    "desyncMitigationMode": re.compile(r"strictest"),
    "protocol": re.compile(r"email"),
}


class Property(NamedTuple):
    type: Any
    required: bool
    values: frozenset[str]


def complaints(resource: Resource) -> Iterator[str]:
    kind = resource.type.partition("/")[2].partition(":")[2]
    yield from _object(_arguments(resource.type), resource.inputs, f"{kind} {resource.name}")


@cache
def _arguments(token: str) -> type:
    _, module, name = token.split(":")
    module = {"lambda": "lambda_"}.get(module.split("/")[0], module.split("/")[0])
    package = importlib.import_module(f"pulumi_aws.{module}")
    # The generator falls back to this name where the plain one is taken by a nested type.
    found: type = getattr(package, f"{name}InitArgs", None) or getattr(package, f"{name}Args")
    return found


@cache
def _properties(cls: type) -> dict[str, Property]:
    init = inspect.getattr_static(cls, "__init__")
    hints = typing.get_type_hints(init, globalns=vars(importlib.import_module(cls.__module__)))
    names = _types.input_type_py_to_pulumi_names(cls)
    described = init.__doc__ or ""
    return {
        names.get(one.name, one.name): Property(
            hints.get(one.name), one.default is inspect.Parameter.empty, _documented(described, one.name)
        )
        for one in inspect.signature(init).parameters.values()
        if one.name not in {"__self__", "self"}
    }


def _documented(text: str, name: str) -> frozenset[str]:
    described = re.search(rf":param [^\n]*?\b{name}: (.*?)(?=\n\s*:param |\Z)", text, re.DOTALL)
    values = _VALUES.search(described[1]) if described else None
    found = frozenset(_QUOTED.findall(values[1])) if values else frozenset()
    return found if len(found) > 1 else frozenset()


def _object(cls: type, value: dict[str, Any], path: str) -> Iterator[str]:
    known = _properties(cls)
    for name in value:
        if name not in known and not name.startswith("__"):
            yield f"{path}: there is no {name}"
    for name, one in known.items():
        if one.required and name not in value:
            yield f"{path}: {name} is missing"
        if name in value:
            yield from _typed(one.type, value[name], f"{path}.{name}")
            yield from _known_values(one, name, value[name], path)


def _known_values(one: Property, name: str, value: Any, path: str) -> Iterator[str]:
    loose = _LOOSELY_DOCUMENTED.get(name)
    for given in value if isinstance(value, list) else [value]:
        if one.values and isinstance(given, str) and given not in one.values and not (loose and loose.match(given)):
            yield f"{path}.{name}: {given!r} is none of {sorted(one.values)}"


def _typed(type_: Any, value: Any, path: str) -> Iterator[str]:
    if value is None:
        return
    choices = _choices(type_)
    tried = [list(_fits(choice, value, path)) for choice in choices]
    if tried and all(tried):
        yield from min(tried, key=len)


def _choices(type_: Any) -> list[Any]:
    """What may stand here, without the wrappers that every input has."""
    if typing.get_origin(type_) is not typing.Union:
        return [type_]
    alternatives = [one for one in typing.get_args(type_) if one is not type(None)]
    plain = [
        one
        for one in alternatives
        if getattr(typing.get_origin(one), "__name__", "") not in _WRAPPERS
        and not getattr(one, "__name__", "").endswith("Dict")
    ]
    return [choice for one in plain for choice in _choices(one)]


def _fits(type_: Any, value: Any, path: str) -> Iterator[str]:
    origin, inside = typing.get_origin(type_), typing.get_args(type_)
    if inspect.isclass(type_) and _types.is_input_type(type_):
        yield from _object(type_, value, path) if isinstance(value, dict) else [_wrong(path, "an object", value)]
    elif origin in (list, collections.abc.Sequence):
        yield from (
            _each(inside[0], enumerate(value), path) if isinstance(value, list) else [_wrong(path, "a list", value)]
        )
    elif origin in (dict, collections.abc.Mapping):
        yield from _each(inside[1], value.items(), path) if isinstance(value, dict) else [_wrong(path, "a map", value)]
    elif not _is_plain(type_, value):
        yield _wrong(path, type_.__name__, value)


def _is_plain(type_: Any, value: Any) -> bool:
    """Python takes True for a number, AWS does not."""
    if type_ in (int, float):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type_ not in (str, bool) or isinstance(value, type_)


def _each(type_: Any, values: typing.Iterable[tuple[Any, Any]], path: str) -> Iterator[str]:
    for key, value in values:
        yield from _typed(type_, value, f"{path}[{key}]")


def _wrong(path: str, expected: str, value: Any) -> str:
    return f"{path}: {value!r} is not {expected}"
