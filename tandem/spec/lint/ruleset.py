"""`contracts/rules.yaml` as typed values, held against the checks there are."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tandem.kit.contract import ContractError, SourceFile, read
from tandem.spec.document import as_mapping
from tandem.spec.lint import checks
from tandem.spec.lint.finding import Severity
from tandem.spec.lint.registry import CHECKS

_NEEDED = ("severity", "message", "reason", "fix")
_KNOWN = {*_NEEDED, "options", "excused"}


@dataclass(frozen=True)
class Rule:
    """`excused` gives the reason for each operation of which it is not asked."""

    name: str
    severity: Severity
    message: str
    reason: str
    fix: str
    options: Mapping[str, Any]
    excused: Mapping[str, str]


@dataclass(frozen=True)
class Ruleset:
    source: SourceFile
    rules: Mapping[str, Rule]


def read_rules(path: Path) -> Ruleset:
    """Raises ContractError at the line of what is wrong with the rules themselves."""
    source = read(path)
    entries = as_mapping(as_mapping(source.data).get("rules"))
    if not entries:
        raise ContractError(path, 1, "has no rules: `rules:` must be an object of rules by name")
    for name in entries:
        if name not in CHECKS:
            raise _error(source, name, f"there is no check for the rule {name}; there are: {', '.join(sorted(CHECKS))}")
    if missing := CHECKS.keys() - entries.keys():
        raise ContractError(path, 1, f"lacks {', '.join(sorted(missing))}; to switch a rule off, say `severity: off`")
    return Ruleset(source, {name: _rule(source, name, entry) for name, entry in entries.items()})


def _rule(source: SourceFile, name: str, entry: Any) -> Rule:
    texts = {key: text for key in _NEEDED if isinstance(text := as_mapping(entry).get(key), str)}
    if missing := [key for key in _NEEDED if key not in texts]:
        raise _error(source, name, f"{name} needs {', '.join(missing)}, as text")
    if unknown := entry.keys() - _KNOWN:
        raise _error(source, name, f"{name} has {', '.join(sorted(unknown))}, which no rule has")
    _refuse_unknown_words(source, name, texts["message"])
    return Rule(
        name=name,
        severity=_severity(source, name, texts["severity"]),
        message=texts["message"],
        reason=texts["reason"],
        fix=texts["fix"],
        options=as_mapping(entry.get("options")),
        excused={str(key): str(why) for key, why in as_mapping(entry.get("excused")).items()},
    )


def _severity(source: SourceFile, name: str, text: str) -> Severity:
    if text not in list(Severity):
        raise _error(source, name, f"{name} has the severity {text!r}; there are: {', '.join(Severity)}")
    if text == Severity.OFF and CHECKS[name].is_fixed:
        raise _error(source, name, f"{name} cannot be off: all that is derived from a contract relies on it")
    return Severity(text)


def _refuse_unknown_words(source: SourceFile, name: str, message: str) -> None:
    try:
        used = {word for _, word, _, _ in string.Formatter().parse(message) if word is not None}
    except ValueError as error:
        raise _error(source, name, f"the message of {name} cannot be filled in: {error}") from error
    if unknown := used - CHECKS[name].words:
        known = ", ".join(f"{{{word}}}" for word in sorted(CHECKS[name].words)) or "none"
        raise _error(source, name, f"the message of {name} names {', '.join(sorted(unknown))}; it may name: {known}")


def _error(source: SourceFile, name: str, reason: str) -> ContractError:
    return ContractError(source.path, source.line_of(f"/rules/{name}"), reason)


__all__ = ["Rule", "Ruleset", "checks", "read_rules"]
