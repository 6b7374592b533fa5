"""The template's changelog: what each number brought and why it matters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import yaml

from tandem.local.trouble import Refused

TEMPLATE = Path("tandem/scaffold/template")
FILE = "changes.yaml"


@dataclass(frozen=True)
class Change:
    number: int
    date: date
    what: str
    why: str

    def as_json(self) -> dict[str, str | int]:
        return {"number": self.number, "date": self.date.isoformat(), "what": self.what, "why": self.why}


def read_changes(template: Path) -> list[Change]:
    """The newest last. Raises Refused where they cannot be read."""
    path = template / FILE
    try:
        return parse_changes(path.read_text("utf-8"))
    except FileNotFoundError:
        raise Refused(f"There is no template in {template}: run this in a checkout that has one.") from None
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise Refused(f"{path}: each change needs number, date, what and why, with numbers that go up.") from error


def parse_changes(text: str) -> list[Change]:
    listed = [
        Change(int(one["number"]), one["date"], str(one["what"]), str(one["why"]))
        for one in yaml.safe_load(text)["changes"]
    ]
    if not listed or any(later.number <= one.number for one, later in pairwise(listed)):
        raise ValueError("numbers go up")
    return listed


def newest(changes: Sequence[Change]) -> int:
    return changes[-1].number
