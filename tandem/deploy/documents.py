"""What ECS, the load balancer and the logs answer, as far as a release needs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Document = Mapping[str, Any]


def last_part(arn: str) -> str:
    """What people call it: the id at the end of an ARN."""
    return arn.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Revision:
    """A service revision: a task definition, and what surrounded it when it was started."""

    arn: str
    task_definition: str
    images: Mapping[str, str]
    target_groups: tuple[str, ...]

    @classmethod
    def of(cls, document: Document) -> Revision:
        balanced = document.get("loadBalancers", [])
        resolved = document.get("resolvedConfiguration", {}).get("loadBalancers", [])
        both = [one.get("advancedConfiguration", {}).get("alternateTargetGroupArn") for one in balanced]
        groups = [one["targetGroupArn"] for one in (*resolved, *balanced) if "targetGroupArn" in one]
        return cls(
            arn=document["serviceRevisionArn"],
            task_definition=document["taskDefinition"],
            images={one["containerName"]: one["image"] for one in document.get("containerImages", [])},
            target_groups=tuple(dict.fromkeys([*groups, *filter(None, both)])),
        )


@dataclass(frozen=True, slots=True)
class Deployment:
    """A service deployment. `traffic` is the percentage of production that meets the release, where that is moved."""

    arn: str
    status: str
    stage: str
    said: str
    created_at: datetime
    before: str | None
    revision: str
    wanted: int
    running: int
    traffic: float | None
    alarms: tuple[str, ...] = ()
    failed_hooks: tuple[str, ...] = ()
    waiting_hooks: tuple[str, ...] = ()
    breaker_triggered: bool = False
    failures: int = 0
    back_to: str | None = None
    back_because: str = ""

    @classmethod
    def of(cls, document: Document) -> Deployment:
        target, rollback = document.get("targetServiceRevision", {}), document.get("rollback", {})
        breaker, alarms = document.get("deploymentCircuitBreaker", {}), document.get("alarms", {})
        hooks = document.get("lifecycleHookDetails", [])
        return cls(
            arn=document["serviceDeploymentArn"],
            status=document["status"],
            stage=document.get("lifecycleStage", ""),
            said=document.get("statusReason", ""),
            created_at=document["createdAt"],
            before=next((one["arn"] for one in document.get("sourceServiceRevisions", [])), None),
            revision=target.get("arn", ""),
            wanted=target.get("requestedTaskCount", 0),
            running=target.get("runningTaskCount", 0),
            traffic=target.get("requestedProductionTrafficWeight"),
            alarms=tuple(alarms.get("triggeredAlarmNames", [])),
            failed_hooks=tuple(_hook(one) for one in hooks if one.get("status") in {"FAILED", "TIMED_OUT"}),
            waiting_hooks=tuple(_hook(one) for one in hooks if one.get("status") == "AWAITING_ACTION"),
            breaker_triggered=breaker.get("status") == "TRIGGERED",
            failures=breaker.get("failureCount", 0),
            back_to=rollback.get("serviceRevisionArn"),
            back_because=rollback.get("reason", ""),
        )


def _hook(document: Document) -> str:
    return str(document.get("targetArn") or document.get("hookId") or "a pause").rpartition(":")[2]


@dataclass(frozen=True, slots=True)
class ContainerEnd:
    name: str
    said: str
    exit_code: int | None


@dataclass(frozen=True, slots=True)
class StoppedTask:
    id: str
    task_definition: str
    created_at: datetime
    code: str
    said: str
    containers: tuple[ContainerEnd, ...]

    @classmethod
    def of(cls, document: Document) -> StoppedTask:
        ends = [ContainerEnd(one["name"], one.get("reason", ""), one.get("exitCode")) for one in document["containers"]]
        return cls(
            id=last_part(document["taskArn"]),
            task_definition=document["taskDefinitionArn"],
            created_at=document["createdAt"],
            code=document.get("stopCode", ""),
            said=document.get("stoppedReason", ""),
            containers=tuple(ends),
        )

    @property
    def all_said(self) -> str:
        return " ".join(filter(None, [self.said, *(one.said for one in self.containers)]))


@dataclass(frozen=True, slots=True)
class Unhealthy:
    """Somebody the load balancer gave up on, and why."""

    address: str
    said: str


@dataclass(frozen=True, slots=True)
class Seen:
    """All that is known of a deployment by now. `events` are sentences of ECS; `log` the last lines of what stopped."""

    deployment: Deployment
    stopped: tuple[StoppedTask, ...] = ()
    unhealthy: tuple[Unhealthy, ...] = ()
    events: tuple[str, ...] = ()
    log: tuple[str, ...] = field(default=())
