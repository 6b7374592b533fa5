"""Media types and statuses: which of the revision stands for which of the base."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tandem.spec.diff.comparer import Wire

_JSON = re.compile(r"application/(?:[\w.-]+\+)?json|[\w*]+/\*")


def wire(media_type: str) -> Wire:
    plain = _plain(media_type)
    if _JSON.fullmatch(plain) or plain.endswith("+json"):
        return Wire.JSON
    return Wire.FORM if plain == "application/x-www-form-urlencoded" else Wire.TEXT


def _plain(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()


def _parameters(media_type: str) -> frozenset[tuple[str, str]]:
    """Without the charset, which changes nothing about what a schema can see. A version is another matter."""
    pairs = (one.partition("=") for one in media_type.partition(";")[2].lower().split(";"))
    found = {(name.strip(), value.strip().strip('"')) for name, _, value in pairs if name.strip()}
    return frozenset(pair for pair in found if pair[0] != "charset")


def same_type(wanted: str, types: Mapping[str, Any]) -> str | None:
    """The entry that stands for `wanted`: itself, or the narrowest range it is in."""
    plain, parameters = _plain(wanted), _parameters(wanted)
    for name in (plain, f"{plain.partition('/')[0]}/*", "*/*"):
        fitting = [one for one in types if _plain(one) == name and _parameters(one) <= parameters]
        if fitting:
            return max(fitting, key=lambda one: len(_parameters(one)))
    return None


def within(media_range: str, types: Mapping[str, Any]) -> list[str]:
    """The entries that lie in a range such as `image/*`, or say more of the same type: a version, a profile."""
    plain, parameters = _plain(media_range), _parameters(media_range)
    if "*" not in plain:
        return [one for one in types if _plain(one) == plain and parameters < _parameters(one)]
    start = plain.removesuffix("*") if plain != "*/*" else ""
    return [one for one in types if _plain(one).startswith(start)]


def statuses(base: Mapping[str, Any], revision: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    """Each status of the base with the one that answers for it now: itself, its range, the default."""
    known = {str(one).upper(): one for one in revision}
    had_default = any(str(one).upper() == "DEFAULT" for one in base)
    for status in base:
        code = str(status).upper()
        for candidate in (code, f"{code[:1]}XX", "DEFAULT"):
            if candidate in known and not (candidate == "DEFAULT" and had_default and is_success(code)):
                yield status, known[candidate]
                break
        else:
            inside = [one for name, one in known.items() if code.endswith("XX") and name.startswith(code[0])]
            yield from ((status, one) for one in inside)
            if not inside:
                yield status, None


def is_success(status: str) -> bool:
    return str(status).startswith("2")
