"""The models of a contract, as `tandem contract generate` writes them: which class is which schema, and its fields."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from tandem.kit.contract import Contract, Operation
from tandem.scaffold.storage.answers import answer_of
from tandem.scaffold.storage.shapes import Schema, fields_of
from tandem.spec.generate import python_of
from tandem.spec.models import class_names, contract_schemas, own_class


@dataclass(frozen=True)
class Model:
    """`attributes` maps a field of the contract to what it is called in Python."""

    name: str
    attributes: Mapping[str, str]
    needs: frozenset[str]
    is_object: bool
    is_closed: bool


@dataclass(frozen=True)
class Models:
    contract: Contract

    @cached_property
    def by_name(self) -> Mapping[str, Model]:
        schemas = contract_schemas(self.contract)
        if not schemas:
            return {}
        tree = ast.parse(python_of(schemas))
        nodes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
        found: dict[str, Model] = {}
        for node in nodes:
            found[node.name] = _model(node, found)
        return found

    @cached_property
    def _names(self) -> Mapping[str, str]:
        return class_names(self.contract)

    def of(self, schema: Schema | None) -> Model | None:
        """The class of a schema that has a name in the contract."""
        name = str((schema or {}).get("$ref", "")).rpartition("/")[2]
        return self._checked(schema, self._names.get(name, ""))

    def of_body(self, operation: Operation) -> Model | None:
        return self.of(operation.body) or self._checked(operation.body, own_class(operation, "Body"))

    def of_answer(self, operation: Operation) -> Model | None:
        answer = answer_of(operation)
        return self.of(answer) or self._checked(answer, own_class(operation, "Answer"))

    def _checked(self, schema: Schema | None, name: str) -> Model | None:
        """Of two that would be called alike, the generator renames one."""
        model = self.by_name.get(name)
        known = model is not None and fields_of(self.contract, schema).keys() <= model.attributes.keys()
        return model if known or (model and not model.is_object) else None


def _model(node: ast.ClassDef, known: Mapping[str, Model]) -> Model:
    bases = [known[base.id] for base in node.bases if isinstance(base, ast.Name) and base.id in known]
    attributes: dict[str, str] = {}
    needs: set[str] = set()
    for base in bases:
        attributes |= base.attributes
        needs |= base.needs
    for alias, attribute, is_needed in _fields(node):
        attributes[alias] = attribute
        needs = needs | {alias} if is_needed else needs - {alias}
    text = ast.unparse(node)
    return Model(node.name, attributes, frozenset(needs), "RootModel[" not in text, "extra='forbid'" in text)


def _fields(node: ast.ClassDef) -> Iterator[tuple[str, str, bool]]:
    for one in node.body:
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
            name = one.target.id
            yield _alias(one.value) or name, name, _is_needed(one.value)


def _alias(value: ast.expr | None) -> str:
    for keyword in value.keywords if isinstance(value, ast.Call) else ():
        if keyword.arg == "alias" and isinstance(keyword.value, ast.Constant):
            return str(keyword.value.value)
    return ""


def _is_needed(value: ast.expr | None) -> bool:
    first = value.args[0] if isinstance(value, ast.Call) and value.args else value
    return first is None or (isinstance(first, ast.Constant) and first.value is Ellipsis)
