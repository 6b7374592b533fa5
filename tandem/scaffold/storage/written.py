"""A contract as the domain code of a service: handlers, SQL, errors, rules, the first migration and tests.

It is the kit's reading of a contract (`load_contract`) that this works on: a service that starts from what is written
here reads its contract in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tandem.kit.contract import Contract
from tandem.scaffold.storage import errors
from tandem.scaffold.storage.handlers import handler_of, unsupported_handler
from tandem.scaffold.storage.inventory import Inventory, may_go, take_inventory
from tandem.scaffold.storage.migration import migration_source, seed_source
from tandem.scaffold.storage.modules import module
from tandem.scaffold.storage.repository import class_of
from tandem.scaffold.storage.roles import Role, Verb, roles_of
from tandem.scaffold.storage.rows import function_of
from tandem.scaffold.storage.spoken import Spoken, spoken_rules, unchecked_of
from tandem.scaffold.storage.things import Thing
from tandem.scaffold.storage.trials import files_of_tests
from tandem.scaffold.storage.unsupported import Unsupported, body_hint, refused


@dataclass(frozen=True)
class Written:
    """`files` is text by path in the project; what is built `partly` refuses some of its parameters; what is `untried`
    is built, and the contract has no way to make what it is about; `rules` are those that the contract has in words."""

    files: dict[str, str]
    unsupported: tuple[Unsupported, ...]
    partly: tuple[Unsupported, ...] = ()
    untried: tuple[Unsupported, ...] = ()
    rules: tuple[Spoken, ...] = ()


@dataclass(frozen=True)
class _Service:
    name: str
    inventory: Inventory
    roles: Sequence[Role]
    things: Sequence[Thing]
    reasons: dict[str, str]
    rules: tuple[Spoken, ...]

    def of(self, thing: Thing) -> list[Role]:
        return [role for role in self.roles if role.thing == thing]


def write_service(name: str, contract: Contract) -> Written:
    service = _understood(name, contract)
    folder = f"services/{name}"
    files = {
        f"{folder}/handlers.py": _handlers(service),
        f"{folder}/repository.py": _repository(service),
        f"{folder}/errors.py": _errors(service),
        f"{folder}/rules.py": _rules(service),
        f"{folder}/migrations/{name}_0001_{_file_name(service)}.py": _migration(service),
        f"{folder}/migrations/seed.sql": seed_source(service.inventory, service.things),
        **files_of_tests(name, service.inventory, service.things, service.roles),
    }
    unsupported = tuple(Unsupported(*one) for one in service.reasons.items())
    partly = tuple(Unsupported(role.operation.id, refused(role.unbuilt)) for role in service.roles if role.unbuilt)
    return Written(
        {path: text for path, text in files.items() if text},
        unsupported,
        partly,
        tuple(_untried(service)),
        service.rules,
    )


def _untried(service: _Service) -> Iterator[Unsupported]:
    made = {role.thing.path for role in service.roles if role.verb is Verb.CREATE}

    def is_made(path: str) -> bool:
        return path in made and all(is_made(one) for one in _parents(service.inventory.things[path]))

    for role in service.roles:
        own = [] if role.verb in {Verb.CREATE, Verb.LIST} else [role.thing.path]
        missing = next((one for one in (*_parents(role.thing), *own) if not is_made(one)), None)
        if missing:
            words = service.inventory.things[missing].words
            yield Unsupported(role.operation.id, f"it is built, and nothing makes the {words} that it needs")


def _parents(thing: Thing) -> list[str]:
    return [scope.parent for scope in thing.scopes if scope.parent]


def _understood(name: str, contract: Contract) -> _Service:
    inventory = take_inventory(contract)
    roles, reasons = roles_of(inventory)
    used = {role.thing.path for role in roles}
    while parents := {one for path in used for one in _leads_to(inventory, path)} - used:
        used |= parents
    things = [inventory.things[path] for path in _ordered(inventory, used)]
    return _Service(name, inventory, roles, things, reasons, spoken_rules(inventory, roles))


def _leads_to(inventory: Inventory, path: str) -> Iterable[str]:
    thing = inventory.things[path]
    yield from (inventory.of_table(column.links).path for column in thing.columns if column.links)


def _ordered(inventory: Inventory, paths: Iterable[str]) -> list[str]:
    """What others refer to comes first."""
    left, ordered = [path for path in inventory.things if path in set(paths)], list[str]()
    while left:
        free = [path for path in left if not (set(_leads_to(inventory, path)) - {path}) & set(left)]
        ordered += free or left[:1]
        left = [path for path in left if path not in ordered]
    return ordered


def _file_name(service: _Service) -> str:
    return service.things[0].table[:40] if service.things else "nothing"


def _handlers(service: _Service) -> str:
    by_id = {role.operation.id: role for role in service.roles}
    contract = service.inventory.contract
    functions = []
    for operation in contract.operations:
        role = by_id.get(operation.id)
        unchecked = unchecked_of(service.rules, operation)
        functions.append(
            handler_of(service.inventory, role, unchecked)
            if role
            else unsupported_handler(contract, operation, body_hint(service.inventory, operation), unchecked)
        )
    return module(service.name, "handlers", "\n\n".join(functions), service.inventory)


def _repository(service: _Service) -> str:
    if not service.things:
        return ""
    classes = [class_of(thing, service.of(thing), may_go=may_go(service.inventory, thing)) for thing in service.things]
    text = "\n".join([*classes, *(function_of(thing) for thing in service.things)])
    if "_json(" in text:
        text += "def _json(value: Any) -> str | None:\n    return None if value is None else json.dumps(value)\n"
    about = f"The SQL of the {service.name} service, beside the method that runs it."
    return module(service.name, "repository", text, service.inventory, about)


def _errors(service: _Service) -> str:
    found = [source for thing in service.things for _, source in errors.errors_of(thing, service.of(thing))]
    used = _handlers(service)
    taken = {thing.missing for thing in service.things}
    found += [errors.CUSTOMER_NOT_FOUND] if "CustomerNotFound(" in used and "CustomerNotFound" not in taken else []
    found += [errors.NOTHING_SENT] if "raise NothingSent" in used else []
    return module(service.name, "errors", "".join(found), service.inventory) if found else ""


def _rules(service: _Service) -> str:
    found = [errors.rule_source(thing, rule) for thing in service.things for rule in errors.rules_of(service.of(thing))]
    about = f"What may happen to {', '.join(thing.plural.replace('_', ' ') for thing in service.things)}, and when."
    return module(service.name, "rules", "\n\n".join(found), service.inventory, about) if found else ""


def _migration(service: _Service) -> str:
    return module("", "", migration_source(service.name, service.inventory, service.things), service.inventory)


__all__ = ["Unsupported", "Written", "write_service"]
