"""Prefixed, sortable ids: `acc_` and 26 characters, 48 bits of milliseconds and 80 of randomness (the ULID layout)."""

import secrets
import time
from collections.abc import Callable

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # pragma: allowlist secret


def new_id(
    prefix: str, now: Callable[[], float] = time.time, randomness: Callable[[int], int] = secrets.randbits
) -> str:
    value = (int(now() * 1000) << 80) | randomness(80)
    return f"{prefix}_" + "".join(_ALPHABET[(value >> shift) & 31] for shift in range(125, -1, -5))
