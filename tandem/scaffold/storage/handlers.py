"""Writes `handlers.py`: one function per operation, in the contract's order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tandem.kit.contract import Contract, Operation, Parameter
from tandem.scaffold.storage.docstrings import docstring
from tandem.scaffold.storage.errors import check_name
from tandem.scaffold.storage.inventory import Inventory, may_go
from tandem.scaffold.storage.paging import Page
from tandem.scaffold.storage.roles import Role, Verb
from tandem.scaffold.storage.signatures import hint_of, own_name
from tandem.scaffold.storage.things import Thing

_HOUSE_LIMIT = 20


def handler_of(inventory: Inventory, role: Role, unchecked: Sequence[str] = ()) -> str:
    writer = _Handler(inventory, role)
    lines = {
        Verb.CREATE: writer.create,
        Verb.LIST: writer.list,
        Verb.SEE: writer.see,
        Verb.CHANGE: writer.change,
        Verb.REPLACE: writer.change,
        Verb.REMOVE: writer.remove,
        Verb.STEP: writer.step,
    }[role.verb]()
    answer = role.answer.name if role.answer else "None"
    head = f"async def {role.operation.handler_name}({_signature(role.operation, _body_hint(role))}) -> {answer}:\n"
    done = _short([line for line in lines if line])
    return head + docstring("", unchecked) + "".join(f"    {line}\n" for line in (*_unbuilt(role), *done))


def _unbuilt(role: Role) -> Iterator[str]:
    for one in role.unbuilt:
        yield f"if {_was_sent(one)}:"
        yield f'    raise NotBuilt("{role.operation.id} with `{one.name}`")'


def _short(lines: list[str]) -> list[str]:
    """What is only named to be returned needs no name."""
    name, found, value = lines[-2].partition(" = ") if len(lines) > 1 else ("", "", "")
    return [*lines[:-2], f"return {value}"] if found and lines[-1] == f"return {name}" else lines


def unsupported_handler(contract: Contract, operation: Operation, body: str, unchecked: Sequence[str] = ()) -> str:
    """It says so, with the contract's own words above it."""
    definition = contract.document["paths"][operation.path][operation.method.lower()]
    said = operation.summary or " ".join(str(definition.get("description") or "").split())
    unused = ["call", *(one.argument for one in operation.parameters_in("path", "query")), *(["body"] if body else [])]
    return (
        f"async def {operation.handler_name}({_signature(operation, body)}) -> None:\n{docstring(said, unchecked)}"
        f"    del {', '.join(unused)}\n"
        f'    raise NotBuilt("{operation.id}")\n'
    )


def _signature(operation: Operation, body: str) -> str:
    path, query = operation.parameters_in("path"), operation.parameters_in("query")
    hints = [f"{one.argument}: {hint_of(one)}" for one in (*path, *query)]
    return ", ".join(["call: Call[Peers]", *hints, *([f"body: {body}"] if body else [])])


def _body_hint(role: Role) -> str:
    if role.body is None:
        return ""
    return role.body.name if role.operation.body_required else f"{role.body.name} | None"


def _was_sent(parameter: Parameter) -> str:
    """As far as can be told: what is sent as it is by default changes nothing."""
    if isinstance(parameter.default, bool):
        return f"not {parameter.argument}" if parameter.default else parameter.argument
    unsaid = "is not None" if parameter.default is None else f"!= {parameter.default!r}"
    return f"{parameter.argument} {unsaid}"


class _Handler:
    def __init__(self, inventory: Inventory, role: Role) -> None:
        self.inventory = inventory
        self.role = role
        self.thing = role.thing
        self.is_owned = self.thing.owner is not None and not role.is_open

    def create(self) -> Iterator[str]:
        thing, creation = self.thing, self.role.creation
        assert creation is not None
        yield from self._body()
        yield from self._parent()
        yield from self._links()
        yield from self._sent_owner()
        given = [creation.id] if creation.id else []
        given += [self._scope(place) for place, _ in enumerate(thing.scopes)]
        given.append("body")
        given += ["call.now"] if creation.needs_now else []
        yield self._kept(f"await {thing.repository}(call.connection).{own_name(self.role)}({', '.join(given)})")
        yield from self._done()

    def see(self) -> Iterator[str]:
        yield from self._parent()
        yield f"{self.thing.variable} = await {self.thing.repository}(call.connection).get({self._wanted()})"
        yield from self._check_owner()
        yield from self._done()

    def change(self) -> Iterator[str]:
        thing = self.thing
        yield from self._body()
        yield from self._locked(needs_it=self.role.takes_version)
        yield from self._links()
        if self.role.takes_version:
            yield f"call.check_match({thing.variable}.version)"
        yield self._kept(f"await {thing.store}.{own_name(self.role)}({self._key()}, body)")
        yield from self._done()

    def step(self) -> Iterator[str]:
        thing, step, role = self.thing, self.role.step, self.role
        assert step is not None
        yield from self._body()
        yield from self._locked(needs_it=role.takes_version or step.rule is not None or role.body is None)
        if role.takes_version:
            yield f"call.check_match({thing.variable}.version)"
        attribute = thing.attribute(step.column)
        if step.rule:
            yield f"{check_name(thing, step.rule)}({thing.variable})"
        change = self._kept(f"await {thing.store}.{own_name(role)}({self._key()}{', body' if role.body else ''})")
        if role.body or step.rule:
            yield change
        else:
            yield f'if {thing.variable}.{attribute} != "{step.value}":'
            yield f"    {change}"
        yield from self._done()

    def remove(self) -> Iterator[str]:
        thing = self.thing
        needs_it = self.role.takes_version or self.role.answer is not None
        yield from self._locked(needs_it=needs_it)
        if self.role.takes_version:
            yield f"call.check_match({thing.variable}.version)"
        yield f"await {thing.store}.{own_name(self.role)}({self._key()})"
        if self.role.answer is not None:
            yield self._answered()

    def list(self) -> Iterator[str]:
        thing, page = self.thing, self.role.page
        assert page is not None
        yield from self._parent()
        yield self._list_owner()
        position = [*(["datetime"] if thing.made else []), "int" if thing.key.kind.is_integer else "str"]
        if page.cursor:
            yield f"after = call.read_cursor({page.cursor.argument}, {', '.join(position)})"
        yield from self._fetched(page)
        yield from self._wrapped(page)

    def _fetched(self, page: Page) -> Iterator[str]:
        thing = self.thing
        narrowed = ", ".join(self._narrowed(page))
        cut = [*(["after"] if page.cursor else []), *([self._limit(page)] if page.limit else []), *self._offset(page)]
        given = ", ".join([*([narrowed] if narrowed else []), *cut])
        if not page.counts:
            yield f"found = await {thing.repository}(call.connection).page({given})"
            return
        yield "async with call.snapshot() as connection:"
        yield f"    {thing.store} = {thing.repository}(connection)"
        yield f"    found = await {thing.store}.page({given})"
        yield f"    total = await {thing.store}.count({narrowed})"

    def _limit(self, page: Page) -> str:
        assert page.limit is not None
        return f"{limit_of(page.limit)} + 1" if page.looks_ahead else limit_of(page.limit)

    def _offset(self, page: Page) -> Iterator[str]:
        if page.offset:
            yield _at_least(page.offset, 0, "0")
        elif page.page:
            first = _at_least(page.page, 1, "1")
            limit = limit_of(page.limit) if page.limit else str(_HOUSE_LIMIT)
            yield f"({first} - 1) * ({limit})"

    def _wrapped(self, page: Page) -> Iterator[str]:
        thing = self.thing
        items = "found"
        if page.looks_ahead:
            assert page.limit is not None
            limit, items = limit_of(page.limit), "items"
            yield f"items = found[:{limit}]"
            if "next" in page.fields.values():
                last = [f"items[-1].{thing.attribute(one)}" for one in (thing.made, thing.key) if one]
                yield f"next_cursor = call.write_cursor({', '.join(last)}) if len(found) > {limit} else None"
        if not page.is_whole:
            items = f"[{_dump('one')} for one in {items}]"
        if not page.fields and not page.is_whole:
            yield f"return {page.model.name}.model_validate({items})"
            return
        if not page.fields:
            yield f"return {page.model.name}({items})"
            return
        said = {"items": items, "total": "total", "next": "next_cursor", "more": f"len(found) > len({items})"}
        for control in (page.limit, page.offset, page.page):
            if control:
                said |= {role: control.argument for role in ("limit", "offset", "page") if role in control.name.lower()}
        if page.has_gaps:
            shown = ", ".join(f'"{name}": {said[meaning]}' for name, meaning in page.fields.items())
            yield f"page: dict[str, Any] = {{{shown}}}"
            there = "{name: value for name, value in page.items() if value is not None}"
            yield f"return {page.model.name}.model_validate({there})"
            return
        yield f"return {_made(page, said)}"

    def _narrowed(self, page: Page) -> Iterator[str]:
        for place, _ in enumerate(self.thing.scopes):
            yield self._scope(place)
        if self.thing.owner is not None:
            yield "owner" if self.is_owned else self._owner_filter() or "None"
        for one in page.filters:
            if one.column is None or one.column != self.thing.owner:
                yield one.parameter.argument

    def _list_owner(self) -> str:
        return f"owner = call.caller.restrict({self._owner_filter() or 'None'})" if self.is_owned else ""

    def _owner_filter(self) -> str:
        assert self.role.page is not None
        found = (one for one in self.role.page.filters if one.column is not None and one.column == self.thing.owner)
        return next((one.parameter.argument for one in found), "")

    def _body(self) -> Iterator[str]:
        """What may be left out is as if nothing had been said in it."""
        role = self.role
        if role.body is None or role.operation.body_required:
            return
        if role.body.needs:
            yield "if body is None:"
            yield "    raise NothingSent"
        else:
            yield f"body = body or {role.body.name}()"

    def _locked(self, *, needs_it: bool = True) -> Iterator[str]:
        thing = self.thing
        yield from self._parent()
        yield f"{thing.store} = {thing.repository}(call.connection)"
        needs_it = needs_it or (self.is_owned and thing.owner_is_shown)
        yield f"{f'{thing.variable} = ' if needs_it else ''}await {thing.store}.lock({self._wanted()})"
        yield from self._check_owner()

    def _check_owner(self) -> Iterator[str]:
        thing = self.thing
        if self.is_owned and thing.owner_is_shown:
            yield _require(thing, thing.variable, self._key())

    def _parent(self) -> Iterator[str]:
        """Somebody else's, or a missing one, is told before anything about what belongs to it."""
        if not self.thing.scopes or not self.thing.scopes[-1].parent:
            return
        parent = self.inventory.things[self.thing.scopes[-1].parent]
        names = [self._scope(place) for place, _ in enumerate(self.thing.scopes)]
        yield from self._seen(parent, ", ".join(names), names[-1])

    def _seen(self, parent: Thing, wanted: str, key: str) -> Iterator[str]:
        if parent.hides_its_owner:
            wanted += f", {'None' if self.role.is_open else 'call.caller.restrict(None)'}"
        needs_it = self.is_owned and parent.owner_is_shown
        look = "lock" if not self.role.operation.is_safe and may_go(self.inventory, parent) else "get"
        found = f"await {parent.repository}(call.connection).{look}({wanted})"
        yield f"{parent.variable} = {found}" if needs_it else found
        if needs_it:
            yield _require(parent, parent.variable, key)

    def _links(self) -> Iterator[str]:
        """What is named in a body has to be there, and to be the caller's."""
        role = self.role
        assert role.body is not None
        for column in role.changed:
            if not column.links:
                continue
            parent = self.inventory.of_table(column.links)
            assert column.field is not None
            attribute = f"body.{role.body.attributes[column.field.name]}"
            lines = self._seen(parent, attribute, attribute)
            if role.sent[column.field.name].is_always_there:
                yield from lines
            else:
                yield f"if {attribute} is not None:"
                yield from (f"    {line}" for line in lines)

    def _sent_owner(self) -> Iterator[str]:
        thing, role = self.thing, self.role
        if not self.is_owned or thing.owner is None or thing.owner.field is None or role.body is None:
            return
        name = thing.owner.field.name
        if name not in role.sent:
            return
        attribute = f"body.{role.body.attributes[name]}"
        if role.hides_others and role.sent[name].is_always_there:
            yield f"call.caller.require_owner({attribute}, CustomerNotFound({attribute}))"
        else:
            yield f"call.caller.restrict({attribute})"

    def _kept(self, value: str) -> str:
        """With the name by which it is shown, where it is."""
        is_used = self.role.answer is not None or self.thing.version is not None
        return f"{self.thing.variable} = {value}" if is_used else value

    def _done(self) -> Iterator[str]:
        thing = self.thing
        if thing.version is not None:
            yield f"call.etag = {thing.variable}.{thing.attribute(thing.version)}"
        yield self._answered() if self.role.answer else ""

    def _answered(self) -> str:
        assert self.role.answer is not None
        if self.role.is_whole:
            return f"return {self.thing.variable}"
        return f"return {self.role.answer.name}.model_validate({_dump(self.thing.variable)})"

    def _wanted(self) -> str:
        names = [one.argument for one in self.role.arguments]
        if self.thing.hides_its_owner:
            names.append("None" if self.role.is_open else "call.caller.restrict(None)")
        return ", ".join(names)

    def _key(self) -> str:
        return self.role.arguments[-1].argument

    def _scope(self, place: int) -> str:
        return self.role.arguments[place].argument


def _require(thing: Thing, name: str, key: str) -> str:
    assert thing.owner is not None
    owner = f"{name}.{thing.attribute(thing.owner)}"
    known = owner if thing.owner.is_needed else f'{owner} or ""'
    key = f"str({key})" if thing.key.kind.is_integer else key
    return f"call.caller.require_owner({known}, {thing.missing}({key}))"


def limit_of(parameter: Parameter) -> str:
    """Never less than none, which PostgreSQL refuses."""
    return _at_least(parameter, 0, str(_HOUSE_LIMIT))


def _at_least(parameter: Parameter, least: int, default: str) -> str:
    name = parameter.argument
    known = name if parameter.required or parameter.default is not None else f"({name} or {default})"
    return known if parameter.schema.get("minimum", -1) >= least else f"max({known}, {least})"


def _dump(name: str) -> str:
    return f"{name}.model_dump(by_alias=True, exclude_unset=True)"


def _made(page: Page, said: Mapping[str, str]) -> str:
    model = page.model
    if page.is_whole and all(model.attributes.get(name) == name for name in page.fields):
        return f"{model.name}({', '.join(f'{name}={said[meaning]}' for name, meaning in page.fields.items())})"
    fields = ", ".join(f'"{name}": {said[meaning]}' for name, meaning in page.fields.items())
    return f"{model.name}.model_validate({{{fields}}})"
