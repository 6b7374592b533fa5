"""What a contract does not say enough about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tandem.kit.contract import Operation, Parameter
from tandem.scaffold.storage.inventory import Inventory


@dataclass(frozen=True)
class Unsupported:
    """`reason` is a sentence without its full stop, for people."""

    operation_id: str
    reason: str


def refused(parameters: Iterable[Parameter]) -> str:
    named = [f"`{one.name}`" for one in parameters]
    return f"what {' and '.join(named)} {'changes' if len(named) == 1 else 'change'} about it is not said"


def body_hint(inventory: Inventory, operation: Operation) -> str:
    """The type of `body` in a handler that is not written yet, empty where there is none."""
    if operation.body is None:
        return ""
    model = inventory.models.of_body(operation)
    hint = model.name if model else "Any"
    return hint if operation.body_required else f"{hint} | None"
