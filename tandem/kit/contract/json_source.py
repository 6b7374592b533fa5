"""JSON the quick way: megabytes are read by C parsers, and lines are looked for only when somebody asks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import orjson

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\],\n]|[^\s{}\[\],:"]++')


class NotJson(ValueError):
    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason, self.line = reason, line


class _Twice(ValueError):
    pass


def parse(text: str) -> Any:
    """The value of a JSON text; raises NotJson, also when a field stands twice in one object."""
    try:
        # The strict judge: it refuses NaN, 1e999 and half a surrogate pair, which the parser below lets through.
        orjson.loads(text)
        return json.loads(text, object_pairs_hook=_object)
    except orjson.JSONDecodeError as error:
        if "depth" in error.msg or "recursion" in error.msg.lower():
            raise NotJson("is nested too deeply to be read") from None
        raise NotJson(f"is not valid JSON: {error.msg}", error.lineno) from None
    except _Twice as error:
        raise NotJson(f"`{error}` stands twice in one object", _line_of_repetition(text)) from None
    except RecursionError:
        raise NotJson("is nested too deeply to be read") from None


def lines(text: str) -> dict[str, int]:
    """The 1-based line of every value by JSON Pointer, for a text that `parse` has read."""
    return dict(_positions(text))


def _line_of_repetition(text: str) -> int | None:
    seen: set[str] = set()
    for pointer, line in _positions(text):
        if pointer in seen:
            return line
        seen.add(pointer)
    return None


def _positions(text: str) -> Iterator[tuple[str, int]]:
    """In the order of the text. `key` is the name that waits for its value, `index` counts where there are no names."""
    line, here, key, index = 1, "", None, None
    outside: list[tuple[str, str | None, int | None]] = []
    for token in map(re.Match.group, _TOKEN.finditer(text)):
        mark = token[0]
        if mark == "\n":
            line += 1
        elif mark in "}]":
            here, key, index = outside.pop()
        elif mark == ",":
            key, index = None, None if index is None else index + 1
        elif mark == '"' and outside and index is None and key is None:
            key = (json.loads(token) if "\\" in token else token[1:-1]).replace("~", "~0").replace("/", "~1")
        else:
            pointer = f"{here}/{key if index is None else index}" if outside else ""
            yield pointer, line
            if mark in "{[":
                outside.append((here, key, index))
                here, key, index = pointer, None, 0 if mark == "[" else None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise _Twice(next(name for name in names if names.count(name) > 1))
    return found
