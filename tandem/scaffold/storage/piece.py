"""One operation more, for a service that is there: what goes into each of its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tandem.kit.contract import Contract
from tandem.scaffold.storage.errors import errors_of, rule_source, rules_of
from tandem.scaffold.storage.handlers import handler_of, unsupported_handler
from tandem.scaffold.storage.inventory import Inventory, take_inventory
from tandem.scaffold.storage.modules import imports_of
from tandem.scaffold.storage.payloads import Payloads
from tandem.scaffold.storage.repository import methods_of
from tandem.scaffold.storage.roles import Role, roles_of
from tandem.scaffold.storage.statements import tidy
from tandem.scaffold.storage.trials import tests_of
from tandem.scaffold.storage.unsupported import Unsupported, body_hint


@dataclass(frozen=True)
class Piece:
    """Sources of functions and methods, each empty where there is nothing to add. `repository` are the methods of the
    class `repository_class`; `imports` are the lines that each file needs, by its name."""

    operation_id: str
    handler: str
    repository_class: str = ""
    repository: str = ""
    errors: str = ""
    rules: str = ""
    test: str = ""
    imports: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unsupported: Unsupported | None = None


def write_operation(name: str, contract: Contract, operation_id: str) -> Piece:
    """Raises KeyError for an operation that the contract does not have."""
    operation = contract.operation(operation_id)
    inventory = take_inventory(contract)
    roles, reasons = roles_of(inventory)
    role = next((one for one in roles if one.operation.id == operation_id), None)
    if role is not None:
        return _derived(name, inventory, role, roles)
    source = unsupported_handler(contract, operation, body_hint(inventory, operation))
    imports = {"handlers.py": imports_of(name, "handlers", source, inventory)}
    reason = Unsupported(operation_id, reasons[operation_id])
    return Piece(operation_id, tidy(source), imports=imports, unsupported=reason)


def _derived(name: str, inventory: Inventory, role: Role, roles: list[Role]) -> Piece:
    payloads = Payloads(inventory, roles)
    handler = handler_of(inventory, role)
    methods = "\n".join(methods_of(role))
    refusals = "".join(source for _, source in errors_of(role.thing, [role]))
    rules = "\n\n".join(rule_source(role.thing, rule) for rule in rules_of([role]))
    test = tests_of(name, payloads, role.thing, [role]) if payloads.can_make(role.thing) else ""
    kept = f"class {role.thing.repository}:\n{methods}" if methods else ""
    sources = {"handlers": handler, "repository": kept, "errors": refusals, "rules": rules}
    imports = {f"{kind}.py": imports_of(name, kind, source, inventory) for kind, source in sources.items() if source}
    return Piece(
        role.operation.id,
        tidy(handler),
        role.thing.repository if methods else "",
        tidy(kept).partition("\n")[2] if kept else "",
        tidy(refusals),
        tidy(rules) if rules else "",
        tidy(test) if test else "",
        imports,
    )
