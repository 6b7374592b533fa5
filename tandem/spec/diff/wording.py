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
    """`plain` is `what` in the words of a product manager. `who` is empty when nobody breaks."""

    what: str
    plain: str
    who: tuple[str, ...]
    advice: str


def said(finding: Finding, plain: Plain) -> Said:
    words = WORDS.get(finding.rule, _UNKNOWN)
    fill = _filler(finding, _EXACT)
    sentences = {Direction.REQUEST: words.sends or _UNKNOWN.sends, Direction.RESPONSE: words.reads or _UNKNOWN.reads}
    who = tuple(dict.fromkeys(fill(sentences[direction]) for direction in finding.breaks))
    return Said(
        what=fill(words.what),
        plain=_filler(finding, plain)(words.plain or words.what),
        who=who,
        advice=fill(words.advice) if who else "",
    )


def _filler(finding: Finding, names: Exact | Plain) -> Callable[[str], str]:
    change, spot = finding.change, where(finding)
    name = names.operation if finding.rule.startswith(("operation-a", "operation-r", "webhook")) else names.name
    values = {
        "at": names.at(spot),
        "it": names.at(spot.inside(change.subject) if _OF_A_MEMBER in finding.rule else spot),
        "name": name(change.subject),
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


def _from_to(before: str, after: str, names: Exact | Plain) -> str:
    if before in _NOTHING:
        return f"is now {names.name(after)}, where there was none" if after not in _NOTHING else "changed"
    if after in _NOTHING:
        return f"is gone; it was {names.name(before)}"
    return f"goes from {names.name(before)} to {names.name(after)}"
