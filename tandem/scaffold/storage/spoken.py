"""Rules that a contract says in words: which of them something keeps, and which wait for whoever writes the service."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tandem.draft.callers import reserved
from tandem.draft.limits import Limit, fixed_in, limit_of, limit_within
from tandem.draft.names import bare
from tandem.draft.sentences import rules_in
from tandem.kit.contract import Contract, Operation
from tandem.scaffold.storage.answers import answer_of, description_of
from tandem.scaffold.storage.examples import may
from tandem.scaffold.storage.inventory import Inventory
from tandem.scaffold.storage.names import words
from tandem.scaffold.storage.roles import Role, Verb
from tandem.scaffold.storage.shapes import Field, Kind, Schema, fields_of, flat

_MADE = 201
_CALLERS = ("customer", "support", "service")
_SIZES = ("minimum", "maximum")
_LENGTHS = ("minLength", "maxLength")
_LETTERS = frozenset({"character", "characters", "letter", "letters"})


class Keeper(StrEnum):
    NOBODY = "nobody"
    CONTRACT = "contract"  # its schemas and scopes, which the kit checks
    HANDLER = "handler"


@dataclass(frozen=True)
class Spoken:
    """`place` is an operation, or else the schema or the contract that says it of no operation that was found."""

    place: str
    rule: str
    keeper: Keeper = Keeper.NOBODY
    is_of_operation: bool = True

    @property
    def is_unchecked(self) -> bool:
        return self.keeper is Keeper.NOBODY


def spoken_rules(inventory: Inventory, roles: Sequence[Role]) -> tuple[Spoken, ...]:
    contract = inventory.contract
    by_id = {role.operation.id: role for role in roles}
    found: dict[tuple[str, str], Spoken] = {}
    for operation in contract.operations:
        for one in _Reader(inventory, operation, by_id.get(operation.id)).found():
            found.setdefault((one.place, one.rule), one)
    told = {rule for _, rule in found}
    left = [one for one in _of_no_operation(contract) if one.rule not in told]
    return (*found.values(), *left)


def unchecked_of(rules: Iterable[Spoken], operation: Operation) -> list[str]:
    return [one.rule for one in rules if one.is_of_operation and one.place == operation.id and one.is_unchecked]


def _of_no_operation(contract: Contract) -> Iterator[Spoken]:
    for rule in rules_in(str(contract.document["info"].get("description") or "")):
        yield Spoken(contract.title, rule, is_of_operation=False)
    schemas = (contract.document.get("components") or {}).get("schemas") or {}
    for name, schema in schemas.items():
        if isinstance(schema, Mapping) and schema.get("properties"):
            for rule in rules_in(str(schema.get("description") or "")):
                yield Spoken(name, rule, is_of_operation=False)


@dataclass(frozen=True)
class _Reader:
    """Of one operation. What it does is not known where it has no role."""

    inventory: Inventory
    operation: Operation
    role: Role | None

    @property
    def contract(self) -> Contract:
        return self.inventory.contract

    def found(self) -> Iterator[Spoken]:
        for rule in rules_in(description_of(self.contract, self.operation)):
            yield Spoken(self.operation.id, rule, self._keeper(rule))
        yield from self._of_body()
        for rule in self._of_thing():
            yield Spoken(self.operation.id, rule, self._keeper(rule))

    def _of_body(self) -> Iterator[Spoken]:
        whole = flat(self.contract, self.operation.body or {})
        for rule in rules_in(str(whole.get("description") or "")):
            yield Spoken(self.operation.id, rule, self._keeper(rule))
        for name, field in self._sent().items():
            said = whole["properties"][name]
            for rule in rules_in(str(said.get("description") or "")):
                limit = limit_of(rule) or limit_within(rule)
                keeper = Keeper.CONTRACT if limit and _holds(field, limit) else Keeper.NOBODY
                yield Spoken(self.operation.id, f"`{name}`: {rule}", keeper)

    def _of_thing(self) -> Iterator[str]:
        """What is said of every loan is for whoever makes one, or changes what the rule is about."""
        if not self._makes and (self.role is None or self.role.verb not in {Verb.CHANGE, Verb.REPLACE}):
            return
        shown: Schema = flat(self.contract, answer_of(self.operation) or {})
        named = [words(name) for name in self._sent()]
        for rule in rules_in(str(shown.get("description") or "")):
            if self._makes or any(_contains(words(rule), one) for one in named):
                yield rule

    @property
    def _makes(self) -> bool:
        if self.role is None:
            return self.operation.method == "POST" and self.operation.success.status == _MADE
        return self.role.verb is Verb.CREATE

    def _sent(self) -> Mapping[str, Field]:
        return fields_of(self.contract, self.operation.body) if self.operation.body is not None else {}

    def _keeper(self, rule: str) -> Keeper:
        step = self.role.step if self.role else None
        if step and step.rule and rule in step.rule.sentences:
            return Keeper.HANDLER
        is_kept = self._is_reserved(rule) or self._is_limited(rule) or self._is_fixed(rule)
        return Keeper.CONTRACT if is_kept else Keeper.NOBODY

    def _is_reserved(self, rule: str) -> bool:
        """“Only support can decline loans”, and no other kind of caller has the scope."""
        kinds, phrases = reserved(rule)
        if not phrases or not self.operation.scopes:
            return False
        own = {*words(self.operation.id), *words(self.operation.path), *bare(self.operation.summary)}
        said = [bare(one) for one in phrases]
        is_about_it = any(set(one) <= own for one in said) and all(set(one[1:]) <= own for one in said)
        allowed = {kind for kind in _CALLERS if may(self.contract, self.operation, kind)}
        return is_about_it and bool(allowed) and allowed <= kinds

    def _is_limited(self, rule: str) -> bool:
        limit = limit_of(rule)
        return limit is not None and any(
            bare(limit.subject) in _names_of(name, self.role) and _holds(field, limit)
            for name, field in self._sent().items()
        )

    def _is_fixed(self, rule: str) -> bool:
        """“The months cannot be changed”, and no request does."""
        subject, role = fixed_in(rule), self.role
        if not subject or role is None or role.verb not in {Verb.CHANGE, Verb.REPLACE}:
            return False
        names = {column.field.name for column in role.thing.shown if column.field}
        named = [name for name in names if bare(subject) in _names_of(name, role)]
        return bool(named) and not set(named) & set(role.sent)


def _names_of(name: str, role: Role | None) -> list[list[str]]:
    """`amount` is called the amount, the loan amount and the amount of a loan."""
    said = words(name)
    noun = role.thing.noun.split("_") if role else []
    return [said, [*noun, *said], [*said, *noun], words(name.removesuffix("_id"))]


def _holds(field: Field, limit: Limit) -> bool:
    is_text = field.kind is Kind.TEXT
    counts = set(words(limit.unit)) <= {*words(field.name), *(_LETTERS if is_text else ())}
    if not limit.is_whole or not counts or not (is_text or field.kind.is_integer):
        return False
    low, high = (field.schema.get(name) for name in (_LENGTHS if is_text else _SIZES))
    reaches_low = limit.low is None or (low is not None and low >= limit.low)
    return reaches_low and (limit.high is None or (high is not None and high <= limit.high))


def _contains(whole: Sequence[str], part: Sequence[str]) -> bool:
    return any(list(whole[at : at + len(part)]) == list(part) for at in range(len(whole) - len(part) + 1))
