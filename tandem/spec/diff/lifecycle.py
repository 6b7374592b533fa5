"""Promises about time: what is deprecated, until when it stays, how stable it is.

`Deprecation` is RFC 9745 and `Sunset` RFC 8594; a contract says them with `deprecated` and `x-sunset`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from tandem.spec.diff.changes import Change, Effect

WORDS = ("deprecated", "x-sunset", "x-stability-level")
_LEVELS = ("draft", "alpha", "beta", "stable")
# Below this nothing was promised.
_UNSTABLE = frozenset({"draft", "alpha"})

Say = Callable[[str, Effect, str, object, object], Change]


def lifecycle(base: Mapping[str, Any], revision: Mapping[str, Any], today: date, say: Say) -> Iterator[Change]:
    """What changed in the promises of one operation, parameter or property."""
    yield from _deprecation(base, revision, today, say)
    old, new = base.get("x-stability-level"), revision.get("x-stability-level")
    if old == new:
        return
    if new is not None and new not in _LEVELS:
        yield say("stability-unknown", Effect.AGREEMENT, "x-stability-level", old, new)
    elif _rank(new) < _rank(old):
        yield say("stability-lowered", Effect.AGREEMENT, "x-stability-level", old or "stable", new)
    elif _rank(new) > _rank(old):
        yield say("stability-raised", Effect.NOTES, "x-stability-level", old, new or "stable")


def _deprecation(base: Mapping[str, Any], revision: Mapping[str, Any], today: date, say: Say) -> Iterator[Change]:
    was, is_now = base.get("deprecated") is True, revision.get("deprecated") is True
    old, new = base.get("x-sunset"), revision.get("x-sunset")
    until, before = day(new), day(old)
    if new is not None and until is None and new != old:
        yield say("sunset-unreadable", Effect.AGREEMENT, "x-sunset", old, new)
    elif was and is_now and old is not None and new is None:
        yield say("sunset-removed", Effect.AGREEMENT, "x-sunset", old, None)
    elif was and is_now and until and before and until < before:
        yield say("sunset-earlier", Effect.AGREEMENT, "x-sunset", old, new)
    elif is_now and until is not None and until < today and (not was or old is None):
        yield say("sunset-passed", Effect.AGREEMENT, "x-sunset", old, new)
    elif is_now and not was:
        yield say("deprecated", Effect.NOTES, "deprecated", "", new or "")
    elif was and not is_now:
        yield say("reactivated", Effect.NOTES, "deprecated", "", "")


def day(value: Any) -> date | None:
    """The date of an RFC 3339 date or date-time; None for anything else."""
    try:
        return datetime.fromisoformat(str(value)).date() if value is not None else None
    except ValueError:
        return None


def is_unstable(operation: Mapping[str, Any]) -> bool:
    return operation.get("x-stability-level") in _UNSTABLE


def may_leave(operation: Mapping[str, Any], today: date) -> bool:
    """It was never promised, or its announced end has come."""
    until = day(operation.get("x-sunset"))
    return is_unstable(operation) or (operation.get("deprecated") is True and until is not None and until <= today)


def _rank(level: Any) -> int:
    return _LEVELS.index(level) if level in _LEVELS else len(_LEVELS) - 1
