"""Ids, numbers and moments as the contracts write them, drawn from a seeded source."""

import time
from random import Random

DAY = 86_400
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # pragma: allowlist secret
# Two letters at a time: a world has some twenty thousand ids.
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_SHIFTS = range(120, -1, -10)


def new_id(random: Random, prefix: str, moment: int) -> str:
    """Like the kit's: sortable by the second it was made."""
    value = (moment * 1000 << 80) | random.getrandbits(80)
    return f"{prefix}_" + "".join([_PAIRS[(value >> shift) & 1023] for shift in _SHIFTS])


def organisation_number(random: Random) -> str:
    digits = f"55{random.randrange(6, 10)}{random.randrange(10**6):06d}"
    return digits + luhn_digit(digits)


def luhn_digit(digits: str) -> str:
    """The check digit that follows `digits` (ISO/IEC 7812-1, annex B)."""
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(digits)))
    return str(-sum(number // 10 + number % 10 for number in doubled) % 10)


def instant(moment: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))


def day(moment: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(moment))


def money(hundredths: int, currency: str) -> dict[str, str]:
    sign, size = ("-", -hundredths) if hundredths < 0 else ("", hundredths)
    return {"amount": f"{sign}{size // 100}.{size % 100:02d}", "currency": currency}
