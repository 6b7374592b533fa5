"""Semantic versions of contracts, and which one a change asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_FORM = re.compile(r"(\d+)\.(\d+)\.(\d+)")


class Step(StrEnum):
    MAJOR = "major"
    MINOR = "minor"
    PATCH = "patch"


@dataclass(frozen=True, order=True, slots=True)
class Version:
    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> Version | None:
        """None for anything but three plain numbers."""
        found = _FORM.fullmatch(text)
        return cls(*map(int, found.groups())) if found else None

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    def after(self, step: Step) -> Version:
        """Before 1.0.0 nothing is promised, so what breaks is a minor step there (semver.org, 4)."""
        match step:
            case Step.MAJOR if self.major:
                return Version(self.major + 1, 0, 0)
            case Step.PATCH:
                return Version(self.major, self.minor, self.patch + 1)
        return Version(self.major, self.minor + 1, 0)
