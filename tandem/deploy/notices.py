"""What happens in a release, for whoever shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from tandem.deploy.documents import Deployment, StoppedTask
from tandem.deploy.reasons import Reason


@dataclass(frozen=True, slots=True)
class Told:
    said: str


@dataclass(frozen=True, slots=True)
class Moved:
    deployment: Deployment


@dataclass(frozen=True, slots=True)
class TaskStopped:
    task: StoppedTask
    log: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Failing:
    reason: Reason


Notice: TypeAlias = Told | Moved | TaskStopped | Failing
