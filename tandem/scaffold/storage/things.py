"""What a service keeps: a thing has a table, a repository, and its place in the paths of the contract."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tandem.kit.contract.operations import snake_case
from tandem.scaffold.storage.classes import Model
from tandem.scaffold.storage.names import many_of, pascal, snake, sql, variable, words
from tandem.scaffold.storage.shapes import Field, Kind


@dataclass(frozen=True)
class Column:
    """`field` is what it is in the contract, None for what no answer shows. `links` is the table it refers to."""

    name: str
    kind: Kind
    field: Field | None
    is_needed: bool
    links: str = ""
    goes_with_it: bool = False

    @property
    def sql(self) -> str:
        return sql(self.name)

    @property
    def currency(self) -> str:
        return f"{self.name}_currency"

    @property
    def names(self) -> tuple[str, ...]:
        """Money takes two."""
        return (self.sql, self.currency) if self.kind is Kind.MONEY else (self.sql,)


class NotDerivable(Exception):
    """The contract does not say what an operation does; the reason is a sentence without its full stop."""


@dataclass(frozen=True)
class Scope:
    """A part of a thing's path before its own id: `loan_id` in `/loans/{loan_id}/notes/{note_id}`."""

    column: Column
    parent: str


@dataclass(frozen=True)
class Thing:
    """`noun` is in snake case. `columns` has all there are, those of `scopes` and the key included."""

    noun: str
    table: str
    repository: str
    path: str
    model: Model
    key: Column
    columns: tuple[Column, ...]
    scopes: tuple[Scope, ...]
    made: Column | None
    version: Column | None
    owner: Column | None
    missing: str

    @property
    def words(self) -> str:
        return self.noun.replace("_", " ")

    @property
    def variable(self) -> str:
        return variable(self.noun)

    @property
    def plural(self) -> str:
        return many_of(self.noun)

    @property
    def store(self) -> str:
        """The variable of its repository."""
        return variable(self.plural if self.plural != self.noun else f"all_{self.noun}")

    @property
    def seeded_as(self) -> str:
        """In the seed world things are called as in the path that lists them."""
        return snake_case(self.path.rpartition("/")[2].replace("-", "_"))

    @property
    def id(self) -> str:
        """The argument that is its id."""
        return f"{self.noun}_id"

    @property
    def missing_type(self) -> str:
        """The last word of the problem's type, as the kit makes it of the class."""
        return "-".join(words(self.missing))

    @property
    def shown(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.field is not None)

    @property
    def owner_is_shown(self) -> bool:
        return self.owner is not None and self.owner.field is not None

    @property
    def hides_its_owner(self) -> bool:
        return self.owner is not None and self.owner.field is None

    def column(self, field: str) -> Column | None:
        return next((one for one in self.shown if one.field and one.field.name == field), None)

    def named(self, name: str) -> Column | None:
        return next((one for one in self.columns if one.name == name), None)

    def attribute(self, column: Column) -> str:
        """How Python asks a model for it."""
        assert column.field is not None
        return self.model.attributes.get(column.field.name, snake(column.field.name))

    def with_owner(self, owner: Column) -> Thing:
        if owner in self.columns:
            return replace(self, owner=owner)
        return replace(self, owner=owner, columns=(*self.columns, owner))


def repository_of(noun: str) -> str:
    return pascal(many_of(noun))
