"""Writes the tests of each thing: what becomes of it at the wire."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tandem.scaffold.storage.examples import body_example, caller_of, may, missing_id
from tandem.scaffold.storage.inventory import Inventory, id_prefix_of
from tandem.scaffold.storage.names import snake
from tandem.scaffold.storage.payloads import Payloads
from tandem.scaffold.storage.roles import Role, Verb
from tandem.scaffold.storage.statements import literal, tidy
from tandem.scaffold.storage.things import NotDerivable, Thing


def files_of_tests(name: str, inventory: Inventory, things: Sequence[Thing], roles: Sequence[Role]) -> dict[str, str]:
    payloads = Payloads(inventory, roles)
    folder = f"tests/services/{name}"
    files = {f"{folder}/payloads.py": payloads.module(things)}
    for thing in things:
        if payloads.can_make(thing):
            mine = [role for role in roles if role.thing == thing]
            files[f"{folder}/test_{thing.plural}.py"] = _Trials(name, payloads, thing, mine).module()
    return {path: tidy(text) for path, text in files.items() if text}


class _Trials:
    def __init__(self, name: str, payloads: Payloads, thing: Thing, roles: Sequence[Role]) -> None:
        self.name = name
        self.payloads = payloads
        self.inventory = payloads.inventory
        self.thing = thing
        self.roles = [role for role in roles if caller_of(self.inventory.contract, role.operation)]
        self.key = thing.key.field.name if thing.key.field else "id"

    def module(self) -> str:
        tests = "\n\n".join(one for role in self.roles for one in self._of(role))
        if not tests:
            return ""
        spoken = {"ServiceUnderTest", *(["customer"] if "customer(" in tests else [])}
        made = {one for one in self._names() if f"{one}(" in tests or f"={one}" in tests}
        return (
            f"from tests.service_under_test import {', '.join(sorted(spoken))}\n"
            f"from tests.services.{self.name}.payloads import {', '.join(sorted(made))}\n\n\n{tests}"
        )

    def _names(self) -> Iterator[str]:
        yield self.payloads.maker(self.thing)
        yield f"path_of_{self.thing.plural}"
        yield from ("PEER", "OWNER")

    def _of(self, role: Role) -> Iterator[str]:
        match role.verb:
            case Verb.SEE:
                yield from self._seen(role)
            case Verb.LIST:
                yield self._listed(role)
            case Verb.CHANGE | Verb.REPLACE if body_example(self.inventory.contract, role.operation, -1):
                yield self._changed(role)
            case Verb.REMOVE:
                yield self._removed(role)
            case Verb.STEP:
                yield from self._stepped(role)

    def _start(self, said: str) -> str:
        return f"async def test_{said}(service: ServiceUnderTest) -> None:\n"

    def _made(self) -> str:
        """Lines that leave a thing, and the path that lists it."""
        maker = self.payloads.maker(self.thing)
        if not self.thing.scopes:
            return f"    {self.thing.variable} = await {maker}(service)\n"
        return (
            f"    path = await path_of_{self.thing.plural}(service)\n"
            f"    {self.thing.variable} = await {maker}(service, path)\n"
        )

    def _path(self, more: str = "") -> str:
        before = "{path}" if self.thing.scopes else self.thing.path
        return f"f\"{before}/{{{self.thing.variable}['{self.key}']}}{more}\""

    def _seen(self, role: Role) -> Iterator[str]:
        thing, speaking = self.thing, self.payloads.speaking(role)
        yield (
            f"{self._start(f'a_new_{thing.noun}_can_be_fetched')}{self._made()}"
            f"    fetched = await service.get({self._path()}{speaking})\n"
            f"    assert fetched.status_code == 200\n    assert fetched.json() == {thing.variable}\n"
        )
        if role.hides_others:
            yield from self._hidden(role)

    def _hidden(self, role: Role) -> Iterator[str]:
        thing = self.thing
        try:
            prefix = id_prefix_of(thing)
        except NotDerivable:
            return
        place = f"    path = await path_of_{thing.plural}(service)\n" if thing.scopes else ""
        nothing = f"{'{path}' if thing.scopes else thing.path}/{missing_id(thing, prefix)}"
        address = f'f"{nothing}"' if thing.scopes else f'"{nothing}"'
        yield (
            f"{self._start(f'a_{thing.noun}_that_is_not_there_is_told')}{place}"
            f"    missing = await service.get({address}{self.payloads.speaking(role)})\n"
            "    assert missing.status_code == 404\n"
            f'    assert missing.json()["type"] == "/problems/{thing.missing_type}"\n'
        )
        if thing.owner is not None and may(self.inventory.contract, role.operation, "customer"):
            yield (
                f"{self._start(f'somebody_elses_{thing.noun}_looks_like_a_missing_one')}{self._made()}"
                '    stranger = customer("cus_01k9zc6n0000000000000000zz")\n'
                f"    assert (await service.get({self._path()}, as_=stranger)).status_code == 404\n"
            )

    def _listed(self, role: Role) -> str:
        thing, page, maker = self.thing, role.page, self.payloads.maker(self.thing)
        assert page is not None
        place = f"    path = await path_of_{thing.plural}(service)\n" if thing.scopes else ""
        path, given = ("path", "service, path") if thing.scopes else (f'"{thing.path}"', "service")
        items = next((f'.json()["{name}"]' for name, said in page.fields.items() if said == "items"), ".json()")
        needed = {one.parameter.name for one in page.filters if one.parameter.required}
        narrowed = ", ".join(f'"{name}": {thing.variable}s[0]["{name}"]' for name in sorted(needed))
        asked = f"{path}{f', params={{{narrowed}}}' if narrowed else ''}{self.payloads.speaking(role)}"
        order, found = ("newest_first", "made[::-1]") if thing.made else ("all_of_them", "sorted(made, reverse=True)")
        return (
            f"{self._start(f'{thing.plural}_are_listed_{order}')}{place}"
            f'    made = [(await {maker}({given}))["{self.key}"] for _ in range(2)]\n'
            f"    listed = (await service.get({asked})){items}\n"
            f'    assert [one["{self.key}"] for one in listed] == {found}\n'
        )

    def _changed(self, role: Role) -> str:
        thing = self.thing
        change = body_example(self.inventory.contract, role.operation, -1)
        for column in role.changed:
            if column.links and column.field:
                change[column.field.name] = f"\0{thing.variable}[{column.field.name!r}]\0"
        seen = ", if_match=1" if role.takes_version else ""
        sent = literal(change)
        for mark in ("'\\x00", "\\x00'", '"\\x00', '\\x00"'):
            sent = sent.replace(mark, "")
        return (
            f"{self._start(f'a_change_of_a_{thing.noun}_is_kept')}{self._made()}"
            f"    change = {sent}\n"
            f"    changed = await service.{role.operation.method.lower()}({self._path()}, change"
            f"{seen}{self.payloads.speaking(role)})\n"
            f"    assert changed.status_code == {role.operation.success.status}, changed.text\n"
            "    assert {**changed.json(), **change} == changed.json()\n"
        )

    def _removed(self, role: Role) -> str:
        seen = ", if_match=1" if role.takes_version else ""
        reader = next((one for one in self.roles if one.verb is Verb.SEE and one.hides_others), None)
        gone = ""
        if reader:
            speaking = self.payloads.speaking(reader)
            gone = f"    assert (await service.get({self._path()}{speaking})).status_code == 404\n"
        return (
            f"{self._start(f'a_removed_{self.thing.noun}_is_gone')}{self._made()}"
            f"    removed = await service.delete({self._path()}{seen}{self.payloads.speaking(role)})\n"
            f"    assert removed.status_code == {role.operation.success.status}\n{gone}"
        )

    def _stepped(self, role: Role) -> Iterator[str]:
        step = role.step
        assert step is not None
        way = self._way(role)
        if way is None or step.column.field is None:
            return
        lines = "".join(f"    {self._step(one)}\n" for one in way)
        done = role.operation.handler_name
        yield (
            f"{self._start(f'after_{done}_it_is_{snake(step.value)}')}{self._made()}{lines}"
            f"    done = {self._step(role)}\n"
            f"    assert done.status_code == {role.operation.success.status}, done.text\n"
            f'    assert done.json()["{step.column.field.name}"] == "{step.value}"\n'
        )
        if step.rule and step.value not in step.rule.allowed:
            yield (
                f"{self._start(f'{done}_is_refused_the_second_time')}{self._made()}{lines}"
                f"    {self._step(role)}\n    again = {self._step(role)}\n    assert again.status_code == 409\n"
            )

    def _step(self, role: Role) -> str:
        more = role.operation.path.rpartition("/")[2]
        body = f", {literal(body_example(self.inventory.contract, role.operation))}" if role.body else ""
        key = ', key="a-step-is-taken"' if role.operation.takes_header("idempotency-key") else ""
        return f"await service.post({self._path(f'/{more}')}{body}{key}{self.payloads.speaking(role)})"

    def _way(self, role: Role) -> list[Role] | None:
        """Steps that lead from a new thing to where this one may be taken; None where there are none."""
        assert role.step is not None
        if role.step.rule is None:
            return []
        begins = self._beginning(role)
        if begins in role.step.rule.allowed:
            return []
        for other in self.roles:
            step = other.step
            leads = step and step.column == role.step.column and step.value in role.step.rule.allowed
            if step and leads and (step.rule is None or begins in step.rule.allowed):
                return [other]
        return None

    def _beginning(self, role: Role) -> str:
        assert role.step is not None
        name = role.step.column.field.name if role.step.column.field else ""
        made = body_example(self.inventory.contract, self.payloads.makers[self.thing.path].operation)
        creation = self.payloads.makers[self.thing.path].creation
        given = creation.given if creation else ()
        literal = next((one.literal.strip("'") for one in given if one.column == role.step.column), "")
        return str(made.get(name, literal))
