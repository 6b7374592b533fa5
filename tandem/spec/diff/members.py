"""Objects and arrays: which members there may be, and the positions of those that both sides have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from tandem.spec.diff.changes import Change, Direction, Effect, Spot
from tandem.spec.diff.shape import Items, Members, Position


@dataclass(frozen=True, slots=True)
class Inner:
    """Two positions to compare next. `flipped` inside a `not`, where narrower is wider."""

    step: str
    base: Position
    revision: Position
    flipped: bool = False


Found = Iterator[Change | Inner]

_HIDDEN = {Direction.REQUEST: "readOnly", Direction.RESPONSE: "writeOnly"}
# By what members without a name may be before and after.
_EXTENTS = {
    ("any", "some"): ("other-properties-limited", Effect.NARROWS),
    ("some", "any"): ("other-properties-freed", Effect.WIDENS),
    ("any", "none"): ("object-closed", Effect.NARROWS),
    ("some", "none"): ("object-closed", Effect.NARROWS),
    ("none", "any"): ("object-opened", Effect.WIDENS),
    ("none", "some"): ("object-opened", Effect.WIDENS),
}
_SINGLE = frozenset({"string", "number", "integer", "boolean"})
_NO_ITEMS = Items()
_NO_MEMBERS = Members()


def is_seen(position: Position, direction: Direction) -> bool:
    """A `readOnly` member is no part of a request, a `writeOnly` one no part of a response."""
    return position.said(_HIDDEN[direction]) is not True


def _hidden(members: Members | None, direction: Direction) -> set[str]:
    named = members.named if members else {}
    return {name for name, position in named.items() if not is_seen(position, direction)}


def seen(members: Members | None, direction: Direction) -> Members:
    if members is None:
        return _NO_MEMBERS
    hidden = _hidden(members, direction)
    if not hidden:
        return members
    named = {name: position for name, position in members.named.items() if name not in hidden}
    return replace(members, named=named, required=members.required - hidden)


def objects(spot: Spot, base: Members | None, revision: Members | None, direction: Direction) -> Found:
    first, second = (_hidden(members, direction) for members in (base, revision))
    old, new = seen(base, direction), seen(revision, direction)
    yield from _named(spot, old, new, first | second)
    if base and revision and direction is Direction.REQUEST:
        yield from _sent_back(base, revision, first & second)
    yield from _required(spot, old, new)
    yield from _rest(spot, old, new)
    yield from _patterns(spot, old, new)
    yield from limit(spot, "propertyNames", "names", old.names, new.names)
    yield from _also_required(spot, old, new)
    for name in _both(old.also_obeyed, new.also_obeyed):
        base_rule, new_rule = old.also_obeyed.get(name), new.also_obeyed.get(name)
        yield from limit(spot, "dependentSchemas", f"with {name}", base_rule, new_rule)
    yield from _discriminators(spot, old, new)


def _sent_back(old: Members, new: Members, read_only: set[str]) -> Found:
    """Clients may leave `readOnly` values out, and many send back all they read, to be checked like the rest."""
    for name in sorted(read_only):
        base, revision = old.named[name], new.named[name]
        if {base.said("type"), revision.said("type")} <= _SINGLE:
            yield Inner(name, base, revision)


def _both(one: Mapping[str, object], other: Mapping[str, object]) -> list[str]:
    return list(dict.fromkeys((*one, *other)))


def _named(spot: Spot, old: Members, new: Members, hidden: set[str]) -> Found:
    for name in _both(old.named, new.named):
        base, revision = old.named.get(name), new.named.get(name)
        if base is not None and revision is not None:
            yield Inner(name, base, revision)
        elif base is not None:
            yield from _removed(spot, name, base, old, new, became_hidden=name in hidden)
        elif revision is not None:
            yield from _added(spot, name, revision, old, new, was_hidden=name in hidden)


def _removed(spot: Spot, name: str, base: Position, old: Members, new: Members, *, became_hidden: bool) -> Found:
    rest = _unnamed(new, name)
    if rest.is_nothing:
        yield spot.change("property-refused", Effect.NARROWS, "properties", subject=name)
        if name in old.required:
            yield spot.change("required-property-removed", Effect.WIDENS, "properties", subject=name)
    elif not rest.is_anything and not became_hidden:
        yield spot.change("property-undeclared", Effect.NOTES, "properties", subject=name)
        if name in old.required and name not in new.required:
            yield spot.change("required-property-removed", Effect.WIDENS, "properties", subject=name)
        yield Inner(name, base, rest)
    else:
        if name in old.required and name not in new.required:
            yield spot.change("required-property-removed", Effect.WIDENS, "properties", subject=name)
        else:
            yield spot.change("property-removed", Effect.WIDENS, "properties", subject=name)
        yield spot.change("property-unknown", Effect.NARROWS, "properties", subject=name, mild=True)


def _added(spot: Spot, name: str, revision: Position, old: Members, new: Members, *, was_hidden: bool) -> Found:
    rest = _unnamed(old, name)
    rule = "required-property-added" if name in new.required else "property-added"
    if rest.is_nothing:
        yield spot.change("property-let-in", Effect.WIDENS, "properties", subject=name)
    elif not rest.is_anything and not was_hidden:
        yield spot.change(rule, Effect.NOTES, "properties", subject=name)
        yield Inner(name, rest, revision)
    elif name not in new.required or name in old.required:
        # By the letter, an object open to any member narrows when one gets a type; nobody sent it before it had a name.
        yield spot.change("property-added", Effect.NOTES, "properties", subject=name)
        if name in old.required and not was_hidden:
            yield Inner(name, rest, revision)


def _unnamed(members: Members, name: str) -> Position:
    """What a member of this name must obey where nothing names it."""
    known = [position for pattern, position in members.patterns.items() if _matches(pattern, name)]
    if known:
        return Position(tuple(piece for position in known for piece in position.pieces))
    return members.others


@lru_cache(maxsize=4096)
def _matches(pattern: str, name: str) -> bool:
    try:
        return re.search(pattern, name) is not None
    except re.error:
        return False


def _required(spot: Spot, old: Members, new: Members) -> Found:
    for name in sorted(new.required - old.required):
        rule = "property-became-required" if name in old.named else "required-property-added"
        yield spot.change(rule, Effect.NARROWS, "required", "optional", "required", subject=name)
    for name in sorted(old.required - new.required):
        if name in new.named or name not in old.named:
            yield spot.change(
                "property-became-optional", Effect.WIDENS, "required", "required", "optional", subject=name
            )


def _rest(spot: Spot, old: Members, new: Members) -> Found:
    keyword = "additionalProperties" if spot.revision.has("additionalProperties") else "unevaluatedProperties"
    before, after = _extent(old.others), _extent(new.others)
    if before == after == "some":
        yield Inner("any other name", old.others, new.others)
    elif before != after:
        rule, effect = _EXTENTS[before, after]
        yield spot.change(rule, effect, keyword, before, after)


def _extent(others: Position) -> str:
    return "none" if others.is_nothing else "any" if others.is_anything else "some"


def _patterns(spot: Spot, old: Members, new: Members) -> Found:
    for pattern in _both(old.patterns, new.patterns):
        base, revision = old.patterns.get(pattern), new.patterns.get(pattern)
        if base is not None and revision is not None:
            yield Inner(f"/{pattern}/", base, revision)
        elif base is None and revision is not None:
            yield from _freed(spot, "names-by-pattern-added", pattern, (old.others, revision), Effect.NARROWS)
        elif base is not None:
            yield from _freed(spot, "names-by-pattern-removed", pattern, (base, new.others), Effect.WIDENS)


def _freed(spot: Spot, rule: str, pattern: str, sides: tuple[Position, Position], effect: Effect) -> Found:
    """Names of a pattern were among the others before, or are now; `effect` is that among any others."""
    others = sides[0] if effect is Effect.NARROWS else sides[1]
    if others.is_anything or others.is_nothing:
        plain = effect.flipped if others.is_nothing else effect
        yield spot.change(rule, plain, "patternProperties", subject=pattern)
    else:
        yield spot.change(rule, Effect.NOTES, "patternProperties", subject=pattern)
        yield Inner(f"/{pattern}/", *sides)


def limit(spot: Spot, keyword: str, step: str, old: Position | None, new: Position | None) -> Found:
    """A keyword with a schema that only limits: there or not."""
    if old is not None and new is not None:
        yield Inner(step, old, new)
    elif new is not None and not new.is_anything:
        yield spot.change("limit-added", Effect.NARROWS, keyword, subject=step)
    elif old is not None and not old.is_anything:
        yield spot.change("limit-removed", Effect.WIDENS, keyword, subject=step)


def _also_required(spot: Spot, old: Members, new: Members) -> Found:
    for name in _both(old.also_required, new.also_required):
        base, revision = old.also_required.get(name, frozenset()), new.also_required.get(name, frozenset())
        if revision - base:
            yield spot.change(
                "dependent-property-required", Effect.NARROWS, "dependentRequired", base, revision, subject=name
            )
        if base - revision:
            yield spot.change(
                "dependent-property-optional", Effect.WIDENS, "dependentRequired", base, revision, subject=name
            )


def _discriminators(spot: Spot, old: Members, new: Members) -> Found:
    base, revision = old.discriminator, new.discriminator
    if base is None or revision is None:
        if base is not revision:
            rule = "discriminator-added" if base is None else "discriminator-removed"
            yield spot.change(rule, Effect.NOTES, "discriminator")
        return
    if base.property != revision.property:
        yield spot.change("discriminator-renamed", Effect.SHIFTS, "discriminator", base.property, revision.property)
    for name in _both(base.mapping, revision.mapping):
        if name not in revision.mapping:
            yield spot.change("discriminator-value-removed", Effect.NARROWS, "discriminator", subject=name)
        elif name not in base.mapping:
            yield spot.change("discriminator-value-added", Effect.NOTES, "discriminator", subject=name)
        elif base.mapping[name] != revision.mapping[name]:
            yield Inner(name, base.schemas[name], revision.schemas[name])


def arrays(spot: Spot, base: Items | None, revision: Items | None) -> Found:
    old, new = base or _NO_ITEMS, revision or _NO_ITEMS
    if old.unique != new.unique:
        rule, effect = ("repeats-refused", Effect.NARROWS) if new.unique else ("repeats-accepted", Effect.WIDENS)
        yield spot.change(rule, effect, "uniqueItems")
    for index in range(max(len(old.first), len(new.first))):
        yield Inner(f"[{index}]", old.at(index), new.at(index))
    yield Inner("[]", old.rest, new.rest)
    yield from limit(spot, "unevaluatedItems", "other items", old.unevaluated, new.unevaluated)
    yield from _contains(spot, old, new)


def _contains(spot: Spot, old: Items, new: Items) -> Found:
    for index in range(max(len(old.contains), len(new.contains))):
        if index >= len(old.contains):
            yield spot.change("limit-added", Effect.NARROWS, "contains", subject="an item it must contain")
        elif index >= len(new.contains):
            yield spot.change("limit-removed", Effect.WIDENS, "contains", subject="an item it must contain")
        else:
            (base, few), (revision, many) = old.contains[index], new.contains[index]
            yield Inner("contains", base, revision)
            if few != many:
                narrows, widens = few.meet(many) != few, few.meet(many) != many
                effect = Effect.SHIFTS if narrows and widens else Effect.NARROWS if narrows else Effect.WIDENS
                before, after = (f"{one.low_text()} to {one.high_text()}" for one in (few, many))
                yield spot.change("contained-count-changed", effect, "minContains", before, after)
