"""Names that others chose, as names that Python and PostgreSQL take."""

from __future__ import annotations

import builtins
import hashlib
import keyword
import re
from collections.abc import Collection, Iterable

from tandem.draft.names import plain, plural, singular
from tandem.draft.reserved import RESERVED_WORDS

_LONGEST_IDENTIFIER = 63
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+|[0-9]+")


def words(name: str) -> list[str]:
    """`AccountID`, `account-id` and `account_id` are the same two words."""
    return [word.lower() for word in _WORD.findall(plain(name))]


def snake(name: str) -> str:
    """A name that a variable may have; `field` where nothing of it can be used."""
    found = "_".join(words(name)) or "field"
    return f"n{found}" if found[0].isdigit() else found


def pascal(name: str) -> str:
    return "".join(word.capitalize() for word in snake(name).split("_"))


def one_of(name: str) -> str:
    """The singular: `contact-persons` is a list of `contact_person`."""
    *before, last = snake(name).split("_")
    return "_".join([*before, singular(last)])


def many_of(name: str) -> str:
    *before, last = name.split("_")
    return "_".join([*before, last if singular(last) != last else plural(last)])


def variable(name: str) -> str:
    """With an underscore behind it where Python has a meaning for it."""
    return f"{name}_" if keyword.iskeyword(name) or name in _TAKEN else name


def identifier(name: str) -> str:
    """As PostgreSQL keeps it: no longer than it can be, and two long ones stay two."""
    found = snake(name)
    if len(found) <= _LONGEST_IDENTIFIER:
        return found
    digest = hashlib.blake2s(name.encode(), digest_size=4).hexdigest()
    return f"{found[: _LONGEST_IDENTIFIER - 9]}_{digest}"


def sql(name: str) -> str:
    """As it stands in a statement."""
    return f'"{name}"' if name in RESERVED_WORDS else name


def free(candidates: Iterable[str], taken: Collection[str]) -> str:
    """The first that nobody has, or the last with a number."""
    last = ""
    for last in candidates:
        if last not in taken:
            return last
    return next(name for number in range(2, len(taken) + 3) if (name := f"{last}{number}") not in taken)


_TAKEN = frozenset(dir(builtins)) | {"call", "body", "json", "datetime"}
