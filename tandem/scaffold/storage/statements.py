"""Pieces of SQL and of Python source that fit the width of a line."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import Any

from tandem.scaffold.storage.things import Column, Thing
from tandem.spec.generate import formatted

_WIDTH = 116
_LONGEST_TEXT = 70
_INSIDE_METHOD = 12


def listed(items: Iterable[str], indent: int = _INSIDE_METHOD, first: int = 0) -> str:
    """Items with commas between, on as many lines as they need; `first` is what stands before them on the first."""
    text = textwrap.fill(
        ", ".join(items), _WIDTH - indent, initial_indent=" " * first, break_long_words=False, break_on_hyphens=False
    )
    return text[first:].replace("\n", f"\n{' ' * (indent + 4)}")


def names(columns: Iterable[Column]) -> list[str]:
    return [name for column in columns for name in column.names]


def shown(thing: Thing, indent: int = _INSIDE_METHOD, first: int = 10) -> str:
    return listed(names(thing.shown), indent, first)


def tidy(source: str) -> str:
    """As ruff would write it; imports that turned out to be needless go."""
    return formatted(source)


def literal(value: Any) -> str:
    """As Python source; a long text is put together from parts that fit on a line."""
    match value:
        case dict():
            return "{" + ", ".join(f"{literal(key)}: {literal(one)}" for key, one in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(literal, value)) + "]"
        case str() if len(value) > _LONGEST_TEXT:
            parts = [value[at : at + _LONGEST_TEXT] for at in range(0, len(value), _LONGEST_TEXT)]
            return "(" + " ".join(map(repr, parts)) + ")"
    return repr(value)


def statement(*lines: str) -> str:
    """A text of several lines as it stands in a method."""
    body = "\n".join(f"{' ' * _INSIDE_METHOD}{line}" for line in lines if line)
    return f'"""\n{body}\n{" " * _INSIDE_METHOD}"""'


def arguments(*expressions: str) -> str:
    """One a line, as after a statement."""
    return "".join(f"            {one},\n" for one in expressions)
