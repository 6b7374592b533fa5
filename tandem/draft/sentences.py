"""Rules among the sentences of a contract: a draft writes them so that whoever makes the service finds each again."""

from __future__ import annotations

import re

_MARK = "Rule: "
# No sentence ends there.
_SHORT = ("e.g.", "i.e.", "approx.", "max.", "min.", "incl.", "excl.", "no.", "vs.", "cf.")
_RULE = re.compile(
    r"\b(?:cannot|can not|must|may not|shall|never|unless|has to|have to)\b"
    r"|\b(?:at most|at least|no more than|not more than|no less than|no fewer than|no later than|not allowed)\b"
    r"|\bonly\b.*\b(?:can|may)\b|\bonly (?:if|when|while|once|after|before|until|by)\b"
    r"|\b(?:nobody|no one|nothing)\b.*\b(?:can|may)\b",
    re.IGNORECASE,
)


def sentences(text: str) -> list[str]:
    """Without their full stops."""
    found: list[str] = []
    for part in re.split(r"(?<=[.!?])\s+", " ".join(text.split())):
        if found and found[-1].lower().endswith(_SHORT):
            found[-1] += f" {part}"
        else:
            found.append(part)
    return [one.removesuffix(".") for one in found if one]


def rules_in(text: str) -> list[str]:
    """The sentences that ask for something which somebody has to see to."""
    return [one.removeprefix(_MARK) for one in sentences(text) if one.startswith(_MARK) or _RULE.search(one)]


def as_rule(text: str) -> str:
    """As it stands in a contract: named a rule where its words do not show it."""
    marked = (one if _RULE.search(one) else f"{_MARK}{one}" for one in sentences(text))
    return " ".join(f"{one}{'' if one.endswith(('!', '?')) else '.'}" for one in marked)


def as_sentence(text: str) -> str:
    """So that what follows is another one."""
    return text if text.endswith((".", "!", "?")) else f"{text}."
