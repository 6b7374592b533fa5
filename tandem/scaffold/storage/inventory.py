"""The things a contract speaks of, each with its table: what `repository.py` and the migration are written from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from tandem.kit.contract import Contract, Operation, Parameter
from tandem.scaffold.storage.answers import answer_of, is_documented
from tandem.scaffold.storage.classes import Model, Models
from tandem.scaffold.storage.names import free, identifier, many_of, one_of, pascal, snake, words
from tandem.scaffold.storage.paths import Place, is_parameter, places_of
from tandem.scaffold.storage.shapes import Field, Kind, Schema, fields_of, is_closed, may_be_shown_as
from tandem.scaffold.storage.things import Column, NotDerivable, Scope, Thing, repository_of

_OWNER = "customer_id"
_KEYS = ("id", "uuid", "key", "code", "slug", "name", "number")
_MADE = ("created_at", "created", "created_on", "registered_at", "inserted_at", "date_created")
_KINDS = {"integer": Kind.LARGE, "number": Kind.NUMBER, "boolean": Kind.BOOLEAN}
_LISTS = ("items", "data", "results", "entries", "records", "values")


@dataclass
class Inventory:
    """`things` is by the path of the collection; `reasons` says why another has none."""

    contract: Contract
    models: Models
    places: Mapping[str, Place]
    things: dict[str, Thing] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)

    def of_table(self, table: str) -> Thing:
        return next(thing for thing in self.things.values() if thing.table == table)

    def place_of(self, thing: Thing) -> Place:
        return self.places[thing.path]


def take_inventory(contract: Contract) -> Inventory:
    places = places_of(contract.operations)
    inventory = Inventory(contract, Models(contract), places)
    builder = _Builder(inventory)
    for path in sorted(places, key=lambda path: path.count("/")):
        try:
            inventory.things[path] = builder.thing(places[path])
        except NotDerivable as reason:
            inventory.reasons[path] = str(reason)
    _link(inventory)
    _find_owners(inventory)
    return inventory


@dataclass
class _Builder:
    inventory: Inventory

    @property
    def contract(self) -> Contract:
        return self.inventory.contract

    def thing(self, place: Place) -> Thing:
        schema, model = self._resource(place)
        fields = fields_of(self.contract, schema)
        noun = self._noun(place, model)
        key_field = _key_field(place, fields, noun)
        sent = set(self._sent(place))
        columns = [_column(one, fields, sent) for one in fields.values()]
        key = _keyed(columns, key_field)
        _check_address(place, key)
        scopes = tuple(self._scopes(place, columns, key))
        hidden = [one.column for one in scopes if one.column not in columns]
        return Thing(
            noun=noun,
            table=identifier(many_of(noun)),
            repository=self._free(repository_of(noun), "Kept"),
            path=place.path,
            model=model,
            key=key,
            columns=(*columns, *hidden),
            scopes=scopes,
            made=_made(columns, sent),
            version=next((one for one in columns if _is_version(one, sent)), None),
            owner=None,
            missing=self._free(f"{pascal(noun)}NotFound", ""),
        )

    def _free(self, name: str, before: str) -> str:
        return free([name, f"{before}{name}"], set(self.inventory.models.by_name))

    def _noun(self, place: Place, model: Model) -> str:
        taken = {thing.noun for thing in self.inventory.things.values()}
        plain = [part for part in place.segments if not is_parameter(part)]
        last, before = one_of(plain[-1]), plain[-2:-1]
        return free([snake(model.name), last, *(f"{one_of(one)}_{last}" for one in before)], taken)

    def _resource(self, place: Place) -> tuple[Schema, Model]:
        found = [one for one in self._resources(place) if fields_of(self.contract, one[0])]
        if not found:
            raise NotDerivable("the contract does not show what is kept here")
        schema, model = next(((schema, model) for schema, model in found if model), found[0])
        if model is None or not model.is_object:
            raise NotDerivable("what is kept here has no name among the schemas of the contract")
        return schema, model

    def _resources(self, place: Place) -> Iterator[tuple[Schema, Model | None]]:
        """The best witness first."""
        models = self.inventory.models
        for methods, names in ((place.item, ("GET", "PATCH", "PUT")), (place.collection, ("POST",))):
            for operation in (methods[name] for name in names if name in methods):
                schema = answer_of(operation)
                if schema is not None and items_of(self.contract, operation) is None:
                    yield schema, models.of_answer(operation)
        if "GET" in place.collection and (items := items_of(self.contract, place.collection["GET"])):
            yield items[1], models.of(items[1])

    def _sent(self, place: Place) -> Iterator[str]:
        for operation in (*place.collection.values(), *place.item.values()):
            yield from fields_of(self.contract, operation.body) if operation.body is not None else ()

    def _scopes(self, place: Place, columns: list[Column], key: Column) -> Iterator[Scope]:
        operation = next(iter((*place.collection.values(), *place.item.values())))
        parameters = {one.name: one for one in operation.parameters_in("path")}
        for name in place.scopes:
            before = place.path.partition(f"/{{{name}}}")[0]
            parent = self.inventory.things.get(before)
            wanted = parent.id if parent else identifier(name)
            alike = (one for one in columns if words(one.name) in (words(wanted), words(name)) and one != key)
            shown = next(alike, None)
            kind = parent.key.kind if parent else _KINDS.get(parameters[name].type, Kind.TEXT)
            hidden = Column(wanted, kind, None, is_needed=True, links=parent.table if parent else "", goes_with_it=True)
            if shown is not None and shown.kind is kind:
                columns[columns.index(shown)] = shown = replace(shown, links=hidden.links, goes_with_it=True)
            yield Scope(shown if shown is not None and shown.kind is kind else hidden, before if parent else "")


def items_of(contract: Contract, operation: Operation) -> tuple[str | None, Schema] | None:
    """The field that holds the list, None for an answer that is the list, and the schema of what is listed."""
    answer = contract.resolve(answer_of(operation) or {})
    if answer.get("type") == "array":
        return None, answer.get("items") or {}
    arrays = {
        name: one.schema.get("items") or {}
        for name, one in fields_of(contract, answer).items()
        if one.schema.get("type") == "array" and fields_of(contract, one.schema.get("items"))
    }
    name = next((one for one in _LISTS if one in arrays), next(iter(arrays)) if len(arrays) == 1 else None)
    return (name, arrays[name]) if name else None


def _key_field(place: Place, fields: Mapping[str, Field], noun: str) -> Field:
    wanted = [place.parameter or "id", f"{noun}_id", *_KEYS]
    for name in wanted:
        for one in fields.values():
            if words(one.name) == words(name) and (one.kind is Kind.TEXT or one.kind.is_integer):
                return one
    raise NotDerivable(f"nothing in it is the `{place.parameter or 'id'}` that it is found by")


def _keyed(columns: list[Column], wanted: Field) -> Column:
    """Numbers that the table gives out are as long as it counts."""
    at = next(place for place, one in enumerate(columns) if one.field is wanted)
    if columns[at].kind.is_integer:
        columns[at] = replace(columns[at], kind=Kind.LARGE)
    return columns[at]


def _check_address(place: Place, key: Column) -> None:
    for operation in place.item.values():
        for parameter in operation.parameters_in("path"):
            if parameter.name == place.parameter and parameter_kind(parameter).is_integer is not key.kind.is_integer:
                raise NotDerivable(f"`{place.parameter}` is one kind of value in its path and another in what is shown")


def _column(one: Field, fields: Mapping[str, Field], sent: set[str]) -> Column:
    name = identifier(one.name)
    twins = [other for other in fields if identifier(other) == name]
    if one.name != twins[0]:
        name = identifier(f"{name}_{twins.index(one.name) + 1}")
    # What nobody sends is only counted up, and so stays small.
    kind = Kind.SMALL if name == "version" and one.kind.is_integer and name not in sent else one.kind
    return Column(name, kind, one, is_needed=one.is_always_there)


def _made(columns: list[Column], sent: set[str]) -> Column | None:
    """When it was made: set by the service, and always there."""
    found = [one for one in columns if one.kind is Kind.MOMENT and one.is_needed and one.field]
    own = [one for one in found if one.field and one.field.name not in sent]
    named = [one for wanted in _MADE for one in own if words(one.name) == words(wanted)]
    return next(iter((*named, *own)), None)


def _is_version(column: Column, sent: set[str]) -> bool:
    return column.name == "version" and column.kind.is_integer and column.is_needed and "version" not in sent


def _link(inventory: Inventory) -> None:
    """`loan_id` leads to a loan of the same contract, where whoever sends it can be told that there is none."""
    things = [thing for thing in inventory.things.values() if not thing.scopes]
    named = Counter(thing.key.field.named for thing in things if thing.key.field)
    # A schema that is every id's says nothing about whose id it is.
    by_id = {thing.key.field.named: thing for thing in things if thing.key.field and named[thing.key.field.named] == 1}
    by_id |= {thing.id: thing for thing in things}
    by_id.pop("", None)
    for path, thing in inventory.things.items():
        place = inventory.places[path]
        writers = [one for one in (*place.collection.values(), *place.item.values()) if one.body is not None]
        may_link = all(is_documented(inventory.contract, one, 404) for one in writers)
        columns = tuple(_linked(one, thing, by_id) if may_link else one for one in thing.columns)
        inventory.things[path] = replace(thing, columns=columns, key=columns[thing.columns.index(thing.key)])


def _linked(column: Column, thing: Thing, by_id: Mapping[str, Thing]) -> Column:
    if column.links or column.field is None or column == thing.key:
        return column
    target = by_id.get(column.field.named) or by_id.get(column.name)
    if target is None or (target is thing and column.is_needed):
        return column
    return replace(column, links=target.table) if column.kind is target.key.kind else column


def check_shows(contract: Contract, schema: Schema, thing: Thing) -> None:
    """Whether a thing that is kept can be shown as another schema asks for it."""
    fields = fields_of(contract, schema)
    for name, one in fields.items():
        column = thing.column(name)
        if column is None and not one.is_required:
            continue
        if column is None or column.kind is not one.kind or not _is_seen_as(column, one):
            raise NotDerivable(f"it shows `{name}`, and the {thing.words} that is kept has no such thing")
        if one.is_always_there and not column.is_needed:
            raise NotDerivable(f"it always shows `{name}`, and not every {thing.words} has that")
    kept = {column.field.name for column in thing.shown if column.field}
    if not fields or (is_closed(contract, schema) and kept - fields.keys()):
        raise NotDerivable(f"it does not answer with the {thing.words}")


def _is_seen_as(column: Column, one: Field) -> bool:
    return column.field is None or may_be_shown_as(column.field, one)


def refuses_removal(inventory: Inventory, thing: Thing) -> bool:
    """Whether the contract has an answer for removing what others belong to; without one, they go with it."""
    removal = inventory.place_of(thing).item.get("DELETE")
    return removal is None or is_documented(inventory.contract, removal, 409)


def may_go(inventory: Inventory, thing: Thing) -> bool:
    """Whoever makes something that belongs to it has to hold it fast meanwhile."""
    is_parent = any(scope.parent == thing.path for other in inventory.things.values() for scope in other.scopes)
    return "DELETE" in inventory.place_of(thing).item and (is_parent or is_linked_to(inventory, thing))


def is_linked_to(inventory: Inventory, thing: Thing) -> bool:
    columns = [column for other in inventory.things.values() for column in other.columns]
    return any(column.links == thing.table and not column.goes_with_it for column in columns)


def _find_owners(inventory: Inventory) -> None:
    """A thing with a `customer_id` is that customer's; so is what belongs to such a thing."""
    for path, thing in inventory.things.items():
        if (column := thing.named(_OWNER)) and column.kind is Kind.TEXT and thing.key != column:
            inventory.things[path] = thing.with_owner(column)
    for _ in inventory.things:
        for path, thing in inventory.things.items():
            through = owned_through(inventory, thing) if thing.owner is None else None
            owner = inventory.of_table(through.links).owner if through else None
            if owner is not None:
                inventory.things[path] = thing.with_owner(Column(_OWNER, Kind.TEXT, None, owner.is_needed))


def owned_through(inventory: Inventory, thing: Thing) -> Column | None:
    """The column that leads to the thing whose owner is its owner, too."""
    for column in thing.columns:
        if column.links and column.is_needed and inventory.of_table(column.links).owner is not None:
            return column
    return None


def parameter_kind(parameter: Parameter) -> Kind:
    return _KINDS.get(parameter.type, Kind.TEXT)


_ID = re.compile(r"\^(?P<prefix>[a-z][a-z0-9]*)_\[0-7\]\[0-9a-hjkmnp-tv-z\]\{25\}\$")


def id_prefix_of(thing: Thing) -> str:
    """Of the ids that the house makes; raises NotDerivable where ids have to look otherwise."""
    schema = thing.key.field.schema if thing.key.field else {}
    if found := _ID.fullmatch(str(schema.get("pattern", ""))):
        return found["prefix"]
    if "pattern" in schema or schema.get("maxLength", 99) < 40 or "enum" in schema:
        raise NotDerivable(f"how its `{thing.key.field.name if thing.key.field else 'id'}` is made is not said")
    return "".join(word[:1] for word in thing.noun.split("_")) if "_" in thing.noun else thing.noun[:3]
