"""Limits as people write them: `months is between 3 and 60`, `the note cannot exceed 1,000 characters`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_RELATIONS = {
    "above": ">", "more than": ">", "over": ">", "exceed": ">", "at least": ">=", "no less than": ">=",
    "not less than": ">=", "below": "<", "less than": "<", "under": "<", "at most": "<=", "up to": "<=",
    "no more than": "<=", "not more than": "<=", "between": "between",
}  # fmt: skip
_OPPOSITES = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}
_SHAPE = re.compile(
    r"(?:the |an? )?(?P<subject>.+?) "
    r"(?P<how>(?:must not|cannot|can not|may not)(?: be)?|(?:is|are) not|is|are|has|must be|has to be|may be|can be) "
    rf"(?P<limit>{'|'.join(_RELATIONS)})\b ?(?P<rest>.*)",
    re.IGNORECASE,
)
_PART = re.compile(
    r".*?\b(?P<limit>at least|at most|up to|no less than|no more than|between) (?P<rest>.+)", re.IGNORECASE
)
_SEVERAL = re.compile(
    rf"(?P<first>.+?) (?P<joint>and|but|or) (?P<second>(?:{'|'.join(_RELATIONS)})\b.+)", re.IGNORECASE
)
_FIXED = re.compile(
    r"(?P<subject>.+?) (?:(?:must not|cannot|can not|may not) be changed|never changes?|(?:is|are) fixed)",
    re.IGNORECASE,
)
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_FIGURE = rf"(?:-?\d+(?:[, ]\d{{3}})*(?:\.\d+)?(?!\w|\.\d)|(?:{'|'.join(_NUMBERS)})\b)"
_ONE = re.compile(rf"({_FIGURE})(.*)", re.IGNORECASE)
_TWO = re.compile(rf"({_FIGURE}) (?:and|to) ({_FIGURE})(.*)", re.IGNORECASE)


@dataclass(frozen=True)
class Limit:
    """`relation` is to the only figure, or `between`; “above many” has no figure. `unit` is what is said after it."""

    subject: str
    said: str
    relation: str
    figures: tuple[Decimal, ...]
    unit: str

    @property
    def is_whole(self) -> bool:
        return bool(self.figures) and all(one % 1 == 0 for one in self.figures)

    @property
    def low(self) -> int | None:
        """Of whole numbers."""
        return int(self.figures[0]) + (self.relation == ">") if self.relation in {">", ">=", "between"} else None

    @property
    def high(self) -> int | None:
        return int(self.figures[-1]) - (self.relation == "<") if self.relation in {"<", "<=", "between"} else None

    @property
    def words(self) -> str:
        """In one way, however it was written."""
        if self.relation == "between":
            return f"between {self.figures[0]} and {self.figures[1]}"
        named = {">": "more than", ">=": "at least", "<": "less than", "<=": "at most"}
        return f"{named[self.relation]} {self.figures[0]}"


def limit_of(text: str) -> Limit | None:
    """Of a sentence that is one. “May be above 3” is none, and neither is “is not between 3 and 4”."""
    found = _SHAPE.fullmatch(text)
    if not found:
        return None
    relation, how = _RELATIONS[found["limit"].lower()], found["how"].lower()
    if "not" in how:
        relation = _OPPOSITES.get(relation, "")
    elif how in {"may be", "can be"} and relation in {">", ">="}:
        return None
    return _limit(found["subject"], found["limit"], relation, found["rest"]) if relation else None


def limits_of(text: str) -> list[Limit]:
    """Of a sentence that is nothing else: “months is at least 3 and at most 60”, “… cannot be below 3 or above 60”."""
    several = _SEVERAL.fullmatch(text)
    first = limit_of(several["first"] if several else text)
    if several is None or first is None or not first.figures:
        whole = limit_of(text)
        return [whole] if whole else []
    before = several["first"].removesuffix(first.said)
    second = limit_of(f"{before}{several['second']}")
    is_refused = bool(re.search(r"not\b", before, re.IGNORECASE))
    return [first, second] if second and is_refused is (several["joint"].lower() == "or") else []


def limit_within(text: str) -> Limit | None:
    """Of a sentence that says more: “A company borrows for at most 60 months”."""
    found = _PART.fullmatch(text)
    limit = found and _limit("", found["limit"], _RELATIONS[found["limit"].lower()], found["rest"])
    return limit if limit and limit.figures else None


def fixed_in(text: str) -> str:
    """What “The months cannot be changed” is about, empty where it says anything else."""
    found = _FIXED.fullmatch(text)
    return found["subject"] if found else ""


def _limit(subject: str, said: str, relation: str, rest: str) -> Limit:
    read = (_TWO if relation == "between" else _ONE).fullmatch(rest)
    figures = tuple(map(_figure, read.groups()[:-1])) if read else ()
    return Limit(subject, f"{said} {rest}".strip(), relation, figures, read.groups()[-1].strip() if read else rest)


def _figure(said: str) -> Decimal:
    word = said.lower()
    return Decimal(_NUMBERS.index(word) + 1 if word in _NUMBERS else re.sub("[, ]", "", said))
