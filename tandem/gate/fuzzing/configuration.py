"""How Schemathesis is told what to expect: the same for every service, and what a contract implies for its own."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tandem.kit.contract import Contract, Operation
from tandem.kit.contract.operations import snake_case
from tandem.kit.paging import CURSORS
from tandem.spec.document import as_list, as_mapping

SHARED = Path(__file__).with_name("schemathesis.toml")
HOOKS = Path(__file__).with_name("hooks.py")
_ALWAYS = ("2xx", "3xx", "401", "403", "404", "409")
_NO_ERROR = ("2xx", "3xx", "4xx")
_NOT_BUILT = "501"


@dataclass(frozen=True)
class Allowance:
    """For valid data these `statuses` are right too, and `missing_header` to a request without a required one.

    What is shared belongs to no customer, so that no other can see too much of it. Where it is closed to the staff, who
    ask most, none of their requests gets past the door.
    """

    operation_id: str
    reason: str
    statuses: tuple[str, ...] = ()
    missing_header: str = ""
    is_shared: bool = False
    is_closed: bool = False

    @property
    def may_be_unbuilt(self) -> bool:
        return _NOT_BUILT in self.statuses


def configuration(contract: Contract, untested: Collection[str] = ()) -> str:
    """`untested` operations are not asked."""
    left_out = "".join(_left_out(one) for one in untested)
    return SHARED.read_text("utf-8") + left_out + "".join(_block(one) for one in allowances(contract, untested))


def _left_out(operation_id: str) -> str:
    return f'\n[[operations]]\ninclude-operation-id = ["{operation_id}"]\nenabled = false\n'


def allowances(contract: Contract, untested: Collection[str] = ()) -> Iterator[Allowance]:
    """For operations that are asked."""
    closed = set(_closed_to_staff(contract))
    for operation in contract.operations:
        needs = list(_needs(contract, operation, closed)) if operation.id not in untested else []
        if needs:
            yield Allowance(
                operation.id,
                " ".join(one.reason for one in needs),
                tuple(status for one in needs for status in one.statuses),
                "".join(one.missing_header for one in needs),
                any(one.is_shared for one in needs),
                any(one.is_closed for one in needs),
            )


def _closed_to_staff(contract: Contract) -> Iterator[str]:
    """The operations that a contract gives to others alone."""
    schemes = as_mapping(as_mapping(contract.document.get("components")).get("securitySchemes"))
    callers = [as_mapping(as_mapping(contract.resolve(scheme)).get("x-callers")) for scheme in schemes.values()]
    granted = {scope for kinds in callers for scope in as_list(kinds.get("support"))}
    if any(callers):
        yield from (one.id for one in contract.operations if not granted.issuperset(one.scopes or ()))


def _needs(contract: Contract, operation: Operation, closed: Collection[str]) -> Iterator[Allowance]:
    if operation.takes_header("if-match"):
        reason = "A version that is well-formed may be an old one (412); leaving it out has its own status (428)."
        yield Allowance(operation.id, reason, ("412",), "428")
    elif any(snake_case(one.name) in CURSORS for one in operation.parameters_in("query")):
        reason = "A cursor is any short text by its schema, and by its meaning one that this list gave out."
        yield Allowance(operation.id, reason, ("422",))
    elif _takes_money(contract, operation):
        reason = "Which currency or day is right, only the object knows."
        yield Allowance(operation.id, reason, ("422",))
    if int(_NOT_BUILT) in operation.responses:
        yield Allowance(operation.id, "Its contract says that some of it is not built.", (_NOT_BUILT,))
    if contract.document["paths"][operation.path][operation.method.lower()].get("x-shared") is True:
        yield Allowance(operation.id, "Its contract says that it is for whoever is known.", is_shared=True)
    if operation.id in closed:
        yield Allowance(operation.id, "The staff do not get past its door, as they should not.", is_closed=True)


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
    if one.may_be_unbuilt:
        lines.append(f"checks.not_a_server_error.expected-statuses = {_listed((*_NO_ERROR, _NOT_BUILT))}")
    if one.is_closed:
        lines.append("warnings = false")
    if one.is_shared:
        lines.append("checks.object_level_authorization.enabled = false")
    if one.missing_header:
        # Where only customers may, Schemathesis leaves the token out, too.
        lines.append(f"checks.missing_required_header.expected-statuses = {_listed(('401', one.missing_header))}")
    return "\n".join(lines) + "\n"


def _listed(values: tuple[str, ...]) -> str:
    return "[" + ", ".join(f'"{value}"' for value in values) + "]"
