"""Limits in the schema of a field, as far as a contract can hold them."""

from __future__ import annotations

from decimal import Decimal

from tandem.draft.description import Field, Sort, Thing
from tandem.draft.limits import Limit
from tandem.draft.mistakes import Mistake, NotUnderstood
from tandem.draft.names import words

_NAMES = {Sort.NUMBER: ("minimum", "maximum"), Sort.TEXT: ("minLength", "maxLength")}
_LETTERS = frozenset({"character", "characters", "letter", "letters", "sign", "signs", "long"})
_TIMES = frozenset(
    f"{one}{ending}" for one in ("minute", "hour", "day", "week", "month", "year") for ending in ("", "s")
)


def can_hold(field: Field, limit: Limit) -> bool:
    """Of money a schema only knows that it is above zero."""
    if field.value.sort is Sort.MONEY:
        return limit.relation == ">" and bool(limit.figures) and limit.figures[0] == 0
    return field.value.sort in _NAMES and limit.is_whole


def says_no_more(field: Field, limit: Limit, thing: Thing) -> bool:
    """Whether what is said after the figures is only what they count."""
    unit = words(limit.unit)
    if set(unit) <= {*words(field.said), *words(thing.noun), *words(thing.plural)}:
        return True
    if field.value.sort is Sort.TEXT:
        return set(unit) <= _LETTERS
    if field.value.sort is Sort.MONEY:
        return len(unit) == 1
    return len(unit) == 1 and not (set(unit) & _TIMES and set(words(field.said)) & _TIMES)


def hold(field: Field, limit: Limit, line: int) -> bool:
    """True. Of two limits the stricter one holds. Raises where an example breaks the rule."""
    if field.value.sort is Sort.MONEY:
        field.is_positive = True
    else:
        low, high = _NAMES[field.value.sort]
        if limit.low is not None:
            field.bounds[low] = max(limit.low, field.bounds.get(low, limit.low))
        if limit.high is not None:
            field.bounds[high] = min(limit.high, field.bounds.get(high, limit.high))
    _check_examples(field, line)
    return True


def _check_examples(field: Field, line: int) -> None:
    low, high = (field.bounds.get(name) for name in _NAMES.get(field.value.sort, ("", "")))
    for value in field.examples:
        shown = value.json["amount"] if value.sort is Sort.MONEY else value.json
        size = Decimal(len(shown) if value.sort is Sort.TEXT else shown)
        is_outside = (low is not None and size < low) or (high is not None and size > high)
        if is_outside or (field.is_positive and size <= 0):
            said = f"The example {shown} of `{field.said}` breaks this rule; change one of the two."
            raise NotUnderstood(Mistake(line, said))
