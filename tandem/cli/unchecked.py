"""Rules of a contract that are words until somebody writes the code that keeps them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tandem.cli.console import out

if TYPE_CHECKING:
    from tandem.scaffold.storage.spoken import Spoken


def show_unchecked(rules: "Sequence[Spoken]") -> None:
    if not rules:
        return
    said = "1 rule of the contract is" if len(rules) == 1 else f"{len(rules)} rules of the contract are"
    out.print(f"\n{said} not checked by anything until somebody writes that:", style="bold")
    for one in rules:
        out.print(f"  {one.place}: {one.rule}", markup=False, soft_wrap=True)


def unchecked_document(rules: "Sequence[Spoken]") -> list[dict[str, str | None]]:
    """`about` is the schema or the contract where it does not say which operation has to keep it."""
    return [
        {
            "operation": one.place if one.is_of_operation else None,
            "about": None if one.is_of_operation else one.place,
            "rule": one.rule,
        }
        for one in rules
    ]
