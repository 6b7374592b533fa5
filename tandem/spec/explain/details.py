"""The fields of a thing, and what one gives, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from tandem.spec.document import Located, Operation, as_list, as_mapping, as_text
from tandem.spec.explain.kinds import GENERAL, Kinds, may_be_empty
from tandem.spec.explain.model import Detail
from tandem.spec.explain.words import human, sentences

PAGING = frozenset({"limit", "cursor", "page", "page_size", "per_page", "offset", "starting_after", "ending_before"})
_MOST_OPTIONAL = 12
_LONGEST_EXAMPLE = 40
# Everybody knows what these look like.
_CLEAR_FORMATS = frozenset({"date", "date-time", "email", "uri", "uuid", "binary", "byte"})


def details(kinds: Kinds, schema: Any) -> list[Detail]:
    """Those of the thing itself; what stands in another thing is told there."""
    whole = kinds.merged(schema)
    required = set(map(str, as_list(whole.get("required"))))
    fields = {name: field for name, field in as_mapping(whole.get("properties")).items() if as_mapping(field)}
    found = [detail(kinds, name, field, optional=name not in required) for name, field in fields.items()]
    # `id` and `reference` would both be called a reference.
    return [replace(one, name="identifier") if name == "id" and "reference" in fields else one
            for name, one in zip(fields, found, strict=True)]  # fmt: skip


def detail(kinds: Kinds, name: str, field: Any, *, optional: bool, about: str = "") -> Detail:
    whole, kind, called = kinds.merged(field), kinds.kind(field), human(name)
    own = about or as_text(as_mapping(field).get("description"))
    # What the document says of money, days and times in general says nothing of this one.
    told = sentences(own or ("" if kind in GENERAL else as_text(whole.get("description"))), 200)
    if told.lower().rstrip(".") in {called, f"the {called}"}:
        told = ""
    return Detail(called, told, _unless_told(kind, told, whole), tuple(_remarks(whole)), optional)


def _unless_told(kind: str, about: str, schema: Mapping[str, Any]) -> str:
    """The kind, where the words about it do not make it clear already."""
    if not about:
        return "by its reference" if kind == "a reference" else kind
    values = [str(value) for value in as_list(schema.get("enum"))]
    is_told = kind in {"a reference", "text"} or (values and all(f"“{value}”" in about for value in values))
    return "" if is_told or kind.lower() == about.lower().rstrip(".") else kind


def _remarks(schema: Mapping[str, Any]) -> Iterator[str]:
    if may_be_empty(schema):
        yield "may be empty"
    if schema.get("readOnly") is True:
        yield "set by the service itself"
    if schema.get("writeOnly") is True:
        yield "never shown again"
    if schema.get("x-sensitive") is True:
        yield "private"
    default = schema.get("default")
    if isinstance(default, str | int | float) and default != "":
        said = {True: "yes", False: "no"}[default] if isinstance(default, bool) else f"“{default}”"
        yield f"{said} when left out"
    if schema.get("deprecated") is True:
        yield "being retired"
    if example := _example(schema):
        yield f"for example {example}"


def _example(schema: Mapping[str, Any]) -> str:
    """Only where the words do not say what it looks like."""
    is_plain_text = schema.get("type") in ("string", ["string", "null"]) and "enum" not in schema
    if not is_plain_text or schema.get("format") in _CLEAR_FORMATS:
        return ""
    example = next(iter(as_list(schema.get("examples"))), schema.get("example"))
    text = str(example) if isinstance(example, str | int) else ""
    return f"“{text}”" if 0 < len(text) <= _LONGEST_EXAMPLE and "_01k" not in text else ""


def given(kinds: Kinds, operation: Operation) -> tuple[list[Detail], int]:
    """What is given, the necessary first, and how much more there may be."""
    found = [*_from_parameters(kinds, operation), *_from_body(kinds, operation)]
    needed = [one for one in found if not one.optional]
    others = [one for one in found if one.optional]
    return [*needed, *others[:_MOST_OPTIONAL]], max(0, len(others) - _MOST_OPTIONAL)


def _from_parameters(kinds: Kinds, operation: Operation) -> Iterator[Detail]:
    for parameter in operation.parameters:
        value, name = parameter.value, str(parameter.value.get("name"))
        where, optional = value.get("in"), value.get("required") is not True
        is_setting = where in {"header", "cookie"} or (optional and name in PAGING)
        if is_setting or where not in {"path", "query"}:
            continue
        schema = as_mapping(value.get("schema")) or _first_schema(parameter)
        yield detail(kinds, name, schema, optional=optional, about=as_text(value.get("description")))


def _from_body(kinds: Kinds, operation: Operation) -> Iterator[Detail]:
    if operation.body is None:
        return
    optional = operation.body.value.get("required") is not True and operation.document.version.startswith("3.1")
    schema = _first_schema(operation.body)
    whole = kinds.merged(schema)
    if fields := details(kinds, schema):
        yield from (one for one in fields if "set by the service itself" not in one.remarks)
    elif schema and whole.get("type") != "object":
        named = kinds.resolved(schema)[1]
        yield detail(kinds, named or "content", schema, optional=optional, about=as_text(whole.get("description")))


def _first_schema(holder: Located) -> Mapping[str, Any]:
    for media in as_mapping(holder.value.get("content")).values():
        if schema := as_mapping(as_mapping(media).get("schema")):
            return schema
    return {}
