"""What files are kept for. What it costs is worked out without Pulumi, so this needs none."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Purpose:
    """`readers` are the services that hand out addresses of its files."""

    name: str
    description: str
    readers: tuple[str, ...] = ()
    locked: bool = False


PURPOSES = (
    Purpose("pictures", "Pictures of cards", readers=("card",)),
    Purpose("invoices", "Invoices as they were sent"),
    Purpose("anchors", "Anchors of the audit trail", locked=True),
)
