from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Bad:
    """How a release fails. `stops` is the end of a task; the breaker gives up after `patience` of them."""

    stops: Mapping[str, Any] | None = None
    said: str = ""
    exit_code: int | None = None
    unhealthy: str = ""
    event: str = ""
    alarm: str = ""
    hook: str = ""
    pause: str = ""
    patience: int = 3
    stays_broken: bool = False
    brings_back: bool = True
    back_takes: int = 40
    cut_off_after: int | None = None
    log: tuple[str, ...] = ()

    @property
    def never_up(self) -> bool:
        return bool(self.stops or self.event or self.unhealthy or self.stays_broken)
