"""Names that were nearly right."""

import difflib
from collections.abc import Iterable

from tandem.local.trouble import Refused


def one_of(name: str, known: Iterable[str], kind: str) -> str:
    """The name itself; a close one is only suggested, never taken."""
    names = sorted(known)
    if name in names:
        return name
    close = difflib.get_close_matches(name.lower(), names, n=1)
    hint = f"Did you mean `{close[0]}`?" if close else f"There are: {', '.join(names)}."
    raise Refused(f"There is no {kind} {name!r}. {hint}")
