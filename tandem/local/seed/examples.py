"""The things that the examples of a contract show, as rows: what a service that no story tells of begins with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tandem.kit.contract import Contract, Operation
from tandem.kit.contract.operations import snake_case

Rows = dict[str, list[dict[str, Any]]]
_TAKEN = re.compile(r"\$1::jsonb\s*->\s*'(\w+)'")


def completed(world: Mapping[str, Any], statement: str, contract: Callable[[], Contract]) -> Mapping[str, Any]:
    """The world with what `statement` takes and the world does not tell."""
    missing = set(_TAKEN.findall(statement)) - world.keys()
    rows = example_rows(contract()) if missing else {}
    return {**world, **{kind: rows[kind] for kind in missing & rows.keys()}}


def example_rows(contract: Contract) -> Rows:
    """By the last word of the path that lists them, each thing once."""
    rows: Rows = {}
    for operation in contract.operations:
        if operation.method == "GET" and not operation.path.endswith("}"):
            known = rows.setdefault(_kind(operation), [])
            known += [item for item in _items(contract, operation) if item not in known]
    return {kind: items for kind, items in rows.items() if items}


def _kind(operation: Operation) -> str:
    return snake_case(operation.path.rpartition("/")[2].replace("-", "_"))


def _items(contract: Contract, operation: Operation) -> Iterator[dict[str, Any]]:
    definition = contract.document["paths"][operation.path]["get"]
    answer = contract.resolve(definition["responses"][str(operation.success.status)])
    examples = answer.get("content", {}).get("application/json", {}).get("examples", {})
    for example in map(contract.resolve, examples.values()):
        page = example.get("value")
        items = page.get("items") if isinstance(page, dict) else page
        yield from (item for item in items if isinstance(item, dict)) if isinstance(items, list) else ()
