"""How Schemathesis is told what to expect: the same for every service, and what a contract implies for its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tandem.kit.contract import Contract, Operation

SHARED = Path(__file__).with_name("schemathesis.toml")
HOOKS = Path(__file__).with_name("hooks.py")
_ALWAYS = ("2xx", "3xx", "401", "403", "404", "409")


@dataclass(frozen=True)
class Allowance:
    """For valid data these `statuses` are right too; a required header that is left out has its `own_status`."""

    operation_id: str
    reason: str
    statuses: tuple[str, ...]
    missing_header: str = ""


def configuration(contract: Contract, untested: Iterable[str] = ()) -> str:
    """`untested` operations are not asked."""
    left_out = "".join(_left_out(one) for one in untested)
    return SHARED.read_text("utf-8") + left_out + "".join(_block(one) for one in allowances(contract))


def _left_out(operation_id: str) -> str:
    return f'\n[[operations]]\ninclude-operation-id = ["{operation_id}"]\nenabled = false\n'


def allowances(contract: Contract) -> Iterator[Allowance]:
    for operation in contract.operations:
        if operation.takes_header("if-match"):
            reason = "A version that is well-formed may be an old one (412); leaving it out has its own status (428)."
            yield Allowance(operation.id, reason, ("412",), "428")
        elif any(parameter.name == "cursor" for parameter in operation.parameters_in("query")):
            reason = "A cursor is any short text by its schema, and by its meaning one that this list gave out."
            yield Allowance(operation.id, reason, ("422",))
        elif _takes_money(contract, operation):
            reason = "Which currency or day is right, only the object knows."
            yield Allowance(operation.id, reason, ("422",))


def _takes_money(contract: Contract, operation: Operation) -> bool:
    body: Any = contract.resolve(operation.body) if operation.body is not None else {}
    return "amount" in body.get("properties", {})


def _block(one: Allowance) -> str:
    lines = [
        f"\n# {one.reason}",
        "[[operations]]",
        f'include-operation-id = ["{one.operation_id}"]',
        f"checks.positive_data_acceptance.expected-statuses = {_listed((*_ALWAYS, *one.statuses))}",
    ]
    if one.missing_header:
        # Where only customers may, Schemathesis leaves the token out, too.
        lines.append(f"checks.missing_required_header.expected-statuses = {_listed(('401', one.missing_header))}")
    return "\n".join(lines) + "\n"


def _listed(values: tuple[str, ...]) -> str:
    return "[" + ", ".join(f'"{value}"' for value in values) + "]"
