"""What the contracts keep: collections, their items, and what each operation does to them, read off the shape alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from tandem.mock.operations import Document, Operation

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_TOTALS = ("total", "total_count", "totalCount", "total_items", "totalItems", "count")
_CURSORS = ("next_cursor", "nextCursor", "next_page_token", "nextPageToken", "next_marker", "next")
_MORES = ("has_more", "hasMore", "has_next", "hasNext")
_LISTS = ("items", "data", "results", "entries", "records", "values")


class Verb(StrEnum):
    LIST = "list"
    CREATE = "create"
    READ = "read"
    REPLACE = "replace"
    MERGE = "merge"
    DELETE = "delete"
    ACT = "act"
    VIEW = "view"


@dataclass(frozen=True)
class Page:
    """How a list is wrapped. `items` is None where the answer is the array itself."""

    items: str | None
    total: str | None = None
    cursor: str | None = None
    more: str | None = None


@dataclass(frozen=True, eq=False)
class Collection:
    """`/v1/cards` with its items at `/v1/cards/{card_id}`; `parameter` is None where an item has no address."""

    path: str
    parameter: str | None
    id_field: str
    noun: str
    parents: tuple[str, ...]
    document: Document
    item_schema: Mapping[str, Any]
    lister: Operation | None
    reader: Operation | None
    page: Page | None

    @cached_property
    def properties(self) -> Mapping[str, Any]:
        return properties(self.document, self.item_schema)

    @property
    def problem_name(self) -> str:
        return _WORD_START.sub("-", self.noun).lower()

    @cached_property
    def spoken(self) -> str:
        return _WORD_START.sub(" ", self.noun).lower()


@dataclass(frozen=True)
class Role:
    verb: Verb
    collection: Collection | None = None


class Resources:
    def __init__(self, operations: Iterable[Operation]) -> None:
        by_path: dict[str, dict[str, Operation]] = {}
        for one in operations:
            by_path.setdefault(one.path, {})[one.method] = one
        self.collections = {one.path: one for one in _collections(by_path)}
        named = [(one.parameter, one) for one in self.collections.values() if one.parameter not in (None, "id")]
        # A parameter that two collections share says nothing about which of them is meant.
        self.by_parameter = {str(name): one for name, one in named if sum(other == name for other, _ in named) == 1}
        self._by_item_path = {
            f"{one.path}/{{{one.parameter}}}": one for one in self.collections.values() if one.parameter
        }
        self._by_schema = {_identity(one.document, one.item_schema): one for one in self._by_item_path.values()}
        self._roles: dict[Operation, Role] = {}

    def role(self, operation: Operation) -> Role:
        if operation not in self._roles:
            self._roles[operation] = self._role_of(operation)
        return self._roles[operation]

    def _role_of(self, operation: Operation) -> Role:
        item, collection = self._by_item_path.get(operation.path), self.collections.get(operation.path)
        match operation.method:
            case "GET" if item is not None and operation.success.is_json:
                return Role(Verb.READ, item)
            case "GET" if collection is not None and collection.page is not None:
                return Role(Verb.LIST, collection)
            case "PUT" if item is not None:
                return Role(Verb.REPLACE, item)
            case "PATCH" if item is not None:
                return Role(Verb.MERGE, item)
            case "DELETE" if item is not None:
                return Role(Verb.DELETE, item)
            case "POST" if item is not None:
                return Role(Verb.MERGE, item)
            case "POST" | "PUT" | "PATCH" | "DELETE":
                return self._changing(operation, collection)
        return Role(Verb.VIEW)

    def _changing(self, operation: Operation, collection: Collection | None) -> Role:
        """A POST beside the collections: `/v1/purchases` makes transactions, `…/freeze` changes its card."""
        made = self._by_schema.get(_identity(operation.document, operation.success.schema))
        if operation.method == "POST" and (collection is not None or (made and operation.success.status == 201)):
            return Role(Verb.CREATE, self._linked(operation) or collection or made)
        owner = self._by_item_path.get(operation.path.rpartition("/")[0])
        if owner is not None and (made is owner or not operation.success.schema):
            return Role(Verb.ACT, owner)
        return Role(Verb.VIEW)

    def _linked(self, operation: Operation) -> Collection | None:
        """Where the answer's own link `self` leads is where the new thing is kept."""
        wanted = operation.success.links.get("self", {}).get("operationId")
        return next((one for one in self._by_item_path.values() if one.reader and one.reader.id == wanted), None)


def _collections(by_path: Mapping[str, Mapping[str, Operation]]) -> Iterable[Collection]:
    for path, methods in by_path.items():
        parent, _, last = path.rpartition("/")
        if re.fullmatch(r"\{[^}]+\}", last) and parent in by_path:
            yield _with_items(parent, last[1:-1], by_path[parent], methods)
    items = {path.rpartition("/")[0] for path in by_path if path.endswith("}")}
    for path, methods in by_path.items():
        if path not in items and not path.endswith("}") and "GET" in methods:
            page = page_of(methods["GET"])
            if page is not None and (page.total or page.cursor or page.more or "POST" in methods):
                yield _collection(path, None, methods, _item_schema(methods["GET"], page), None)


def _with_items(
    path: str, parameter: str, methods: Mapping[str, Operation], item: Mapping[str, Operation]
) -> Collection:
    reader = item.get("GET")
    source = reader or next((one for one in item.values() if one.success.schema), None) or methods.get("POST")
    page = page_of(methods["GET"]) if "GET" in methods else None
    schema = source.success.schema if source and source.success.schema else {}
    if not schema and page is not None:
        schema = _item_schema(methods["GET"], page)
    return _collection(path, parameter, methods, schema, reader)


def _collection(
    path: str,
    parameter: str | None,
    methods: Mapping[str, Operation],
    schema: Mapping[str, Any],
    reader: Operation | None,
) -> Collection:
    known = reader or next(iter(methods.values()))
    return Collection(
        path=path,
        parameter=parameter,
        id_field=_id_field(properties(known.document, schema), parameter),
        noun=_noun(schema, path),
        parents=tuple(re.findall(r"\{([^}]+)\}", path)),
        document=known.document,
        item_schema=schema,
        lister=methods.get("GET"),
        reader=reader,
        page=page_of(methods["GET"]) if "GET" in methods else None,
    )


def page_of(operation: Operation) -> Page | None:
    """How this operation wraps its list, or None where it answers no list."""
    document, schema = operation.document, operation.success.schema
    resolved = document.resolve(schema)
    if isinstance(resolved, Mapping) and resolved.get("type") == "array":
        return Page(None)
    fields = properties(document, schema)
    arrays = [name for name, one in fields.items() if _is_array_of_objects(document, one)]
    items = next((name for name in _LISTS if name in arrays), arrays[0] if len(arrays) == 1 else None)
    if items is None:
        return None
    total, cursor, more = (next((n for n in names if n in fields), None) for names in (_TOTALS, _CURSORS, _MORES))
    if items not in _LISTS and not (total or cursor or more):
        return None
    return Page(items, total, cursor, more)


def _is_array_of_objects(document: Document, schema: Any) -> bool:
    resolved = document.resolve(schema)
    if not isinstance(resolved, Mapping) or "items" not in resolved:
        return False
    return bool(properties(document, resolved["items"]))


def _item_schema(operation: Operation, page: Page) -> Mapping[str, Any]:
    schema = operation.success.schema
    holder = schema if page.items is None else properties(operation.document, schema).get(page.items, {})
    items = (operation.document.resolve(holder) or {}).get("items", {})
    return items if isinstance(items, Mapping) else {}


def properties(document: Document, schema: Any, depth: int = 0) -> dict[str, Any]:
    """The properties of an object schema, those of its `allOf` included."""
    resolved = document.resolve(schema)
    if not isinstance(resolved, Mapping) or depth > 8:
        return {}
    found: dict[str, Any] = {}
    for part in resolved.get("allOf") or ():
        found |= properties(document, part, depth + 1)
    own = resolved.get("properties")
    return found | own if isinstance(own, dict) else found


def _id_field(fields: Mapping[str, Any], parameter: str | None) -> str:
    candidates = [parameter or "id", "id", *(("uuid", "key", "code", "name", "slug") if parameter else ())]
    return next((name for name in candidates if name in fields), parameter or "id")


def _noun(schema: Mapping[str, Any], path: str) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    words = [part for part in path.split("/") if part and not part.startswith("{")]
    last = re.sub(r"[^A-Za-z0-9]+", " ", words[-1] if words else "thing").title().replace(" ", "")
    return last.removesuffix("s")


def _identity(document: Document, schema: Mapping[str, Any]) -> tuple[int, str]:
    reference = schema.get("$ref")
    return (id(document), str(reference)) if reference else (id(schema), "")
