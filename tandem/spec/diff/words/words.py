"""What is said of one kind of change.

The texts are templates. `{at}` is the spot that changed, `{it}` the member of it that did, `{name}` that by its bare
name, `{before}` and `{after}` what the contract said, and `{change}` both as "goes from 5 to 3".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

RETIRE: Final = (
    "Add the new beside the old, let apps move over, then announce the end of the old with `deprecated: true` and "
    "an `x-sunset` date."
)
KEEP_TAKING: Final = "Keep accepting what was accepted, and refuse it only in a new major version."
KEEP_SENDING: Final = (
    "Keep sending what was promised. Add what is new beside it, in a field or an operation that apps can choose."
)
OPTIONAL: Final = "Make it optional, and let the service fill in what is missing."


@dataclass(frozen=True, slots=True)
class Words:
    """`sends` and `reads` say who breaks, for apps that send and apps that read; `plain` is for a product manager."""

    what: str
    sends: str = ""
    reads: str = ""
    advice: str = ""
    plain: str = ""
