"""Ids: new ones that look like those of the contract, and one id put in the place of another wherever it stands."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

from tandem.mock.patterns import text_for
from tandem.mock.resources import Collection

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_TAIL_DIGITS = 6
# Where counting begins: ids of made-up list entries and ids of what was created never meet.
FILLED, CREATED = 900_000, 100_000


def new_id(collection: Collection, like: Any, number: int) -> Any:
    """An id of this collection, another one for each number, shaped like `like` and allowed by the schema."""
    schema = collection.document.resolve(collection.properties.get(collection.id_field, {}))
    schema = schema if isinstance(schema, Mapping) else {}
    if isinstance(like, int) or schema.get("type") == "integer":
        return number
    text = str(like) if isinstance(like, str) and like != "string" else ""
    if _UUID.fullmatch(text) or schema.get("format") == "uuid":
        return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{collection.path}{number}"))
    pattern = schema.get("pattern")
    made = text[:-_TAIL_DIGITS] + str(number) if len(text) > 2 * _TAIL_DIGITS else f"{collection.problem_name}-{number}"
    if pattern and not _fits(pattern, made):
        return text_for(pattern, int(schema.get("minLength", 0)), number) or made
    return made


def _fits(pattern: str, text: str) -> bool:
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return True


def rewritten(value: Any, ids: Mapping[str, str]) -> Any:
    """A copy with each id that is a key of `ids` replaced, everywhere; the value itself where there is none."""
    if not ids:
        return value
    if isinstance(value, str):
        return ids.get(value, value)
    if isinstance(value, list):
        return [rewritten(one, ids) for one in value]
    if isinstance(value, dict):
        return {key: rewritten(one, ids) for key, one in value.items()}
    return value


def stamped(value: Any, names: Mapping[str, str]) -> Any:
    """A copy in which every field called like a parameter has that parameter's value, if it is of its kind."""
    if isinstance(value, list):
        return [stamped(one, names) for one in value]
    if isinstance(value, dict):
        return {key: _like(one, names[key]) if key in names else stamped(one, names) for key, one in value.items()}
    return value


def _like(old: Any, text: str) -> Any:
    if isinstance(old, (bool, dict, list)):
        return old
    if isinstance(old, int):
        return int(text) if text.lstrip("-").isdecimal() else old
    return text
