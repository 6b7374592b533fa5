"""The failures that people meet, as ECS tells them."""

from __future__ import annotations

from typing import Any

from tests.deploy.bad import Bad
from tests.deploy.fake_ecs import GROUPS


def _failed_to_start(said: str) -> dict[str, Any]:
    return {"stopCode": "TaskFailedToStart", "stoppedReason": said}


def _scheduler(said: str) -> dict[str, Any]:
    return {"stopCode": "ServiceSchedulerInitiated", "stoppedReason": said}


def _ended() -> dict[str, Any]:
    return {"stopCode": "EssentialContainerExited", "stoppedReason": "Essential container in task exited"}


NO_IMAGE = _failed_to_start(
    "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref "
    "registry/tandem/card@sha256:222: not found"
)
NO_WAY_TO_IMAGE = _failed_to_start("CannotPullContainerError: dial tcp 10.0.0.1:443: i/o timeout")
NO_SECRET = _failed_to_start(
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable "
    "to retrieve secret from asm: AccessDeniedException: not authorized to perform secretsmanager:GetSecretValue"
)
NO_LOGS = _failed_to_start("ResourceInitializationError: failed to validate logger args: cannot reach awslogs")
NO_ROOM = _failed_to_start("Capacity is unavailable at this time. Please try again later")
SICK_CONTAINER = _scheduler("Task failed container health checks")
SICK_TARGET = _scheduler(f"Task failed ELB health checks in (target-group {GROUPS[1]})")

# The failure, and pieces of the sentence that a person reads: what, why, what to do.
FAILURES: dict[str, tuple[Bad, tuple[str, ...]]] = {
    "image missing": (Bad(stops=NO_IMAGE), ("image cannot be pulled", "not found", "Push that image")),
    "image out of reach": (Bad(stops=NO_WAY_TO_IMAGE), ("image cannot be pulled", "i/o timeout", "execution role")),
    "secret denied": (Bad(stops=NO_SECRET), ("secret of the task cannot be read", "GetSecretValue", "execution role")),
    "logger": (Bad(stops=NO_LOGS), ("task cannot be set up", "logger args", "may write logs")),
    "memory": (
        Bad(stops=_ended(), said="OutOfMemoryError: Container killed due to memory usage", exit_code=137),
        ("more memory than it has", "killed", "memory_mb"),
    ),
    "container health": (
        Bad(stops=SICK_CONTAINER, log=("starting", "no database")),
        ("container's health check fails", "/livez", "last line: no database"),
    ),
    "target health": (
        Bad(stops=SICK_TARGET, unhealthy="Health checks failed with these codes: [503]"),
        (
            "load balancer finds the tasks unhealthy",
            "10.20.0.7 Health checks failed with these codes: [503]",
            "/readyz",
        ),
    ),
    "target health, seen no more": (
        Bad(stops=SICK_TARGET),
        ("load balancer finds the tasks unhealthy", "ELB health checks", "/readyz"),
    ),
    "exit": (
        Bad(stops=_ended(), exit_code=3, log=("CARD_DATABASE_URL is not set",)),
        ("container does not stay up", "card ended by itself with exit code 3", "CARD_DATABASE_URL is not set"),
    ),
    "no room, told by a task": (Bad(stops=NO_ROOM), ("no room for the tasks", "Capacity is unavailable", "Try again")),
    "circuit breaker": (
        Bad(stops=_scheduler("Scaling activity initiated by deployment")),
        ("circuit breaker gave the release up", "threshold was exceeded", "stopped tasks"),
    ),
    "alarm during bake": (
        Bad(alarm="tandem-uat-card-errors"),
        ("alarm rang: tandem-uat-card-errors", "the release took 100 %", "that alarm"),
    ),
    "step": (
        Bad(hook="tandem-uat-steps"),
        ("step of the rollout said no: tandem-uat-steps", "hook failed", "log group"),
    ),
    "canary": (
        Bad(hook="tandem-uat-steps", log=("getCard: answered 500", "1 of 3 reads break the contract: getCard.")),
        ("step of the rollout said no: tandem-uat-steps", "1 of 3 reads break the contract: getCard", "log group"),
    ),
}
