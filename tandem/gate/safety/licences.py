"""Under which terms the packages of a service may be used, by the list of pyproject.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from email.message import Message
from importlib.metadata import PackageNotFoundError, metadata
from typing import Any

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.requirements import Requirement

from tandem.gate.safety.scanner import Answer, CouldNotLook, Place, Sighting

LOCK = "requirements/service.txt"
_PIN = re.compile(r"^[A-Za-z0-9._-]+(?:\[[^\]]*\])?==[^\\\n]+", re.MULTILINE)
# What packages write that predate the identifiers of SPDX.
_WORDS = {
    "3-clause bsd license": "BSD-3-Clause",
    "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd license": "BSD-3-Clause",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "psfl": "PSF-2.0",
    "python software foundation license": "PSF-2.0",
}
Metadata = Callable[[str], Message]


@dataclass(frozen=True)
class Terms:
    """`excused` are packages that were looked at by people, with what they found."""

    allowed: frozenset[str]
    excused: dict[str, str]

    def allow(self, expression: str) -> bool:
        """Whether it can be kept with what is allowed: every part of an AND, one of an OR."""
        return _Reader(re.findall(r"[()]|[^\s()]+", expression), self.allowed).alternatives()


@dataclass(frozen=True)
class Licences:
    installed: Metadata = metadata  # type: ignore[assignment]
    name: str = "licences"
    over: str = f"the packages of {LOCK}"

    def begin(self, place: Place, opened: ExitStack) -> Answer:  # noqa: ARG002 - it starts nothing
        terms = _terms(place)
        try:
            locked = (place.project / LOCK).read_text("utf-8")
        except FileNotFoundError:
            raise CouldNotLook(f"there is no {LOCK}") from None
        return lambda: self._look(terms, locked)

    def _look(self, terms: Terms, locked: str) -> Sequence[Sighting]:
        seen, missing = [], []
        for package, line in _packages(locked):
            try:
                told = expression_of(self.installed(package))
            except PackageNotFoundError:
                missing.append(package)
                continue
            if package not in terms.excused and (sighting := _sighting(terms, package, told, line)):
                seen.append(sighting)
        if missing and not seen:
            raise CouldNotLook(f"not installed here, so nobody can read their terms: {', '.join(missing)}")
        return seen


def _packages(locked: str) -> Iterator[tuple[str, int]]:
    """Those that are installed on a machine like this one, with their lines."""
    for found in _PIN.finditer(locked):
        pinned = Requirement(found[0].strip())
        if pinned.marker is None or pinned.marker.evaluate():
            yield pinned.name, locked.count("\n", 0, found.start()) + 1


def expression_of(told: Message) -> str | None:
    """In the words of SPDX; None when the package says nothing that can be read."""
    if expression := told.get("License-Expression"):
        return _identifier(expression)
    if (text := told.get("License")) and (identifier := _identifier(text.partition("\n")[0])):
        return identifier
    classified = list(_classified(told.get_all("Classifier") or []))
    # Whether several mean "and" or "or" is not said: who keeps all of them is right either way.
    return " AND ".join(classified) or None


def _classified(classifiers: Sequence[str]) -> Iterator[str]:
    for classifier in classifiers:
        if classifier.startswith("License :: ") and (found := _identifier(classifier.rpartition(" :: ")[2])):
            yield found


def _identifier(text: str) -> str | None:
    words = text.strip()
    try:
        return canonicalize_license_expression(_WORDS.get(words.lower(), words))
    except InvalidLicenseExpression:
        return None


def _terms(place: Place) -> Terms:
    try:
        document = tomllib.loads((place.project / "pyproject.toml").read_text("utf-8"))
        table: dict[str, Any] = document["tool"]["tandem"]["licences"]
    except (FileNotFoundError, KeyError):
        raise CouldNotLook("pyproject.toml does not say which licences are allowed ([tool.tandem.licences])") from None
    return Terms(frozenset(table["allowed"]), table.get("excused", {}))


def _sighting(terms: Terms, package: str, told: str | None, line: int) -> Sighting | None:
    if told is not None and terms.allow(told):
        return None
    said = f"is under {told}, which is not allowed here" if told else "does not say under which licence it is"
    return Sighting(
        "forbidden" if told else "unknown",
        LOCK,
        line,
        f"{package} {said}.",
        "Use another package, or let those who may decide put it into [tool.tandem.licences] of pyproject.toml.",
        package,
    )


@dataclass
class _Reader:
    """Reads one expression from left to right; AND binds closer than OR."""

    tokens: list[str]
    allowed: frozenset[str]

    def alternatives(self) -> bool:
        fine = self._together()
        while self._take("OR"):
            # Not `or`: the rest has to be read also when it decides nothing.
            fine = self._together() | fine
        return fine

    def _together(self) -> bool:
        fine = self._one()
        while self._take("AND"):
            fine = self._one() & fine
        return fine

    def _one(self) -> bool:
        if self._take("("):
            fine = self.alternatives()
            self._take(")")
            return fine
        name = self.tokens.pop(0)
        if self._take("WITH"):
            name = f"{name} WITH {self.tokens.pop(0)}"
        return name in self.allowed

    def _take(self, token: str) -> bool:
        if self.tokens[:1] == [token]:
            self.tokens.pop(0)
            return True
        return False
