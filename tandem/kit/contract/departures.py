"""How an answer departs from its contract: each way as a sentence somebody can act on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import jsonschema_rs
import orjson

_MASK = "this value"
_LONGEST_TEXT = 200
_LONGEST_VALUE = 60
_KINDS: Mapping[type, str] = {
    bool: "a boolean",
    int: "an integer",
    float: "a number",
    str: "a string",
    list: "a list",
    dict: "an object",
}


class Departures:
    """Those of a JSON body from its schema. `hidden` are the names of fields whose values are not to be repeated."""

    def __init__(self, schema: Mapping[str, Any], hidden: frozenset[str] = frozenset()) -> None:
        self._validator = jsonschema_rs.Draft202012Validator(dict(schema), validate_formats=True, mask=_MASK)
        self._hidden = hidden

    def of(self, body: bytes) -> Iterator[str]:
        try:
            value = orjson.loads(body)
        except orjson.JSONDecodeError:
            yield "the body was not JSON"
            return
        if not self._validator.is_valid(value):
            for error in self._validator.iter_errors(value):
                yield self._sentence(error, value)

    def _sentence(self, error: jsonschema_rs.ValidationError, document: Any) -> str:
        where = _place(error.instance_path)
        details = error.kind.as_dict()
        match error.kind.name:
            case "type":
                wanted = " or ".join(sorted(details["types"], key="null".__eq__))
                return f"{where} was {_kind(_at(document, error.instance_path))}, the contract says {wanted}"
            case "required":
                missing = _place([*error.instance_path, details["property"]])
                return f"{missing} was missing, the contract requires it"
            case "enum":
                allowed = ", ".join(str(one) for one in details["options"])
                return f"{where} was {self._shown(error, document)}, the contract allows {allowed}"
            case "additionalProperties" | "unevaluatedProperties":
                extra = ", ".join(f"`{one}`" for one in details["unexpected"])
                return f"{where} had {extra}, which the contract does not know"
            case "falseSchema":
                return f"{where} was there, the contract allows nothing there"
            case "pattern":
                return f"{where} was {self._shown(error, document)}, which is not of the form {details['pattern']}"
            case "format":
                return f"{where} was {self._shown(error, document)}, the contract says {details['format']}"
            case "anyOf" | "oneOf" if all(branches := details["context"]):
                return self._alternatives(branches, document)
        return f"{where}: {error.message[:_LONGEST_TEXT]}"

    def _alternatives(self, branches: list[list[jsonschema_rs.ValidationError]], document: Any) -> str:
        """The one that came furthest is the one that was meant; where none did, what any of them would take."""
        kinds = [branch[0].kind for branch in branches]
        if all(kind.name == "type" for kind in kinds) and len({len(one[0].instance_path) for one in branches}) == 1:
            wanted = sorted((name for kind in kinds for name in kind.as_dict()["types"]), key="null".__eq__)
            path = branches[0][0].instance_path
            return f"{_place(path)} was {_kind(_at(document, path))}, the contract says {' or '.join(wanted)}"
        meant = [one for one in branches if one[0].kind.name != "type"]
        return self._sentence(max((branch[0] for branch in [*meant, *branches]), key=_depth), document)

    def _shown(self, error: jsonschema_rs.ValidationError, document: Any) -> str:
        if not self._hidden.isdisjoint(map(str, error.instance_path)):
            return "a value that is not shown"
        text = orjson.dumps(_at(document, error.instance_path)).decode()
        return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"


def unknown_status(status: int, known: Iterable[object]) -> str:
    return f"the status was {status}, the contract knows {', '.join(map(str, known)) or 'none'}"


def unknown_media_type(media_type: str | None, known: Iterable[str]) -> str:
    return f"the body was {media_type or 'of no kind'}, the contract says {' or '.join(known) or 'there is none'}"


def missing_header(name: str) -> str:
    return f"the header {name} was missing"


def _depth(error: jsonschema_rs.ValidationError) -> int:
    return len(error.instance_path)


def _place(path: list[str | int]) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return f"`{text}`" if text else "the body"


def _at(value: Any, path: list[str | int]) -> Any:
    for part in path:
        value = value[part]
    return value


def _kind(value: Any) -> str:
    return _KINDS.get(type(value), "null")
