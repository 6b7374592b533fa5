"""Names that were nearly right."""

import difflib
from collections.abc import Iterable

from tandem.local.trouble import Refused


def one_of(name: str, known: Iterable[str], kind: str) -> str:
    """The name itself; a close one, or the last part of `card.getCard`, is only suggested, never taken."""
    names = sorted(known)
    if name in names:
        return name
    spelled = {full.rpartition(".")[2].lower(): full for full in names} | {full.lower(): full for full in names}
    close = difflib.get_close_matches(name.lower(), spelled, n=1)
    short = [full for full in names if "." not in full] or names
    there_are = f"There are: {', '.join(short)}." if short else "There is none yet."
    hint = f"Did you mean `{spelled[close[0]]}`?" if close else there_are
    raise Refused(f"There is no {kind} {name!r}. {hint}")
