"""What the linter has to say: which rule, how bad, where, why, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tandem.spec.document import Place


class Severity(StrEnum):
    """An error stops the pipeline, a warning is to be mended soon, a note is to be thought about."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    OFF = "off"


@dataclass(frozen=True)
class Finding:
    """`operation` is empty for what belongs to no operation, or to several."""

    rule: str
    severity: Severity
    place: Place
    operation: str
    message: str
    reason: str
    fix: str

    def as_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "severity": self.severity.value,
            "file": str(self.place.path),
            "line": self.place.line,
            "operation": self.operation or None,
            "message": self.message,
            "reason": self.reason,
            "fix": self.fix,
        }


__all__ = ["Finding", "Severity"]
