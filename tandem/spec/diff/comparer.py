"""Compares positions of two documents, pair by pair, each pair once however often a document reaches it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from tandem.spec.diff import members, scalars
from tandem.spec.diff.alternatives import Matching, match
from tandem.spec.diff.changes import Change, Direction, Effect, Spot
from tandem.spec.diff.composition import further_part, union_of_one
from tandem.spec.diff.document import Document
from tandem.spec.diff.members import Inner
from tandem.spec.diff.normal import Normaliser
from tandem.spec.diff.overlap import may_overlap, refused_twice
from tandem.spec.diff.promises import promises
from tandem.spec.diff.reach import Reach
from tandem.spec.diff.sameness import Sameness
from tandem.spec.diff.shape import (
    ANYTHING,
    ARRAY,
    BOOLEAN,
    KINDS,
    NULL,
    NUMBER,
    OBJECT,
    STRING,
    Alternative,
    Alternatives,
    Condition,
    Position,
    Shape,
)


class Wire(StrEnum):
    """How values travel. In text, a number is also a text; in a form or a query, one value is also a list of one."""

    JSON = "json"
    TEXT = "text"
    FORM = "form"


class View(NamedTuple):
    direction: Direction
    wire: Wire = Wire.JSON


Key = tuple[tuple[int, ...], tuple[int, ...], View]
# Inside a `not` the same pair means the opposite.
Step = tuple[Key, bool]


@dataclass(frozen=True, slots=True)
class Pair:
    changes: tuple[Change, ...] = ()
    inner: tuple[Inner, ...] = ()


@dataclass(frozen=True, slots=True)
class Located:
    """A change and the steps that lead to it from where the search began."""

    change: Change
    path: tuple[str, ...]


_SAME = Pair()
_NOWHERE = Spot(ANYTHING, ANYTHING)


class Comparer:
    """Shapes of the base against shapes of the revision. What is told while it does not remember is told again."""

    remembers = True

    def __init__(self, base: Document, revision: Document, today: date) -> None:
        self._base, self._revision = Normaliser(base), Normaliser(revision)
        self._sameness = Sameness(base, revision)
        self._pairs: dict[Key, Pair] = {}
        self._answers: dict[tuple[Key, Effect], bool] = {}
        self._spots: dict[Key, tuple[Position, Position]] = {}
        self._marks: dict[Step, int] = {}
        self._told: dict[int, tuple[Change, ...]] = {}
        self._told_marks = self._repeated = 0
        self._reach = Reach(self._following, self._mark)
        self._open = 0
        self._today = today

    def schemas(self, base: Any, revision: Any, view: View) -> Iterator[Located]:
        """What differs between two schemas as they stand in their documents, each change by the shortest path.

        What was told before is not told again: `repeated` has it.
        """
        start = (self._key(self._base.position(base), self._revision.position(revision), view), False)
        self._repeated |= self._reach[start] & self._told_marks
        left = self._reach[start] & ~self._told_marks
        queue: list[tuple[Step, tuple[str, ...]]] = [(start, ())]
        visited = {start}
        for at, path in queue:
            if not left:
                return
            if mark := self._mark(at) & left:
                yield from (Located(change, path) for change in self._tell(at, mark))
                left &= ~mark
            for inner in self._pair(at[0]).inner:
                step = self._step(at, inner)
                if step not in visited and self._reach[step] & left:
                    visited.add(step)
                    queue.append((step, (*path, inner.step) if inner.step else path))

    def _tell(self, at: Step, mark: int) -> tuple[Change, ...]:
        """Changes of parts that have a place of their own are told once, whoever else reaches them."""
        key, flipped = at
        changes = self._pair(key).changes
        if flipped:
            changes = tuple(replace(change, effect=change.effect.flipped) for change in changes)
        if self.remembers and all(change.has_place for change in changes):
            self._told[mark] = changes
            self._told_marks |= mark
        return changes

    def repeated(self) -> list[Change]:
        """What has been told before and was reached again since this was last asked."""
        marks, self._repeated = self._repeated, 0
        return [change for mark, changes in self._told.items() if mark & marks for change in changes] if marks else []

    def has_parts(self, base: Any, revision: Any) -> bool:
        """Whether either lets arrays or objects through, whose parts have to be written one after another."""
        old, new = self._base.position(base), self._revision.position(revision)
        kinds = {*self._base.shape(old).kinds, *self._revision.shape(new).kinds}
        return bool(kinds & {ARRAY, OBJECT})

    def _mark(self, at: Step) -> int:
        """A bit of its own for each pair that differs by itself."""
        return 1 << self._marks.setdefault(at, len(self._marks)) if self._pair(at[0]).changes else 0

    def _following(self, at: Step) -> list[Step]:
        return [self._step(at, inner) for inner in self._pair(at[0]).inner]

    def _step(self, at: Step, inner: Inner) -> Step:
        key, flipped = at
        return self._key(inner.base, inner.revision, key[2]), flipped != inner.flipped

    def _reachable(self, start: Key) -> Iterator[Change]:
        """Every change from here on, also while some pairs are still being worked out."""
        queue: list[Step] = [(start, False)]
        visited = {*queue}
        for at in queue:
            for change in self._pair(at[0]).changes:
                yield replace(change, effect=change.effect.flipped) if at[1] else change
            for step in self._following(at):
                if step not in visited:
                    visited.add(step)
                    queue.append(step)

    def _pair(self, key: Key) -> Pair:
        if key not in self._pairs:
            base, revision = self._spots[key]
            # What contains itself is the same as its counterpart as far as the part inside goes.
            self._pairs[key] = _SAME
            if not self._sameness.of(base, revision):
                self._open += 1
                found = list(self._differences(base, revision, key[2]))
                self._open -= 1
                self._pairs[key] = Pair(
                    tuple(one for one in found if isinstance(one, Change)),
                    tuple(one for one in found if isinstance(one, Inner) and not self._is_same(one)),
                )
        return self._pairs[key]

    def _is_same(self, inner: Inner) -> bool:
        return self._sameness.of(inner.base, inner.revision)

    def _key(self, base: Position, revision: Position, view: View) -> Key:
        key = (base.key, revision.key, view)
        self._spots.setdefault(key, (base, revision))
        return key

    def _differences(self, base: Position, revision: Position, view: View) -> members.Found:
        spot = Spot(base, revision)
        old, new = self._base.shape(base), self._revision.shape(revision)
        yield from self._kinds(spot, old, new, view)
        for kind in old.kinds:
            if kind in new.kinds:
                yield from self._alternatives(spot, old.of(kind), new.of(kind), view)
                yield from self._exclusiveness(spot, kind, old, new)
        yield from self._stray(spot, old, new, view)
        yield from self._composition(spot)
        yield from promises(spot, self._today)

    def _stray(self, spot: Spot, old: Shape, new: Shape, view: View) -> members.Found:
        """`properties` of a text, a `maximum` of a list: of no effect, and still what somebody meant to promise."""
        if any(at.has(word) for at in (spot.base, spot.revision) for word in ("anyOf", "oneOf")):
            return
        for kind in KINDS:
            if kind not in old.kinds and kind not in new.kinds:
                base, revision = self._base.described(kind, spot.base), self._revision.described(kind, spot.revision)
                if base is not None and revision is not None:
                    yield from self._plain(spot, base, revision, view)

    def _composition(self, spot: Spot) -> Iterator[Change]:
        """What only changes how a schema is put together, and is taken for a promise (decision 13)."""
        if names := further_part(spot, self._base, self._revision, self._sameness):
            yield spot.change("part-added", Effect.NARROWS, "allOf", subject=", ".join(names))
        if name := union_of_one(spot, self._base):
            yield spot.change("union-begun", Effect.AGREEMENT, "oneOf", subject=name)

    def _kinds(self, spot: Spot, old: Shape, new: Shape, view: View) -> Iterator[Change]:
        """The kinds of value that one side lets through and the other does not, null apart from the rest."""
        lost = [one for one in old.kinds if one not in new.kinds]
        won = [one for one in new.kinds if one not in old.kinds]
        lost = [one for one in lost if not self._travels_as(old.of(one), new, self._revision, view)]
        won = [one for one in won if not self._travels_as(new.of(one), old, self._base, view)]
        before, after = kinds_text(old), kinds_text(new)
        for kinds, effect, verb in ((lost, Effect.NARROWS, "refused"), (won, Effect.WIDENS, "accepted")):
            if NULL in kinds:
                yield spot.change(f"null-{verb}", effect, "type", before, after)
            if others := [kind for kind in kinds if kind != NULL]:
                yield spot.change(f"type-{verb}", effect, "type", before, after, subject=" or ".join(others))

    def _exclusiveness(self, spot: Spot, kind: str, old: Shape, new: Shape) -> Iterator[Change]:
        """What fits two branches of a `oneOf` is refused. Objects that are open are told apart by intention."""
        base, revision = old.of(kind), new.of(kind)
        was, is_now = kind in old.exclusive, kind in new.exclusive
        if was != is_now and min(len(base), len(revision)) > 1:
            if may_overlap(base, self._base) or may_overlap(revision, self._revision):
                effect = Effect.NARROWS if is_now else Effect.WIDENS
                yield spot.change("alternatives-exclusive", effect, "oneOf", _composed(was), _composed(is_now))
        elif (was or is_now) and kind not in (ARRAY, OBJECT):
            fewer, more = (
                refused_twice(base, revision) if is_now else False,
                refused_twice(revision, base) if was else False,
            )
            if fewer or more:
                effect = Effect.SHIFTS if fewer and more else Effect.NARROWS if fewer else Effect.WIDENS
                yield spot.change("alternatives-overlap", effect, "oneOf")

    def _travels_as(self, values: Alternatives, other: Shape, shapes: Normaliser, view: View) -> bool:
        """On this wire every one of the values is also one of `other`, a shape of `shapes`."""
        kind = values[0].kind
        if view.wire is Wire.JSON or kind == NULL:
            return False
        is_single = kind in (STRING, NUMBER, BOOLEAN)
        plain = Alternative(STRING)
        if any(replace(one, name="") == plain for one in other.of(STRING)):
            return is_single or view.wire is Wire.TEXT
        if view.wire is not Wire.FORM or not is_single:
            return False
        return any(self._holds_one(one, values, shapes, view) for one in other.of(ARRAY))

    def _holds_one(self, array: Alternative, values: Alternatives, shapes: Normaliser, view: View) -> bool:
        if not array.bounds.holds(1) or array.items is None:
            return array.bounds.holds(1)
        inside = shapes.shape(array.items.at(0))
        kind = values[0].kind
        if not inside.of(kind):
            return self._travels_as(values, inside, shapes, view)
        return all(any(self.fits(value, one, view) for one in inside.of(kind)) for value in values)

    def _alternatives(self, spot: Spot, base: Alternatives, revision: Alternatives, view: View) -> members.Found:
        if len(base) == len(revision) == 1:
            yield from self._branch(spot, base[0], revision[0], view)
            return
        matching: Matching = match(base, revision, lambda old, new, effect: self.keeps(old, new, view, effect))
        for old, new in matching.pairs:
            yield from self._branch(spot, old, new, view)
        for one in matching.lost:
            yield spot.change("alternative-removed", Effect.NARROWS, "oneOf", subject=one.name or one.kind)
        for one in matching.won:
            yield spot.change("alternative-added", Effect.WIDENS, "oneOf", subject=one.name or one.kind)

    def _branch(self, spot: Spot, base: Alternative, revision: Alternative, view: View) -> members.Found:
        """A component that is a branch of a union is told of as that component, not at every union it is in."""
        if base.source is not None and revision.source is not None and base.kind == revision.kind:
            yield Inner("", base.source, revision.source)
        else:
            yield from self._plain(spot, base, revision, view)

    def _plain(self, spot: Spot, base: Alternative, revision: Alternative, view: View) -> members.Found:
        if base.kind in (NULL, BOOLEAN, NUMBER, STRING) or base.values is not None or revision.values is not None:
            yield from scalars.changes(spot, base, revision)
        else:
            yield from scalars.bounds(spot, base, revision)
        if base.content is not None or revision.content is not None:
            yield from members.limit(spot, "contentSchema", "what the text contains", base.content, revision.content)
        if base.kind == ARRAY:
            yield from members.arrays(spot, base.items, revision.items)
        elif base.kind == OBJECT:
            yield from members.objects(spot, base.members, revision.members, view.direction)
        yield from self._conditions(spot, base.conditions, revision.conditions)

    def _conditions(self, spot: Spot, base: tuple[Condition, ...], revision: tuple[Condition, ...]) -> members.Found:
        kept = [(one, other) for one in base for other in revision if self._says_the_same(one, other)]
        for keyword in ("not", "if"):
            old = [one for one in base if one.keyword == keyword and all(one is not pair[0] for pair in kept)]
            new = [one for one in revision if one.keyword == keyword and all(one is not pair[1] for pair in kept)]
            for before, after in zip(old, new, strict=False):
                yield from _condition(before, after)
            for _ in old[len(new) :]:
                yield spot.change("limit-removed", Effect.WIDENS, keyword, subject=keyword)
            for _ in new[len(old) :]:
                yield spot.change("limit-added", Effect.NARROWS, keyword, subject=keyword)

    def _says_the_same(self, base: Condition, revision: Condition) -> bool:
        return base.keyword == revision.keyword and all(map(self._sameness.of, base.parts, revision.parts))

    def fits(self, base: Alternative, revision: Alternative, view: View) -> bool:
        """Every value of `base` is one of `revision`."""
        return self.keeps(base, revision, view, Effect.NARROWS)

    def keeps(self, base: Alternative, revision: Alternative, view: View, effect: Effect) -> bool:
        """Nothing between the two has this effect, and neither names a member that the other does not know."""
        found = list(self._plain(_NOWHERE, base, revision, view))
        # Changes of its own first: they are cheap to see, and one is enough.
        found.sort(key=lambda one: isinstance(one, Inner))
        return not any(self._has(one, view, effect) for one in found)

    def _has(self, one: Change | Inner, view: View, effect: Effect) -> bool:
        if isinstance(one, Change):
            return one.effect in (effect, Effect.SHIFTS) or (one.rule == "property-added" and effect is Effect.WIDENS)
        wanted = effect.flipped if one.flipped else effect
        key = (self._key(one.base, one.revision, view), wanted)
        if key in self._answers:
            return self._answers[key]
        found = any(self._has(each, view, wanted) for each in self._reachable(key[0]))
        if found or not self._open:
            self._answers[key] = found
        return found


def kinds_text(shape: Shape) -> str:
    """The types as a contract names them."""
    names = []
    for kind in shape.kinds:
        whole = kind == NUMBER and all(one.whole for one in shape.of(kind))
        names.append("integer" if whole else kind)
    return " or ".join(names) if len(names) < 6 else "any"


def _composed(exclusive: bool) -> str:
    return "one of" if exclusive else "any of"


def _condition(base: Condition, revision: Condition) -> members.Found:
    if base.keyword == "not":
        yield Inner("not", base.parts[0], revision.parts[0], flipped=True)
        return
    # A value that leaves one branch enters the other: both ways at once.
    yield Inner("if", base.parts[0], revision.parts[0])
    yield Inner("if", base.parts[0], revision.parts[0], flipped=True)
    yield Inner("then", base.parts[1], revision.parts[1])
    yield Inner("else", base.parts[2], revision.parts[2])
