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
    """Without parameters: a charset changes nothing about what a schema can see."""
    return media_type.partition(";")[0].strip().lower()


def same_type(wanted: str, types: Mapping[str, Any]) -> str | None:
    """The entry that stands for `wanted`: itself, or the narrowest range it is in."""
    plain = _plain(wanted)
    by_name: dict[str, str] = {_plain(one): one for one in reversed(list(types))}
    for candidate in (plain, f"{plain.partition('/')[0]}/*", "*/*"):
        if candidate in by_name:
            return by_name[candidate]
    return None


def within(media_range: str, types: Mapping[str, Any]) -> list[str]:
    """The entries that lie in a range such as `image/*`."""
    plain = _plain(media_range)
    if "*" not in plain:
        return []
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
