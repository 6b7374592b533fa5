"""How a release ended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from tandem.deploy.documents import Deployment, Seen, last_part
from tandem.deploy.reasons import Reason
from tandem.deploy.target import Target


class Ending(Enum):
    DONE = "done"
    NOTHING_TO_DO = "nothing to do"
    FAILED = "failed"
    TAKEN_BACK = "taken back"
    # Nobody waits any longer for what still goes on in AWS.
    LEFT = "left"

    @property
    def exit_code(self) -> int:
        return {Ending.DONE: 0, Ending.NOTHING_TO_DO: 0, Ending.LEFT: 2}.get(self, 1)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`restored` is whether what ran before runs again, where it is known; `seen` is missing where nothing began."""

    ending: Ending
    target: Target
    said: str
    seen: Seen | None = None
    reason: Reason | None = None
    restored: bool | None = None

    @property
    def document(self) -> dict[str, Any]:
        return {
            "service": self.target.service,
            "stage": self.target.stage,
            "region": self.target.region,
            "outcome": self.ending.value,
            "exit_code": self.ending.exit_code,
            "said": self.said,
            "restored": self.restored,
            "reason": {"what": self.reason.what, "why": self.reason.why, "do": self.reason.do} if self.reason else None,
            **(_known(self.seen) if self.seen else {}),
        }


def _known(seen: Seen) -> dict[str, Any]:
    deployment: Deployment = seen.deployment
    return {
        "deployment": deployment.arn,
        "status": deployment.status,
        "revision": last_part(deployment.revision),
        "before": last_part(deployment.before) if deployment.before else None,
        "stopped_tasks": [{"id": task.id, "said": task.all_said} for task in seen.stopped],
        "log": list(seen.log),
    }
