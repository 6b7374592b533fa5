"""Writes `payloads.py` of a service's tests: requests that are right, and things that were made with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tandem.scaffold.storage.examples import body_example, caller_of
from tandem.scaffold.storage.inventory import Inventory
from tandem.scaffold.storage.names import variable
from tandem.scaffold.storage.roles import Role, Verb
from tandem.scaffold.storage.statements import literal
from tandem.scaffold.storage.things import Column, Thing

_OWN = "cus_01k9zc6n00000000000000h001"


class Payloads:
    """What the tests of each thing may call."""

    def __init__(self, inventory: Inventory, roles: Sequence[Role]) -> None:
        self.inventory = inventory
        self.makers = {role.thing.path: role for role in roles if role.verb is Verb.CREATE and self._can(role)}

    def _can(self, role: Role) -> bool:
        return caller_of(self.inventory.contract, role.operation) is not None

    def can_make(self, thing: Thing) -> bool:
        """With everything that it belongs to."""
        return thing.path in self.makers and all(
            self.can_make(parent) for parent in self._parents(thing) if parent.path != thing.path
        )

    def _parents(self, thing: Thing) -> list[Thing]:
        scoped = [self.inventory.things[scope.parent] for scope in thing.scopes if scope.parent]
        return [*scoped, *(self.inventory.of_table(column.links) for column in self._linked(thing))]

    def _linked(self, thing: Thing) -> list[Column]:
        sent = self.makers[thing.path].sent if thing.path in self.makers else {}
        return [one for one in thing.shown if one.links and one.is_needed and one.field and one.field.name in sent]

    def module(self, things: Sequence[Thing]) -> str:
        made = [thing for thing in things if self.can_make(thing)]
        functions = "".join(
            part for thing in made for part in (self._new(thing), self._place(thing), self._make(thing))
        )
        if not functions:
            return ""
        who = "".join(f"{constant}\n" for constant in constants(functions))
        head = (
            '"""Requests that are right, for tests to send or to spoil."""\n\n'
            "from itertools import count\nfrom typing import Any\n\n"
            "from tests.service_under_test import SUPPORT, ServiceUnderTest, Who, customer\n\n"
        )
        return f"{head}{who}_keys = count(1)\n\n\n{functions}"

    def _new(self, thing: Thing) -> str:
        role = self.makers[thing.path]
        body = body_example(self.inventory.contract, role.operation)
        for column in self._linked(thing):
            if column.field:
                body.pop(column.field.name, None)
        owner = thing.owner.field.name if thing.owner and thing.owner.field else ""
        if owner in body:
            body[owner] = _OWN
        return (
            f"def new_{thing.noun}(**changes: Any) -> dict[str, Any]:\n"
            f"    {thing.variable}: dict[str, Any] = {literal(body)}\n"
            f"    return {{**{thing.variable}, **changes}}\n\n\n"
        )

    def _place(self, thing: Thing) -> str:
        """Where things of this kind are, for what belongs to something else."""
        if not thing.scopes:
            return ""
        lines, path = [], thing.path
        names = self.inventory.place_of(thing).scopes
        for name, scope in zip(names, thing.scopes, strict=True):
            value = "1" if scope.column.kind.is_integer else "one"
            if scope.parent:
                parent = self.inventory.things[scope.parent]
                key = parent.key.field.name if parent.key.field else "id"
                given = f', f"{path.partition(f"/{{{name}}}")[0]}"' if parent.scopes else ""
                lines.append(f"    {parent.variable} = await {self.maker(parent)}(service{given})\n")
                value = f"{{{parent.variable}['{key}']}}"
            path = path.replace(f"{{{name}}}", value)
        return (
            f"async def path_of_{thing.plural}(service: ServiceUnderTest) -> str:\n{''.join(lines)}"
            f'    return {"f" if lines else ""}"{path}"\n\n\n'
        )

    def maker(self, thing: Thing) -> str:
        return variable(self.makers[thing.path].operation.handler_name)

    def _make(self, thing: Thing) -> str:
        role = self.makers[thing.path]
        operation = role.operation
        path, taken = (f'"{thing.path}"', "") if not thing.scopes else ("path", "path: str, ")
        key = ', key=f"a-new-key-{next(_keys)}"' if operation.takes_header("idempotency-key") else ""
        return (
            f"async def {self.maker(thing)}(service: ServiceUnderTest, {taken}**changes: Any) -> dict[str, Any]:\n"
            f"{''.join(self._given(thing))}"
            f"    new = new_{thing.noun}(**changes)\n"
            f"    answer = await service.post({path}, new{key}{self.speaking(role)})\n"
            f"    assert answer.status_code == {operation.success.status}, answer.text\n"
            f"    made: dict[str, Any] = answer.json()\n    return made\n\n\n"
        )

    def _given(self, thing: Thing) -> Iterator[str]:
        for column in self._linked(thing):
            parent = self.inventory.of_table(column.links)
            if column.field and parent.key.field and not parent.scopes:
                yield f'    if "{column.field.name}" not in changes:\n'
                made = f'(await {self.maker(parent)}(service))["{parent.key.field.name}"]'
                yield f'        changes["{column.field.name}"] = {made}\n'

    def speaking(self, role: Role) -> str:
        """As whom."""
        return speaking(caller_of(self.inventory.contract, role.operation) or "")


def speaking(kind: str) -> str:
    return {"service": ", as_=PEER", "customer": ", as_=OWNER"}.get(kind, "")


def constants(text: str) -> Iterator[str]:
    if "as_=PEER" in text:
        yield 'PEER = Who("service", "another-service")'
    if "as_=OWNER" in text:
        yield f'OWNER = customer("{_OWN}")'
