"""How a list is narrowed, cut into pages and wrapped."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tandem.kit.contract import Operation, Parameter
from tandem.kit.paging import CURSORS, LIMITS
from tandem.scaffold.storage.answers import answer_of
from tandem.scaffold.storage.classes import Model
from tandem.scaffold.storage.inventory import Inventory, check_shows, items_of
from tandem.scaffold.storage.names import words
from tandem.scaffold.storage.shapes import Field, Kind, fields_of
from tandem.scaffold.storage.things import Column, NotDerivable, Thing

_OFFSETS = ("offset", "skip")
_PAGES = ("page", "page_number")
_SEARCHES = ("search", "q", "query")
_TOTALS = ("total", "total_count", "total_items", "count")
_NEXTS = ("next_cursor", "next_page_token", "next_marker", "next")
_MORES = ("has_more", "has_next")


@dataclass(frozen=True)
class Filter:
    """`column` is None for a search in all texts."""

    parameter: Parameter
    column: Column | None


@dataclass(frozen=True)
class Page:
    """`fields` maps what wraps the list to what it says: items, total, next, more, limit or offset. `is_whole` when it
    lists things as they are shown alone, and not shortened; `has_gaps` when something of it may be left out. What the
    `unknown` parameters leave out is not said."""

    model: Model
    fields: Mapping[str, str]
    filters: tuple[Filter, ...]
    is_whole: bool = True
    has_gaps: bool = False
    limit: Parameter | None = None
    cursor: Parameter | None = None
    offset: Parameter | None = None
    page: Parameter | None = None
    unknown: tuple[Parameter, ...] = ()

    @property
    def counts(self) -> bool:
        return "total" in self.fields.values()

    @property
    def looks_ahead(self) -> bool:
        """One more than is shown tells whether there is another page."""
        return bool({"next", "more"} & set(self.fields.values()))


def page_of(inventory: Inventory, operation: Operation, thing: Thing) -> Page:
    listed = items_of(inventory.contract, operation)
    if listed is None:
        raise NotDerivable("it answers no list")
    is_whole = inventory.models.of(listed[1]) == thing.model
    if not is_whole:
        check_shows(inventory.contract, listed[1], thing)
    model = inventory.models.of_answer(operation)
    if model is None or (listed[0] is None) == model.is_object:
        raise NotDerivable("what it answers has no name among the schemas of the contract")
    controls, filters, unknown = _parameters(operation, thing)
    fields = fields_of(inventory.contract, answer_of(operation)) if listed[0] else {}
    wrapping = _wrapping(fields, listed[0], controls)
    has_gaps = any(fields[name].may_be_left_out_but_not_null for name, said in wrapping.items() if said != "items")
    page = Page(model, wrapping, filters, is_whole, has_gaps, unknown=unknown, **controls)
    if page.looks_ahead and page.limit is None:
        raise NotDerivable("how long a page is is not said")
    return page


def _parameters(
    operation: Operation, thing: Thing
) -> tuple[dict[str, Parameter], tuple[Filter, ...], tuple[Parameter, ...]]:
    controls: dict[str, Parameter] = {}
    filters, unknown = [], []
    for parameter in operation.parameters_in("query"):
        control = next((role for role, names in _CONTROLS.items() if _is(parameter.name, names)), "")
        if control and control not in controls and _is_control(parameter, control):
            controls[control] = parameter
        elif found := _filter(parameter, thing):
            filters.append(found)
        else:
            unknown.append(parameter)
    return controls, tuple(filters), tuple(unknown)


_CONTROLS = {"limit": LIMITS, "cursor": CURSORS, "offset": _OFFSETS, "page": _PAGES}


def _is_control(parameter: Parameter, control: str) -> bool:
    return parameter.type == ("string" if control == "cursor" else "integer")


def _is(name: str, wanted: Collection[str]) -> bool:
    return "_".join(words(name)) in wanted


def _filter(parameter: Parameter, thing: Thing) -> Filter | None:
    column = next((one for one in thing.columns if words(one.name) == words(parameter.name)), None)
    if column is not None and _compares(parameter, column):
        return Filter(parameter, column)
    texts = [one for one in thing.shown if one.kind is Kind.TEXT]
    if column is None and _is(parameter.name, _SEARCHES) and parameter.type == "string" and texts:
        return Filter(parameter, None)
    return None


def _compares(parameter: Parameter, column: Column) -> bool:
    match parameter.type:
        case "string":
            return column.kind is Kind.TEXT
        case "integer":
            return column.kind.is_integer
        case "boolean":
            return column.kind is Kind.BOOLEAN
    return False


def _wrapping(fields: Mapping[str, Field], items: str | None, controls: Mapping[str, Parameter]) -> dict[str, str]:
    if items is None:
        return {}
    found = {items: "items"}
    for name, one in fields.items():
        meaning = _meaning(one, controls)
        if name != items and meaning:
            found[name] = meaning
        elif name != items and one.is_required:
            raise NotDerivable(f"what its `{name}` says is not said")
    return found


def _meaning(one: Field, controls: Mapping[str, Parameter]) -> str:
    if one.kind.is_integer:
        echoed = next((name for name in controls if _is(one.name, _CONTROLS[name])), "")
        return "total" if _is(one.name, _TOTALS) else echoed
    if one.kind is Kind.BOOLEAN and _is(one.name, _MORES):
        return "more"
    is_next = one.kind is Kind.TEXT and _is(one.name, _NEXTS) and "cursor" in controls
    return "next" if is_next and not one.is_always_there else ""
