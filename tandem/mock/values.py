"""Values as the schema wants them, where Prism says "string": pattern, format, bounds and what is required."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from tandem.mock.operations import Document
from tandem.mock.patterns import text_for

_DEEPEST = 24
_FORMATS: dict[str, tuple[str, str]] = {
    "date-time": (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", "2026-11-15T09:30:00Z"),
    "date": (r"\d{4}-\d\d-\d\d", "2026-11-15"),
    "time": (r"\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?", "09:30:00Z"),
    "duration": (r"P.+", "P1D"),
    "email": (r"[^@\s]+@[^@\s]+\.[^@\s]+", "anna@example.com"),
    "uuid": (r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", "01890a5d-ac96-774b-bcce-b302099a8057"),
    "uri": (r"[a-zA-Z][a-zA-Z0-9+.-]*:\S+", "https://example.com/"),
    "url": (r"[a-zA-Z][a-zA-Z0-9+.-]*:\S+", "https://example.com/"),
    "uri-reference": (r"[^\s\\]+", "/example"),
    "hostname": (r"[A-Za-z0-9.-]+\.[A-Za-z]+", "example.com"),
    "ipv4": (r"\d{1,3}(\.\d{1,3}){3}", "192.0.2.1"),
    "ipv6": (r"[0-9a-fA-F:]*:[0-9a-fA-F:.]+", "2001:db8::1"),
    "decimal": (r"-?\d+(\.\d+)?", "100.00"),
    "byte": (r"[A-Za-z0-9+/]*={0,2}", "dGFuZGVt"),
}


def mended(document: Document, schema: Any, value: Any, depth: int = 0) -> Any:
    """`value` with every part that its schema forbids put right; a schema that only nests is left at some depth."""
    resolved = _flat(document, schema)
    if depth > _DEEPEST or not resolved:
        return value
    if "const" in resolved:
        return resolved["const"]
    if isinstance(resolved.get("enum"), list) and value not in resolved["enum"]:
        return resolved["enum"][0] if resolved["enum"] else value
    for part in resolved.get("allOf") or ():
        value = mended(document, part, value, depth + 1)
    branches = resolved.get("anyOf") or resolved.get("oneOf")
    if branches:
        value = mended(document, _branch(document, branches, value), value, depth + 1)
    return _typed(document, resolved, value, depth)


def sample(document: Document, schema: Any, depth: int = 0) -> Any:
    """A value of the schema from nothing."""
    resolved = _flat(document, schema)
    for key in ("example", "default", "const"):
        if key in resolved:
            return resolved[key]
    if resolved.get("examples") and isinstance(resolved["examples"], list):
        return resolved["examples"][0]
    start = _EMPTY.get(_type(resolved) or "string", lambda: "string")()
    return mended(document, schema, start, depth)


def _typed(document: Document, schema: Mapping[str, Any], value: Any, depth: int) -> Any:
    wanted = _types(schema)
    if value is None and ("null" in wanted or not wanted):
        return None
    kind = _type(schema)
    if kind and not _is(value, wanted):
        value = _EMPTY[kind]()
    match value:
        case dict():
            return _object(document, schema, value, depth)
        case list():
            return _array(document, schema, value, depth)
        case str():
            return _text(schema, value)
        case bool():
            return value
        case int() | float():
            return _number(schema, value)
    return value


def _object(document: Document, schema: Mapping[str, Any], value: dict[str, Any], depth: int) -> dict[str, Any]:
    fields = schema.get("properties") or {}
    done = {key: mended(document, fields[key], one, depth + 1) if key in fields else one for key, one in value.items()}
    for name in schema.get("required") or ():
        if name not in done and depth < _DEEPEST:
            done[name] = sample(document, fields.get(name, {}), depth + 1)
    return done


def _array(document: Document, schema: Mapping[str, Any], value: list[Any], depth: int) -> list[Any]:
    items = schema.get("items") or {}
    done = [mended(document, items, one, depth + 1) for one in value[: schema.get("maxItems", len(value))]]
    while len(done) < min(int(schema.get("minItems", 0)), 50):
        done.append(sample(document, items, depth + 1))
    return done


def _text(schema: Mapping[str, Any], value: str) -> str:
    least, most = int(schema.get("minLength", 0)), schema.get("maxLength")
    pattern, known = schema.get("pattern"), _FORMATS.get(str(schema.get("format")))
    if pattern and not _found(pattern, value):
        fits = known is not None and _found(pattern, known[1])
        value = known[1] if known and fits else text_for(pattern, least) or value
    elif known and not re.fullmatch(known[0], value):
        value = known[1]
    if len(value) < least and not pattern:
        value = value.ljust(least, "x")
    return value[:most] if isinstance(most, int) and not pattern else value


def _found(pattern: str, value: str) -> bool:
    try:
        return re.search(pattern, value) is not None
    except re.error:
        # An expression of another dialect: we can neither check nor make one.
        return True


def _number(schema: Mapping[str, Any], value: float) -> float:
    step = schema.get("multipleOf") or (1 if "integer" in _types(schema) else 0)
    low, high = schema.get("minimum"), schema.get("maximum")
    if isinstance(schema.get("exclusiveMinimum"), (int, float)):
        low = max(low if low is not None else -math.inf, schema["exclusiveMinimum"] + (step or 1e-6))
    if isinstance(schema.get("exclusiveMaximum"), (int, float)):
        high = min(high if high is not None else math.inf, schema["exclusiveMaximum"] - (step or 1e-6))
    if low is not None and value < low:
        value = math.ceil(low / step) * step if step else low
    if high is not None and value > high:
        value = math.floor(high / step) * step if step else high
    return round(value / step) * step if step and value % step else value


def _branch(document: Document, branches: list[Any], value: Any) -> Any:
    fitting = (one for one in branches if _is(value, _types(_flat(document, one))))
    return next(fitting, branches[0])


def _flat(document: Document, schema: Any) -> Mapping[str, Any]:
    """What the schema refers to, with what stands beside the reference."""
    if not isinstance(schema, Mapping):
        return {}
    if "$ref" not in schema:
        return schema
    target = document.resolve(schema)
    beside = {key: one for key, one in schema.items() if key != "$ref"}
    return {**target, **beside} if isinstance(target, Mapping) else {}


def _types(schema: Mapping[str, Any]) -> list[str]:
    said = schema.get("type")
    if said is None and "properties" in schema:
        return ["object"]
    return [said] if isinstance(said, str) else list(said or ())


def _type(schema: Mapping[str, Any]) -> str | None:
    return next((one for one in _types(schema) if one != "null"), None)


def _is(value: Any, types: list[str]) -> bool:
    return not types or any(_CHECKS.get(one, lambda _: True)(value) for one in types)


_EMPTY: dict[str, Callable[[], Any]] = {
    "object": dict,
    "array": list,
    "string": lambda: "string",
    "integer": int,
    "number": int,
    "boolean": lambda: True,
    "null": lambda: None,
}
_CHECKS: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}
