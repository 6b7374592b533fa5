"""What an operation is called: its summary, or what can be read from its description or its path."""

from __future__ import annotations

import re

from tandem.spec.document import Operation
from tandem.spec.explain.words import article, capital, clean, human, plural, sentences, singular

_LONGEST = 90
_VERSION = re.compile(r"v?[0-9]+(\.[0-9]+)*|api|rest")
_VERBS = {
    "PUT": "Change",
    "PATCH": "Change",
    "DELETE": "Remove",
    "HEAD": "Look for",
    "OPTIONS": "Ask about",
    "TRACE": "Trace",
}


def title(operation: Operation) -> str:
    if operation.summary:
        return capital(clean(operation.summary).rstrip("."))
    first = sentences(operation.description, 1).rstrip(".")
    if operation.is_webhook:
        return capital(first if 0 < len(first) <= _LONGEST else human(operation.path))
    return _from_path(operation)


def segments(path: str) -> list[str]:
    """The words of a path, with `{}` where something is filled in."""
    parts = [re.sub(r"[{(].*[)}]", "{}", part.partition("#")[0]) for part in path.split("/") if part]
    return [part for part in parts if part == "{}" or not _VERSION.fullmatch(part)]


def _from_path(operation: Operation) -> str:
    parts = segments(operation.path)
    nouns = [human(part) for part in parts if "{}" not in part]
    if not nouns:
        return capital(human(operation.id)) if operation.id else str(operation)
    thing, owner = nouns[-1], f" of {article(singular(nouns[-2]))}" if len(nouns) > 1 else ""
    one = parts[-1] == "{}" or operation.method in {"PUT", "PATCH", "DELETE"}
    if operation.method == "GET":
        return f"See {article(singular(thing)) if one else f'the {thing}'}{owner}"
    if operation.method == "POST" and not one:
        is_verb = len(parts) > 1 and parts[-2] == "{}" and plural(singular(thing)) != thing
        if is_verb and len(nouns) > 1:
            return f"{capital(thing)} {article(singular(nouns[-2]))}"
        return f"Add {article(singular(thing))}{owner}"
    return f"{_VERBS.get(operation.method, 'Change')} {article(singular(thing))}{owner}"
