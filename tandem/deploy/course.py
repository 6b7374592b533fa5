"""Where a deployment stands, in one of five ways, and in words."""

from __future__ import annotations

from enum import Enum, auto

from tandem.deploy.documents import Deployment


class Course(Enum):
    RUNNING = auto()
    DONE = auto()
    GOING_BACK = auto()
    BACK = auto()
    # Neither the release nor what was before it is known to run as it should.
    ASTRAY = auto()


_COURSES = {
    "PENDING": Course.RUNNING,
    "IN_PROGRESS": Course.RUNNING,
    "SUCCESSFUL": Course.DONE,
    "STOP_REQUESTED": Course.GOING_BACK,
    "ROLLBACK_REQUESTED": Course.GOING_BACK,
    "ROLLBACK_IN_PROGRESS": Course.GOING_BACK,
    "ROLLBACK_SUCCESSFUL": Course.BACK,
    "ROLLBACK_FAILED": Course.ASTRAY,
    "STOPPED": Course.ASTRAY,
}
UNFINISHED = tuple(status for status, course in _COURSES.items() if course in {Course.RUNNING, Course.GOING_BACK})
SCALING = "SCALE_UP"
_STAGES = {
    "RECONCILE_SERVICE": "preparing",
    "PRE_SCALE_UP": "running the steps before its first task",
    SCALING: "starting tasks",
    "POST_SCALE_UP": "running the steps after its tasks started",
    "TEST_TRAFFIC_SHIFT": "moving test traffic",
    "POST_TEST_TRAFFIC_SHIFT": "running the steps on test traffic",
    "PRODUCTION_TRAFFIC_SHIFT": "moving production traffic",
    "POST_PRODUCTION_TRAFFIC_SHIFT": "running the steps on production traffic",
    "BAKE_TIME": "baking: alarms are watched, both releases run",
    "CLEAN_UP": "ending the tasks before",
}


def course_of(deployment: Deployment) -> Course:
    # A status that AWS adds one day is waited for; there is an end to the patience.
    return _COURSES.get(deployment.status, Course.RUNNING)


def said(deployment: Deployment) -> str:
    """What goes on, in a line."""
    match course_of(deployment):
        case Course.DONE:
            return "the release runs"
        case Course.GOING_BACK:
            return "going back to what ran before"
        case Course.BACK:
            return "what ran before runs again"
        case Course.ASTRAY:
            return deployment.status.lower().replace("_", " ")
    words = [_STAGES.get(deployment.stage, "waiting to begin")]
    if deployment.wanted:
        words.append(f"{deployment.running} of {deployment.wanted} tasks run")
    if deployment.traffic is not None:
        words.append(f"{deployment.traffic:g} % of the traffic")
    if deployment.waiting_hooks:
        words.append(f"waits for {', '.join(deployment.waiting_hooks)} to be continued")
    return ", ".join(words)
