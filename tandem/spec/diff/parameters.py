"""Parameters of one operation: which there are, which must be sent, and how they are written down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from tandem.spec.diff.changes import Change, Effect
from tandem.spec.diff.comparer import Comparer, View, Wire
from tandem.spec.diff.document import Document
from tandem.spec.diff.lifecycle import lifecycle
from tandem.spec.diff.operations import Operation, parameters

Side = tuple[Document, Operation]
Told = tuple[Change, tuple[str, ...]]

_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}
# RFC 9110 and the contract's own security say these; OpenAPI wants them ignored as parameters.
_NOT_PARAMETERS = frozenset({("header", "accept"), ("header", "content-type"), ("header", "authorization")})


def parameter_changes(base: Side, revision: Side, comparer: Comparer, today: date) -> Iterator[Told]:
    old, new = parameters(*base), parameters(*revision)
    for key in dict.fromkeys((*old, *new)):
        one, two = old.get(key), new.get(key)
        path = (key[0], str((two or one or {}).get("name")))
        if one is not None and two is not None:
            yield from _both(one, two, path, (base, revision), comparer, today)
        elif key in _NOT_PARAMETERS:
            continue
        elif one is not None:
            gone = Change("parameter-removed", Effect.NARROWS, subject=path[1], base=one, mild=True)
            yield gone, path
        elif two is not None:
            rule, effect = _added(two)
            yield Change(rule, effect, subject=path[1], revision=two), path


def _added(parameter: Mapping[str, Any]) -> tuple[str, Effect]:
    if _must(parameter):
        return "required-parameter-added", Effect.NARROWS
    return "parameter-added", Effect.NOTES


def _must(parameter: Mapping[str, Any]) -> bool:
    return parameter.get("required") is True or parameter.get("in") == "path"


def _both(
    base: dict[str, Any],
    revision: dict[str, Any],
    path: tuple[str, ...],
    sides: tuple[Side, Side],
    comparer: Comparer,
    today: date,
) -> Iterator[Told]:
    def say(rule: str, effect: Effect, keyword: str, before: object, after: object) -> Change:
        return Change(rule, effect, str(before), str(after), path[1], base, revision, keyword)

    must, had_to = _must(revision), _must(base)
    if must and not had_to:
        yield say("parameter-became-required", Effect.NARROWS, "required", "optional", "required"), path
    elif had_to and not must:
        yield say("parameter-became-optional", Effect.WIDENS, "required", "required", "optional"), path
    for change in (*lifecycle(base, revision, today, say), *_written(base, revision, say, comparer)):
        yield change, path
    (first, _), (second, operation) = sides
    old, new = _schema(first, base), _schema(second, revision)
    wire = Wire.JSON if "content" in base else Wire.FORM
    for located in comparer.schemas(old, new, View(operation.sent, wire)):
        yield located.change, (*path, *located.path)
    yield from _default(first.part(old), second.part(new), must, path)


def _schema(document: Document, parameter: Mapping[str, Any]) -> Any:
    content = parameter.get("content")
    if isinstance(content, dict) and content:
        return document.part(next(iter(content.values()))).get("schema")
    return parameter.get("schema")


def _written(base: Mapping[str, Any], revision: Mapping[str, Any], say: Any, comparer: Comparer) -> Iterator[Change]:
    """How a value becomes text. What is not said has a default that depends on the place."""
    old, new = _media(base), _media(revision)
    if old != new:
        yield say("serialisation-changed", Effect.SHIFTS, "content", old or "its schema", new or "its schema")
        return
    before, after = _style(base), _style(revision)
    if before != after:
        yield say("style-changed", Effect.SHIFTS, "style", before, after)
    elif _explode(base) != _explode(revision) and comparer.has_parts(base.get("schema"), revision.get("schema")):
        yield say("explode-changed", Effect.SHIFTS, "explode", _explode(base), _explode(revision))
    for word, rule in (("allowEmptyValue", "empty-value"), ("allowReserved", "reserved-characters")):
        was, is_now = base.get(word) is True, revision.get(word) is True
        if was != is_now:
            effect = Effect.WIDENS if is_now else Effect.NARROWS
            yield say(f"{rule}-{'accepted' if is_now else 'refused'}", effect, word, was, is_now)


def _media(parameter: Mapping[str, Any]) -> str:
    content = parameter.get("content")
    return next(iter(content), "") if isinstance(content, dict) else ""


def _style(parameter: Mapping[str, Any]) -> str:
    return str(parameter.get("style") or _STYLES.get(str(parameter.get("in")), ""))


def _explode(parameter: Mapping[str, Any]) -> bool:
    said = parameter.get("explode")
    return said if isinstance(said, bool) else _style(parameter) == "form"


def _default(base: Mapping[str, Any], revision: Mapping[str, Any], must: bool, path: tuple[str, ...]) -> Iterator[Told]:
    """Who leaves an optional parameter out relies on what is taken in its place."""
    old, new = base.get("default"), revision.get("default")
    if old == new:
        return
    effect = Effect.NOTES if must and old is None else Effect.AGREEMENT
    yield Change("default-changed", effect, str(old), str(new), path[1], base, revision, "default"), path
