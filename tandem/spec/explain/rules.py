"""Rules and limits that hold for more than one operation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tandem.spec.document import Document, Operation, as_list, as_mapping
from tandem.spec.explain.kinds import Kinds
from tandem.spec.explain.words import count, some

_LISTED = 6
_SIZES = ("limit", "page_size", "per_page", "pageSize", "perPage", "size")
Titled = Sequence[tuple[str, Operation]]


def rules(document: Document, kinds: Kinds, operations: Titled) -> Iterator[str]:
    yield from _pages(operations)
    yield from _money(document, kinds)
    if repeatable := [title for title, one in operations if one.takes("header", "Idempotency-Key")]:
        yield f"After a lost connection these can be sent again, and still happen only once: {_quoted(repeatable)}."
    if guarded := [title for title, one in operations if one.takes("header", "If-Match")]:
        yield (
            "Nobody's change is overwritten unseen: whoever makes a change says which version they have seen, and is "
            f"told when there is a newer one. This holds for: {_quoted(guarded)}."
        )
    yield from _speeds(operations)
    yield from _flags(operations)


def _pages(operations: Titled) -> Iterator[str]:
    sizes: dict[tuple[object, object], int] = {}
    for _, operation in operations:
        for parameter in operation.parameters:
            if parameter.value.get("name") in _SIZES and parameter.value.get("in") == "query":
                schema, _ = operation.document.resolved(parameter.value.get("schema"), "")
                size = (as_mapping(schema).get("default"), as_mapping(schema).get("maximum"))
                sizes[size] = sizes.get(size, 0) + 1
    for (default, most), times in sorted(sizes.items(), key=lambda item: -item[1]):
        said = [f"of {default}"] if default else []
        said += [f"of up to {most}{' when asked for' if default else ''}"] if most else []
        if said:
            which = "Lists come" if len(sizes) == 1 else f"{count(times, 'list')} {'come' if times > 1 else 'comes'}"
            yield f"{which} in pages {', or '.join(said)}."


def _money(document: Document, kinds: Kinds) -> Iterator[str]:
    schemas = as_mapping(as_mapping(document.data.get("components")).get("schemas"))
    for schema in schemas.values():
        whole = kinds.merged(schema)
        if kinds.is_money(whole):
            currency = kinds.merged(whole["properties"]["currency"])
            values = [str(value) for value in as_list(currency.get("enum"))]
            if values:
                yield f"Money is always an amount together with its currency: {some(values, 8, 'or')}."
                return


def _speeds(operations: Titled) -> Iterator[str]:
    promised: dict[float, list[str]] = {}
    rates: set[float] = set()
    for title, operation in operations:
        slo = as_mapping(operation.definition.get("x-slo"))
        slow, failing = slo.get("p95_ms"), slo.get("error_rate")
        if isinstance(slow, int | float) and isinstance(failing, int | float) and failing > 0:
            promised.setdefault(slow, []).append(title)
            rates.add(failing)
    for slow, titles in sorted(promised.items()):
        which = "everything" if len(titles) == len(operations) else _quoted(titles)
        yield f"Promised speed, kept by 95 of 100 answers: {slow / 1000:g} seconds for {which}."
    if rates:
        yield f"Promised reliability: at most one failure in {round(1 / max(rates)):,}."


def _flags(operations: Titled) -> Iterator[str]:
    for title, operation in operations:
        if flag := operation.definition.get("x-flag"):
            yield f"“{title}” works only where the feature “{flag}” is switched on."


def _quoted(titles: Sequence[str]) -> str:
    return some([f"“{title}”" for title in titles], _LISTED)
