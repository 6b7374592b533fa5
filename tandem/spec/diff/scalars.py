"""Numbers and texts: bounds, steps, formats, patterns, lists of values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal

from tandem.spec.diff.changes import Change, Effect, Spot
from tandem.spec.diff.ranges import Range, number
from tandem.spec.diff.shape import ARRAY, BOOLEAN, NULL, NUMBER, OBJECT, STRING, Alternative

_BOUNDS = {
    NUMBER: ("minimum", "maximum"),
    STRING: ("minLength", "maxLength"),
    ARRAY: ("minItems", "maxItems"),
    OBJECT: ("minProperties", "maxProperties"),
}
# Every value of the first format is one of the second.
_WITHIN = {
    ("int32", "int64"),
    ("float", "double"),
    ("int32", "float"), ("int32", "double"), ("int64", "double"), ("int64", "float"),
    ("uri", "uri-reference"), ("uri", "iri"), ("uri", "iri-reference"), ("uri-reference", "iri-reference"),
    ("iri", "iri-reference"), ("email", "idn-email"), ("hostname", "idn-hostname"), ("uuid", "uri-reference"),
}  # fmt: skip
# What 3.0 calls a format and 3.1 an encoding.
_CODED = {
    "byte": ("contentEncoding", "base64"),
    "base64": ("contentEncoding", "base64"),
    "binary": ("contentMediaType", "application/octet-stream"),
}
_FINITE = frozenset({NULL, BOOLEAN})


def changes(spot: Spot, base: Alternative, revision: Alternative) -> Iterator[Change]:
    """What differs in the values by themselves, whatever their kind."""
    if base.kind in _FINITE and base.values is None:
        base = _spelled_out(base)
    if revision.kind in _FINITE and revision.values is None:
        revision = _spelled_out(revision)
    if base.values is not None or revision.values is not None:
        yield from _values(spot, base, revision)
    else:
        yield from bounds(spot, base, revision)
        yield from _steps(spot, base, revision)
        yield from _patterns(spot, base, revision)
        if _written(base) != _written(revision):
            yield from _formats(spot, base, revision)
            yield from _encodings(spot, base, revision)


def _written(one: Alternative) -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    """Its forms and encodings as OpenAPI 3.1 spells them."""
    coded = frozenset(_CODED[form] for form in one.formats if form in _CODED)
    return one.formats - _CODED.keys(), one.encodings | coded


def _spelled_out(one: Alternative) -> Alternative:
    return Alternative(one.kind, values=frozenset(["null"] if one.kind == NULL else ["true", "false"]))


def _values(spot: Spot, base: Alternative, revision: Alternative) -> Iterator[Change]:
    """By value where one side lists them: what the list leaves out and what it lets in."""
    lost = sorted(value for value in listed(base) if not lets_through(revision, value))
    won = sorted(value for value in listed(revision) if not lets_through(base, value))
    keyword = "enum" if spot.revision.has("enum") or spot.base.has("enum") else "const"
    if base.values is None and not revision.open_values:
        yield spot.change("values-limited", Effect.NARROWS, keyword, "any", _shown(revision.values))
    elif lost:
        yield spot.change("value-removed", Effect.NARROWS, keyword, _shown(lost), subject=_shown(lost))
    if revision.values is None and not base.open_values:
        yield spot.change("values-unlimited", Effect.WIDENS, keyword, _shown(base.values), "any")
    elif won and not (base.open_values and revision.open_values):
        yield spot.change("value-added", Effect.WIDENS, keyword, "", _shown(won), subject=_shown(won))


def listed(one: Alternative) -> list[str]:
    return [value for value in one.values or () if _within_facets(one, value)]


def lets_through(one: Alternative, value: str) -> bool:
    return (one.values is None or value in one.values) and _within_facets(one, value)


def _within_facets(one: Alternative, value: str) -> bool:
    found = json.loads(value)
    if isinstance(found, bool) or found is None:
        return True
    if isinstance(found, int | float):
        exact = number(found) or Decimal(0)
        whole = not one.whole or exact == exact.to_integral_value()
        return whole and one.bounds.holds(exact) and all(exact % step == 0 for step in one.steps)
    matches = not isinstance(found, str) or all(_matches(pattern, found) for pattern in one.patterns)
    return matches and one.bounds.holds(len(found))


def _matches(pattern: str, text: str) -> bool:
    """A pattern of another dialect that Python cannot read refuses nothing: a diff does not guess."""
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return True


def bounds(spot: Spot, base: Alternative, revision: Alternative) -> Iterator[Change]:
    """Both ends of the one range a schema describes."""
    old, new = base.bounds, revision.bounds
    if base.kind == NUMBER and base.whole and revision.whole:
        old, new = old.of_whole_numbers(), new.of_whole_numbers()
    least, most = _BOUNDS.get(base.kind, ("", ""))
    low = _low_keyword(spot, least)
    if new.starts_after(_reach(old, base, revision)):
        yield spot.change(f"{least}-raised", Effect.NARROWS, low, old.low_text(), new.low_text())
    elif old.starts_after(_reach(new, revision, base)):
        yield spot.change(f"{least}-lowered", Effect.WIDENS, low, old.low_text(), new.low_text())
    high = _high_keyword(spot, most)
    if new.ends_before(_reach(old, base, revision)):
        yield spot.change(f"{most}-lowered", Effect.NARROWS, high, old.high_text(), new.high_text())
    elif old.ends_before(_reach(new, revision, base)):
        yield spot.change(f"{most}-raised", Effect.WIDENS, high, old.high_text(), new.high_text())


def _reach(of: Range, one: Alternative, other: Alternative) -> Range:
    """The range that `one` really uses: among whole numbers when it takes only those and the other does not."""
    return of.of_whole_numbers() if one.whole and not other.whole else of


def _low_keyword(spot: Spot, plain: str) -> str:
    exclusive = "exclusiveMinimum"
    return exclusive if plain == "minimum" and not spot.revision.has(plain) and spot.revision.has(exclusive) else plain


def _high_keyword(spot: Spot, plain: str) -> str:
    exclusive = "exclusiveMaximum"
    return exclusive if plain == "maximum" and not spot.revision.has(plain) and spot.revision.has(exclusive) else plain


def _steps(spot: Spot, base: Alternative, revision: Alternative) -> Iterator[Change]:
    if base.whole != revision.whole:
        if revision.whole and not _are_whole(base):
            yield spot.change("fractions-refused", Effect.NARROWS, "type", "number", "integer")
        elif base.whole and not _are_whole(revision):
            yield spot.change("fractions-accepted", Effect.WIDENS, "type", "integer", "number")
    fewer = not _divides(revision.steps, base)
    more = not _divides(base.steps, revision)
    if fewer or more:
        effect = Effect.SHIFTS if fewer and more else Effect.NARROWS if fewer else Effect.WIDENS
        yield spot.change("multiple-changed", effect, "multipleOf", base.steps or "any", revision.steps or "any")


def _are_whole(numbers: Alternative) -> bool:
    return numbers.whole or any(step % 1 == 0 for step in numbers.steps)


def _divides(steps: frozenset[Decimal], of: Alternative) -> bool:
    """Every number that `of` lets through is a multiple of all `steps`."""
    known = of.steps | (frozenset([Decimal(1)]) if of.whole else frozenset())
    return all(any(own % step == 0 for own in known) for step in steps)


def _formats(spot: Spot, base: Alternative, revision: Alternative) -> Iterator[Change]:
    fewer = any(not is_within(base.formats, form) for form in revision.formats)
    more = any(not is_within(revision.formats, form) for form in base.formats)
    if fewer or more:
        effect = Effect.SHIFTS if fewer and more else Effect.NARROWS if fewer else Effect.WIDENS
        yield spot.change("format-changed", effect, "format", base.formats or "any", revision.formats or "any")


def is_within(formats: frozenset[str], form: str) -> bool:
    return any(own == form or (own, form) in _WITHIN for own in formats)


def _patterns(spot: Spot, base: Alternative, revision: Alternative) -> Iterator[Change]:
    """Whether one pattern lets through what another does is not decided."""
    old, new = base.patterns, revision.patterns
    if new - old:
        effect = Effect.SHIFTS if old - new else Effect.NARROWS
        rule = "pattern-changed" if old - new else "pattern-added"
        yield spot.change(rule, effect, "pattern", old or "any", new)
    elif old - new:
        yield spot.change("pattern-removed", Effect.WIDENS, "pattern", old, new or "any")


def _encodings(spot: Spot, base: Alternative, revision: Alternative) -> Iterator[Change]:
    """They only note what a text contains; another encoding is read wrongly all the same."""
    old, new = dict(base.encodings), dict(revision.encodings)
    for word in sorted(old.keys() | new.keys()):
        if old.get(word) != new.get(word):
            effect = Effect.SHIFTS if word in old and word in new else Effect.NOTES
            yield spot.change("encoding-changed", effect, word, old.get(word, "any"), new.get(word, "any"))


def _shown(values: object) -> str:
    return ", ".join(sorted(values)) if isinstance(values, frozenset | list) else ""
