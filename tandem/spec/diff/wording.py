"""A finding in plain sentences: what changed, who breaks, what to do instead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tandem.spec.diff.changes import Direction
from tandem.spec.diff.findings import Finding
from tandem.spec.diff.names import Exact, Plain, where
from tandem.spec.diff.words import WORDS, Words

_NOTHING = frozenset({"", "none", "None", "any"})
_EXACT = Exact()
# What these rules speak of is a member of the spot, and the spot is what contains it.
_OF_A_MEMBER = "property"
_UNKNOWN = Words(
    "{at} changed ({rule})",
    "Apps that send it as before may be refused.",
    "Apps that read it may receive something which they were told would never come.",
)


@dataclass(frozen=True, slots=True)
class Said:
    """`plain` and `plain_who` are in the words of a product manager. `who` is empty when nobody breaks."""

    what: str
    plain: str
    who: tuple[str, ...]
    plain_who: tuple[str, ...]
    advice: str


def said(finding: Finding, plain: Plain) -> Said:
    words = WORDS.get(finding.rule, _UNKNOWN)
    fill, fill_plainly = _filler(finding, _EXACT), _filler(finding, plain)
    sentences = {Direction.REQUEST: words.sends or _UNKNOWN.sends, Direction.RESPONSE: words.reads or _UNKNOWN.reads}
    broken = tuple(dict.fromkeys(sentences[direction] for direction in finding.breaks))
    return Said(
        what=fill(words.what),
        plain=fill_plainly(words.plain or words.what),
        who=tuple(map(fill, broken)),
        plain_who=tuple(map(fill_plainly, broken)),
        advice=fill(words.advice) if broken else "",
    )


def _filler(finding: Finding, names: Exact | Plain) -> Callable[[str], str]:
    change, spot = finding.change, where(finding)
    values = {
        "at": names.at(spot),
        "it": names.at(spot.inside(change.subject) if _OF_A_MEMBER in finding.rule else spot),
        "name": _naming(finding.rule, names)(change.subject),
        "before": names.name(change.before),
        "after": names.name(change.after),
        "change": _from_to(change.before, change.after, names),
        "when": "" if change.after in _NOTHING else f", on {change.after}",
        "rule": finding.rule,
    }

    def fill(template: str) -> str:
        text = template.format_map(values)
        return text[:1].upper() + text[1:]

    return fill


def _naming(rule: str, names: Exact | Plain) -> Callable[[str], str]:
    """What the subject of such a change is: an operation, a kind of value, or the name of something."""
    if rule.startswith(("operation-", "webhook-")):
        return names.operation
    return names.kinds if rule.startswith("type-") else names.name


def _from_to(before: str, after: str, names: Exact | Plain) -> str:
    if before in _NOTHING:
        return f"is now {names.name(after)}, where there was none" if after not in _NOTHING else "changed"
    if after in _NOTHING:
        return f"is gone; it was {names.name(before)}"
    return f"goes from {names.name(before)} to {names.name(after)}"
