"""Walks two documents side by side and says every change with the operation it is seen from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tandem.spec.diff import messages
from tandem.spec.diff.changes import Change, Direction, Effect
from tandem.spec.diff.comparer import Comparer, View, Wire
from tandem.spec.diff.document import Document
from tandem.spec.diff.lifecycle import is_unstable, lifecycle, may_leave
from tandem.spec.diff.operations import Counterparts, Operation, callbacks, counterparts, operations
from tandem.spec.diff.parameters import parameter_changes
from tandem.spec.diff.security import addresses, security

# How many of how many operations are done.
Progress = Callable[[int, int], None]
_Told = tuple[Change, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Seen:
    """A change as one operation shows it. `operation` is None for the API as a whole."""

    change: Change
    operation: Operation | None
    direction: Direction
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Again:
    """Changes that other operations have shown before, the very same objects, as a further one shows them."""

    changes: list[Change]
    operation: Operation


class Walk:
    """Every change between two documents. `today` decides what has reached its announced end."""

    def __init__(self, base: Document, revision: Document, today: date) -> None:
        self._base, self._revision, self._today = base, revision, today
        self._comparer = Comparer(base, revision, today)

    def run(self, progress: Progress) -> Iterator[Seen | Again]:
        for change in (*addresses(self._base, self._revision), *self._servers()):
            yield Seen(change, None, Direction.REQUEST)
        pairs = list(counterparts(operations(self._base), operations(self._revision)))
        for index, pair in enumerate(pairs):
            progress(index, len(pairs))
            yield from self._pair(pair)

    def _servers(self, base: Operation | None = None, revision: Operation | None = None) -> Iterator[Change]:
        """Of the API as a whole, or of an operation that has its own."""
        holders = _holder(self._base, base), _holder(self._revision, revision)
        if base is not None and holders[0] is self._base.root and holders[1] is self._revision.root:
            return
        old, new = (_urls(one.get("servers")) for one in holders)
        for url in old:
            if url not in new:
                yield Change(
                    "server-removed", Effect.NARROWS, url, ", ".join(new), url, *holders, keyword="servers", mild=True
                )

    def _pair(self, pair: Counterparts) -> Iterator[Seen | Again]:
        if pair.base is not None and pair.revision is not None:
            yield from self._both(pair.base, pair.revision)
            return
        kind = "webhook" if pair.either.called_by_us else "operation"
        if pair.base is not None:
            gone = Effect.NOTES if may_leave(pair.base.raw, self._today) else Effect.AGREEMENT
            # The path item is looked up anew: what was removed has its last line in the base.
            change = Change(f"{kind}-removed", gone, subject=pair.base.name, base=pair.base.raw)
        else:
            change = Change(f"{kind}-added", Effect.NOTES, subject=pair.either.name, revision=pair.either.raw)
        yield Seen(change, pair.either, pair.either.sent)

    def _both(self, base: Operation, revision: Operation) -> Iterator[Seen | Again]:
        unstable = is_unstable(base.raw)
        self._comparer.remembers = not unstable
        for seen in self._differences(base, revision):
            if unstable and seen.change.effect is not Effect.NOTES:
                continue
            yield seen
        changes = self._comparer.repeated()
        yield Again([one for one in changes if one.effect is Effect.NOTES] if unstable else changes, revision)
        yield from (seen for pair in self._callbacks(base, revision) for seen in self._pair(pair))

    def _callbacks(self, base: Operation, revision: Operation) -> Iterator[Counterparts]:
        return counterparts(callbacks(self._base, base), callbacks(self._revision, revision))

    def _differences(self, base: Operation, revision: Operation) -> Iterator[Seen]:
        sent, answered = base.sent, base.answered
        for change in self._of_operation(base, revision):
            yield Seen(change, revision, sent)
        for change, path in parameter_changes(
            (self._base, base), (self._revision, revision), self._comparer, self._today
        ):
            yield Seen(change, revision, sent, path)
        for change, path in self._body(base.raw, revision.raw, sent):
            yield Seen(change, revision, sent, path)
        for change, path in self._responses(base.raw, revision.raw, answered):
            yield Seen(change, revision, answered, path)

    def _of_operation(self, base: Operation, revision: Operation) -> Iterator[Change]:
        def say(rule: str, effect: Effect, keyword: str, before: object, after: object) -> Change:
            return Change(rule, effect, str(before), str(after), "", base.raw, revision.raw, keyword)

        yield from lifecycle(base.raw, revision.raw, self._today, say)
        yield from security(self._base, base, self._revision, revision)
        yield from self._servers(base, revision)
        old, new = base.raw.get("operationId"), revision.raw.get("operationId")
        if old and new and old != new:
            yield say("operation-id-changed", Effect.NOTES, "operationId", old, new)

    def _body(self, base: Mapping[str, Any], revision: Mapping[str, Any], direction: Direction) -> Iterator[_Told]:
        old, new = self._base.part(base.get("requestBody")), self._revision.part(revision.get("requestBody"))

        def say(rule: str, effect: Effect) -> _Told:
            return Change(rule, effect, base=old or base, revision=new or revision), ("body",)

        must, had_to = new.get("required") is True, old.get("required") is True
        if not old and new:
            yield say("body-added", Effect.NARROWS if must else Effect.NOTES)
        elif old and not new:
            yield say("body-removed", Effect.NARROWS)
        elif must and not had_to:
            yield say("body-became-required", Effect.NARROWS)
        elif had_to and not must:
            yield say("body-became-optional", Effect.WIDENS)
        if old and new:
            yield from self._content(old, new, direction, ("body",))

    def _content(
        self, base: dict[str, Any], revision: dict[str, Any], direction: Direction, path: tuple[str, ...]
    ) -> Iterator[_Told]:
        """Bodies by media type. A response may gain types, for clients ask for theirs; neither side may lose one."""
        old, new = _entries(base), _entries(revision)
        gone = Effect.NARROWS if direction is Direction.REQUEST else Effect.AGREEMENT
        for media_type in old:
            same = messages.same_type(media_type, new)
            others = [same] if same else messages.within(media_type, new) if direction is Direction.RESPONSE else []
            for other in others:
                view = View(direction, messages.wire(media_type))
                one, two = self._base.part(old[media_type]), self._revision.part(new[other])
                for located in self._comparer.schemas(one.get("schema"), two.get("schema"), view):
                    yield located.change, (*path, *located.path)
            if not others:
                yield Change("media-type-removed", gone, subject=media_type, base=base, revision=revision), path
        for media_type in new:
            if messages.same_type(media_type, old) is None:
                yield Change("media-type-added", Effect.NOTES, subject=media_type, base=base, revision=revision), path

    def _responses(self, base: Mapping[str, Any], revision: Mapping[str, Any], direction: Direction) -> Iterator[_Told]:
        old, new = _mapping(base.get("responses")), _mapping(revision.get("responses"))
        for status, other in messages.statuses(old, new):
            if other is None:
                effect = Effect.AGREEMENT if messages.is_success(status) else Effect.NOTES
                if direction is Direction.REQUEST:
                    effect = Effect.NARROWS
                yield Change("status-removed", effect, subject=str(status), base=base, revision=revision), ()
            else:
                one, two = self._base.part(old[status]), self._revision.part(new[other])
                yield from self._headers(one, two, direction, (str(status), "headers"))
                yield from self._content(one, two, direction, (str(status),))
        for status in new:
            if status not in old:
                yield Change("status-added", Effect.NOTES, subject=str(status), base=base, revision=revision), ()

    def _headers(
        self, base: dict[str, Any], revision: dict[str, Any], direction: Direction, path: tuple[str, ...]
    ) -> Iterator[_Told]:
        old, new = _headers(self._base, base), _headers(self._revision, revision)
        for name, header in old.items():
            other = new.get(name)
            if other is None:
                yield Change("header-removed", Effect.WIDENS, subject=name, base=header, revision=revision), path
                continue
            if header.get("required") is True and other.get("required") is not True:
                yield Change("header-became-optional", Effect.WIDENS, subject=name, base=header, revision=other), path
            elif other.get("required") is True and header.get("required") is not True:
                yield Change("header-became-required", Effect.NARROWS, subject=name, base=header, revision=other), path
            view = View(direction, Wire.TEXT)
            for located in self._comparer.schemas(header.get("schema"), other.get("schema"), view):
                yield located.change, (*path, name, *located.path)
        for name, header in new.items():
            if name not in old:
                must = header.get("required") is True and direction is Direction.REQUEST
                effect = Effect.NARROWS if must else Effect.NOTES
                yield Change("header-added", effect, subject=name, base=base, revision=header), path


def _entries(body: Mapping[str, Any]) -> Mapping[str, Any]:
    return _mapping(body.get("content"))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _headers(document: Document, response: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """By lower-case name, without the one that media types stand for."""
    found = {str(name).lower(): document.part(raw) for name, raw in _mapping(response.get("headers")).items()}
    return {name: header for name, header in found.items() if name != "content-type"}


def _holder(document: Document, operation: Operation | None) -> dict[str, Any]:
    """What says the servers: the operation, its path, or the document."""
    parts = [operation.raw, operation.item] if operation else []
    return next((part for part in parts if isinstance(part.get("servers"), list)), document.root)


def _urls(servers: Any) -> list[str]:
    return [str(one.get("url")) for one in servers if isinstance(one, dict)] if isinstance(servers, list) else []
