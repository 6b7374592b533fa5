"""Why a release fails, from what AWS said about it: what happened, why, and what to do."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tandem.deploy.documents import Seen, StoppedTask


@dataclass(frozen=True, slots=True)
class Reason:
    """`hopeless_after` stopped tasks nothing gets better by trying again; None is a matter of patience."""

    what: str
    why: str
    do: str
    hopeless_after: int | None = None

    def __str__(self) -> str:
        return f"{self.what}: {self.why.rstrip('.')}. {self.do}"


Ask = Callable[[Seen], Reason | None]


def why(seen: Seen) -> Reason | None:
    """The first of what AWS says that explains the rest, as far as anything went wrong."""
    return next(filter(None, (ask(seen) for ask in _ASKED)), None)


def is_hopeless(seen: Seen, reason: Reason | None) -> bool:
    return reason is not None and reason.hopeless_after is not None and len(seen.stopped) >= reason.hopeless_after


def _alarm(seen: Seen) -> Reason | None:
    names = seen.deployment.alarms
    if not names:
        return None
    share = "" if seen.deployment.traffic is None else f" while the release took {seen.deployment.traffic:g} % of it"
    return Reason(
        f"An alarm rang: {', '.join(names)}",
        f"what it watches of the traffic went beyond its limit{share}",
        "Look at that alarm and at the logs of the release, mend it, and deploy again.",
    )


def _hook(seen: Seen) -> Reason | None:
    names = seen.deployment.failed_hooks
    if not names:
        return None
    return Reason(
        f"A step of the rollout said no: {', '.join(names)}",
        # The last line of the task that it ran, where that could be read.
        (seen.log and seen.log[-1]) or seen.deployment.said or seen.deployment.back_because or "it did not say why",
        "Its log group in CloudWatch (/aws/lambda/…, or /tandem/… of its task) has the whole report.",
    )


def _image(seen: Seen) -> Reason | None:
    said = _said(seen, "CannotPullContainerError|CannotPullECRContainerError|ImagePull")
    if said is None:
        return None
    missing = re.search(r"not found|manifest unknown|does not exist", said, re.IGNORECASE)
    do = (
        "Push that image to the registry of the stage, in its region, and deploy again."
        if missing
        else "See that the execution role may pull it and that the subnets reach the registry."
    )
    return Reason("The image cannot be pulled", said, do, hopeless_after=2)


def _start(seen: Seen) -> Reason | None:
    said = _said(seen, "ResourceInitializationError")
    if said is None:
        return None
    secret = re.search(r"secret|ssm|parameter|kms", said, re.IGNORECASE)
    what = "A secret of the task cannot be read" if secret else "The task cannot be set up"
    do = (
        "Let the execution role read that secret and use its key, see that it exists, and deploy again."
        if secret
        else "See that the execution role may write logs and that the subnets reach AWS, and deploy again."
    )
    return Reason(what, said, do, hopeless_after=2)


def _capacity(seen: Seen) -> Reason | None:
    no_room = "capacity is unavailable|RESOURCE:|no container instance met|insufficient capacity|unable to place a task"
    said = _said(seen, no_room) or _event(seen, no_room)
    if said is None:
        return None
    return Reason(
        "AWS has no room for the tasks", said, "Try again later, or use a further zone or FARGATE in place of Spot."
    )


def _memory(seen: Seen) -> Reason | None:
    said = _said(seen, "OutOfMemory")
    do = "Give it more memory (the stage's memory_mb), or find what it keeps."
    return Reason("A task used more memory than it has", said, do, hopeless_after=2) if said else None


def _balancer_health(seen: Seen) -> Reason | None:
    said = _said(seen, "ELB health check")
    if said is None and not (seen.unhealthy and _said(seen, "health check")):
        return None
    found = "; ".join(f"{one.address} {one.said}" for one in seen.unhealthy[:2]) or said or ""
    return Reason(
        "The load balancer finds the tasks unhealthy",
        found,
        f"/readyz says what a task misses, as its database or a peer.{_log(seen)}",
        hopeless_after=3,
    )


def _container_health(seen: Seen) -> Reason | None:
    said = _said(seen, "failed container health check")
    do = f"See why /livez does not answer in time.{_log(seen)}"
    return Reason("The container's health check fails", said, do, hopeless_after=3) if said else None


def _exit(seen: Seen) -> Reason | None:
    for task in reversed(seen.stopped):
        for one in task.containers:
            if task.code == "EssentialContainerExited" and one.exit_code is not None:
                why_ = one.said or f"{one.name} ended by itself with exit code {one.exit_code}"
                do = f"Run the image with the same settings and look.{_log(seen)}"
                return Reason("The container does not stay up", why_, do, hopeless_after=2)
    return None


def _unhealthy(seen: Seen) -> Reason | None:
    """Nobody was stopped yet."""
    if not seen.unhealthy:
        return None
    one = seen.unhealthy[0]
    do = f"/readyz says what a task misses, as its database or a peer.{_log(seen)}"
    return Reason("The load balancer finds a task unhealthy", f"{one.address} {one.said}", do)


def _breaker(seen: Seen) -> Reason | None:
    if not seen.deployment.breaker_triggered:
        return None
    said = seen.deployment.back_because or seen.deployment.said or f"{seen.deployment.failures} tasks failed"
    do = f"Look at the stopped tasks of the service.{_log(seen)}"
    return Reason("ECS's circuit breaker gave the release up", said, do)


def _said_by_ecs(seen: Seen) -> Reason | None:
    said = seen.deployment.back_because or seen.deployment.said
    do = f"The events of the service in ECS tell more.{_log(seen)}"
    return Reason("ECS ended the deployment", said, do) if said else None


_ASKED: tuple[Ask, ...] = (
    _alarm,
    _hook,
    _image,
    _start,
    _memory,
    _balancer_health,
    _container_health,
    _exit,
    _capacity,
    _unhealthy,
    _breaker,
    _said_by_ecs,
)


def _said(seen: Seen, pattern: str) -> str | None:
    """The last that a stopped task said about it: its container where that knows more."""
    return next((said for task in reversed(seen.stopped) if (said := sentence(task, pattern))), None)


def sentence(task: StoppedTask, pattern: str = "") -> str | None:
    spoken = [one.said for one in task.containers if one.said] + [task.said]
    return next((said for said in spoken if said and re.search(pattern, said, re.IGNORECASE)), None)


def _event(seen: Seen, pattern: str) -> str | None:
    return next((said for said in seen.events if re.search(pattern, said, re.IGNORECASE)), None)


def _log(seen: Seen) -> str:
    return f" Its last line: {seen.log[-1]}" if seen.log else ""
