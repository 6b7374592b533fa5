"""Texts that a regular expression accepts: the shortest the pattern allows, the same for the same number."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

# The parser that `re` itself uses; there is no public one.
_parser: Any = re._parser  # noqa: SLF001 - see above
_ALPHABET = string.digits + string.ascii_lowercase + string.ascii_uppercase + "-_ .:/@+"
_CATEGORIES = {
    "CATEGORY_DIGIT": string.digits,
    "CATEGORY_WORD": string.digits + string.ascii_letters + "_",
    "CATEGORY_SPACE": " ",
    "CATEGORY_NOT_DIGIT": string.ascii_lowercase,
    "CATEGORY_NOT_WORD": "-",
    "CATEGORY_NOT_SPACE": string.ascii_lowercase + string.digits,
}


@lru_cache(2000)
def text_for(pattern: str, least: int = 0, number: int = 0) -> str | None:
    """A text of at least `least` characters in which the pattern is found; None where we cannot make one."""
    try:
        parsed = _parser.parse(pattern)
        wanted = re.compile(pattern)
    except re.error:
        return None
    for extra in (0, least, least // 2 + 1):
        writer = _Writer(number, extra)
        text = writer.all(parsed)
        if not pattern.endswith("$"):
            text = text.ljust(least, "x")
        if len(text) >= least and wanted.search(text):
            return text
    return None


class _Writer:
    """`extra` repetitions beyond the least stretch a text that would be too short."""

    def __init__(self, number: int, extra: int) -> None:
        self._number = number
        self._extra = extra
        self._groups: dict[int, str] = {}

    def all(self, parsed: Iterable[tuple[Any, Any]]) -> str:
        return "".join(self._one(str(kind), value) for kind, value in parsed)

    def _one(self, kind: str, value: Any) -> str:
        match kind:
            case "LITERAL":
                return chr(value)
            case "NOT_LITERAL":
                return "x" if value != ord("x") else "y"
            case "ANY":
                return "x"
            case "IN":
                return self._choice(_members(value))
            case "BRANCH":
                return self.all(value[1][0])
            case "SUBPATTERN":
                self._groups[value[0]] = self.all(value[-1])
                return self._groups[value[0]]
            case "GROUPREF":
                return self._groups.get(value, "")
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                least, most, inside = value
                return "".join(self.all(inside) for _ in range(max(least, min(int(most), least + self._extra))))
            case "CATEGORY":
                return self._choice(_CATEGORIES.get(str(value), "x"))
        return ""

    def _choice(self, characters: str) -> str:
        chosen = characters[self._number % len(characters)] if characters else "x"
        self._number //= max(len(characters), 1)
        return chosen


def _members(parts: list[tuple[Any, Any]]) -> str:
    negated = str(parts[0][0]) == "NEGATE"
    found = ""
    for kind, value in parts[1:] if negated else parts:
        match str(kind):
            case "LITERAL":
                found += chr(value)
            case "RANGE":
                found += "".join(map(chr, range(value[0], min(value[1], value[0] + 200) + 1)))
            case "CATEGORY":
                found += _CATEGORIES.get(str(value), "x")
    return "".join(one for one in _ALPHABET if one not in found) if negated else found
