"""What each operation does to which thing, or why that cannot be told from the contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tandem.kit.contract import Operation, Parameter
from tandem.scaffold.storage.answers import answer_of, is_documented
from tandem.scaffold.storage.classes import Model
from tandem.scaffold.storage.creation import Creation, creation_of, fits, literal_of
from tandem.scaffold.storage.inventory import Inventory, check_shows, is_linked_to, refuses_removal
from tandem.scaffold.storage.paging import Page, page_of
from tandem.scaffold.storage.paths import Place
from tandem.scaffold.storage.shapes import Field, fields_of
from tandem.scaffold.storage.steps import Step, step_of
from tandem.scaffold.storage.things import Column, NotDerivable, Thing
from tandem.scaffold.storage.unsupported import refused

_NOT_BUILT = 501
_OWN_HEADERS = {"etag", "location", "idempotency-replayed"}
_METHODS = {"GET": "see", "PATCH": "change", "PUT": "replace", "DELETE": "remove"}


class Verb(StrEnum):
    CREATE = "create"
    LIST = "list"
    SEE = "see"
    CHANGE = "change"
    REPLACE = "replace"
    REMOVE = "remove"
    STEP = "step"


@dataclass(frozen=True)
class Role:
    """`arguments` are those of the path, the thing's own last; `body` has its fields in `sent`."""

    operation: Operation
    verb: Verb
    thing: Thing
    answer: Model | None
    arguments: tuple[Parameter, ...]
    body: Model | None = None
    sent: Mapping[str, Field] = field(default_factory=dict)
    creation: Creation | None = None
    page: Page | None = None
    step: Step | None = None
    checks_links: bool = False
    hides_others: bool = True
    refuses_removal: bool = False
    unbuilt: tuple[Parameter, ...] = ()

    @property
    def has_body(self) -> bool:
        return self.operation.body is not None

    @property
    def is_whole(self) -> bool:
        """It shows the thing as it is, and not a part of it."""
        return self.answer == self.thing.model

    @property
    def is_open(self) -> bool:
        """To anybody, without a token."""
        return self.operation.scopes is None

    @property
    def takes_version(self) -> bool:
        return self.operation.takes_header("if-match")

    @property
    def changed(self) -> tuple[Column, ...]:
        return tuple(column for column in self.thing.shown if column.field and column.field.name in self.sent)


def roles_of(inventory: Inventory) -> tuple[list[Role], dict[str, str]]:
    """In the order of the contract, and the reason for each operation that has none."""
    roles, reasons = [], {}
    for operation in inventory.contract.operations:
        try:
            roles.append(_role(inventory, operation))
        except NotDerivable as reason:
            reasons[operation.id] = str(reason)
    return roles, reasons


def _role(inventory: Inventory, operation: Operation) -> Role:
    _check_takes(inventory, operation)
    for place in inventory.places.values():
        if operation in place.item.values():
            return _of_item(inventory, operation, place)
        if operation in place.steps.values():
            return _of_step(inventory, operation, place)
    for place in inventory.places.values():
        if operation in place.collection.values():
            return _of_collection(inventory, operation, place)
    raise NotDerivable("its path is neither that of a list nor that of one thing")


def _check_takes(inventory: Inventory, operation: Operation) -> None:
    definition = inventory.contract.document["paths"][operation.path][operation.method.lower()]
    if operation.body is None and "requestBody" in definition:
        raise NotDerivable("it takes something other than JSON")
    for parameter in operation.parameters_in("query", "header"):
        if parameter.type == "any":
            raise NotDerivable(f"`{parameter.name}` may be several kinds of value")
        if parameter.required and parameter.type == "object":
            raise NotDerivable(f"it needs `{parameter.name}`, which is no single value")
    if unknown := sorted(operation.success.needed_headers - _OWN_HEADERS):
        raise NotDerivable(f"what its header `{unknown[0]}` says is not said")
    if operation.success.content and answer_of(operation) is None:
        raise NotDerivable("it answers something other than JSON")


def _thing(inventory: Inventory, place: Place) -> Thing:
    if place.path not in inventory.things:
        raise NotDerivable(inventory.reasons[place.path])
    return inventory.things[place.path]


def _of_item(inventory: Inventory, operation: Operation, place: Place) -> Role:
    thing = _thing(inventory, place)
    if operation.method not in _METHODS:
        raise NotDerivable("a POST on one thing may do anything to it")
    verb = Verb(_METHODS[operation.method])
    role = _start(inventory, operation, verb, thing)
    if verb in {Verb.CHANGE, Verb.REPLACE}:
        _check_body(role)
        for column in role.changed:
            _check_change(role, column)
    if verb is Verb.REPLACE:
        _check_replaces_all(role)
    if role.takes_version and thing.version is None:
        raise NotDerivable("it takes If-Match, and nothing it shows is a version")
    return role


def _of_step(inventory: Inventory, operation: Operation, place: Place) -> Role:
    thing = _thing(inventory, place)
    role = _start(inventory, operation, Verb.STEP, thing)
    for column in role.changed:
        _check_change(role, column)
    unseen = set(role.sent) - {column.field.name for column in role.changed if column.field}
    if unseen:
        raise NotDerivable(f"`{min(unseen)}` is sent and never shown, so what becomes of it is not said")
    step = step_of(inventory.contract, operation, thing)
    return Role(**{**vars(role), "step": step})


def _of_collection(inventory: Inventory, operation: Operation, place: Place) -> Role:
    thing = _thing(inventory, place)
    if operation.method == "POST":
        role = _start(inventory, operation, Verb.CREATE, thing)
        _check_body(role)
        return Role(**{**vars(role), "creation": creation_of(inventory, thing, role.sent, role.body)})
    if operation.method == "GET":
        role = _start(inventory, operation, Verb.LIST, thing, is_list=True)
        page = page_of(inventory, operation, thing)
        return Role(**{**vars(role), "page": page, "unbuilt": _unbuilt(page.unknown, operation)})
    raise NotDerivable("it does something to a whole list")


def _start(inventory: Inventory, operation: Operation, verb: Verb, thing: Thing, *, is_list: bool = False) -> Role:
    contract = inventory.contract
    body = inventory.models.of_body(operation) if operation.body is not None else None
    if operation.body is not None and (body is None or not body.is_object):
        raise NotDerivable("what it takes has no name among the schemas of the contract")
    schema = answer_of(operation)
    answer = inventory.models.of_answer(operation) if schema is not None else None
    if not is_list and schema is not None and answer != thing.model:
        check_shows(contract, schema, thing)
    if schema is not None and answer is None:
        raise NotDerivable("what it answers has no name among the schemas of the contract")
    sent = fields_of(contract, operation.body) if operation.body is not None else {}
    return Role(
        operation=operation,
        verb=verb,
        thing=thing,
        answer=answer,
        arguments=tuple(_in_order(operation)),
        body=body,
        sent=sent,
        checks_links=any(column.links for column in thing.shown if column.field and column.field.name in sent),
        hides_others=is_documented(contract, operation, 404),
        refuses_removal=verb is Verb.REMOVE and is_linked_to(inventory, thing) and refuses_removal(inventory, thing),
        unbuilt=() if is_list else _unbuilt(operation.parameters_in("query"), operation),
    )


def _in_order(operation: Operation) -> list[Parameter]:
    return sorted(operation.parameters_in("path"), key=lambda one: operation.path.index(f"{{{one.name}}}"))


def _unbuilt(parameters: Sequence[Parameter], operation: Operation) -> tuple[Parameter, ...]:
    """Whoever sends one of them is told that it is not built, where the contract has an answer for that."""
    for one in parameters:
        if one.required or _NOT_BUILT not in operation.responses:
            raise NotDerivable(refused([one]))
    return tuple(parameters)


def _check_body(role: Role) -> None:
    if not role.has_body:
        raise NotDerivable("it takes no body, so what it makes or changes is not said")


def _check_change(role: Role, column: Column) -> None:
    assert column.field is not None
    sent = role.sent[column.field.name]
    if column in {role.thing.key, role.thing.version, role.thing.made}:
        raise NotDerivable(f"it changes `{sent.name}`, which the service itself sets")
    if not fits(sent, column):
        raise NotDerivable(f"`{sent.name}` is sent as one kind of value and shown as another")


def _check_replaces_all(role: Role) -> None:
    for column in role.changed:
        is_there = column.field is not None and role.sent[column.field.name].is_always_there
        if column.field and column.is_needed and not is_there and literal_of(column) is None:
            raise NotDerivable(f"`{column.field.name}` may be left out, and what it is then is not said")
