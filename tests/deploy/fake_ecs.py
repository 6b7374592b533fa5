"""ECS as far as a release sees it: service deployments that come up, fail, bake and go back while time passes."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore import xform_name

from tests.deploy.bad import Bad
from tests.deploy.first_definition import first_definition
from tests.deploy.steps import hook, steps_of

ACCOUNT = "123456789012"
REGION = "eu-north-1"
CLUSTER, SERVICE = "tandem-uat", "tandem-uat-card"
GROUPS = tuple(
    f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:targetgroup/card-{colour}/0123456789abcdef"
    for colour in ("blue", "green")
)
IMAGES = tuple(f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/tandem/card@sha256:{digit * 64}" for digit in "0123")
# What happens when, in seconds after the order.
_BEGUN, _SCALING, _UP, _TEST, _PRODUCTION, _BAKING, _CLEANING, _DONE = 5, 15, 60, 75, 90, 240, 300, 320
_FIRST_STOP, _STOP_EVERY = 30, 20
_TASKS = 2


def arn(kind: str, *parts: str) -> str:
    return f"arn:aws:ecs:{REGION}:{ACCOUNT}:{kind}/{'/'.join(parts)}"


class Refusal(Exception):
    """What AWS answers instead."""

    def __init__(self, code: str, message: str = "", status: int = 400) -> None:
        super().__init__(code)
        self.code, self.message, self.status = code, message or f"{code}, says the fake", status


@dataclass
class Rollout:
    arn: str
    created_at: datetime
    before: str
    revision: str
    bad: Bad
    stop_asked_at: datetime | None = None
    back_since: datetime | None = None
    back_because: str = ""


@dataclass
class FakeEcs:
    """`seconds_per_look` lets time pass for whoever waits in earnest."""

    bad: Bad = field(default_factory=Bad)
    now: datetime = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    seconds_per_look: float = 0.0
    begins_after: float = 0.0
    definitions: list[dict[str, Any]] = field(default_factory=list)
    revisions: dict[str, dict[str, Any]] = field(default_factory=dict)
    rollouts: list[Rollout] = field(default_factory=list)
    refusals: list[tuple[str, Refusal]] = field(default_factory=list)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    page_size: int = 100
    overtaken_by: str = ""
    when_asked: Callable[[], None] | None = None
    when_looked: Callable[[], None] | None = None

    def __post_init__(self) -> None:
        self.current = ""
        for image in IMAGES[:2]:
            definition = self._register(first_definition(image) if not self.definitions else self._with(image))
            self.current = self._revision(definition["taskDefinitionArn"])
            rollout = self._rollout(self.current, self.current, Bad())
            self.advance(_DONE + 60)
            assert self._status(rollout)["status"] == "SUCCESSFUL"

    def advance(self, seconds: float) -> None:
        """Second by second, as what happens at once in life would here happen late."""
        for _ in range(int(seconds)):
            self.now += timedelta(seconds=1)
            for rollout in self.rollouts:
                self._decide(rollout)

    def refuse(self, operation: str, code: str, times: int = 1, message: str = "", status: int = 400) -> None:
        self.refusals += [(operation, Refusal(code, message, status))] * times

    def answer(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        self.asked.append((operation, asked))
        if self.when_asked is not None:
            happens, self.when_asked = self.when_asked, None
            happens()
        for at, (refused, refusal) in enumerate(self.refusals):
            if refused in {operation, "*"}:
                del self.refusals[at]
                raise refusal
        if operation == "DescribeServiceDeployments":
            self.advance(self.seconds_per_look)
            if self.when_looked is not None:
                happens, self.when_looked = self.when_looked, None
                happens()
        if asked.get("cluster", CLUSTER) != CLUSTER:
            raise Refusal("ClusterNotFoundException")
        method: Any = getattr(self, f"_{xform_name(operation)}")
        result: dict[str, Any] = method(asked)
        return result

    def calls(self, operation: str) -> list[dict[str, Any]]:
        return [parameters for name, parameters in self.asked if name == operation]

    def somebody_deploys(self, image: str, bad: Bad | None = None) -> Rollout:
        definition = self._register(self._with(image))
        return self._rollout(self.current, self._revision(definition["taskDefinitionArn"]), bad or Bad())

    def _with(self, image: str) -> dict[str, Any]:
        definition = copy.deepcopy(self.definitions[-1])
        definition["containerDefinitions"][0]["image"] = image
        return definition

    def _register(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        number = len(self.definitions) + 1
        made = {
            **{name: value for name, value in asked.items() if name != "tags"},
            "revision": number,
            "taskDefinitionArn": arn("task-definition", f"{SERVICE}:{number}"),
            "status": "ACTIVE",
            "registeredAt": self.now,
            "registeredBy": f"arn:aws:sts::{ACCOUNT}:assumed-role/release/somebody",
        }
        self.definitions.append(made)
        return made

    def _revision(self, definition: str) -> str:
        made = arn("service-revision", CLUSTER, SERVICE, f"{4000 + len(self.revisions)}")
        image = self._definition(definition)["containerDefinitions"][0]["image"]
        self.revisions[made] = {
            "serviceRevisionArn": made,
            "serviceArn": arn("service", CLUSTER, SERVICE),
            "taskDefinition": definition,
            "containerImages": [{"containerName": "card", "image": image}],
            "loadBalancers": [
                {
                    "targetGroupArn": GROUPS[0],
                    "containerName": "card",
                    "containerPort": 8080,
                    "advancedConfiguration": {"alternateTargetGroupArn": GROUPS[1]},
                }
            ],
            "createdAt": self.now,
        }
        return made

    def _rollout(self, before: str, revision: str, bad: Bad) -> Rollout:
        made = Rollout(
            arn("service-deployment", CLUSTER, SERVICE, f"d{len(self.rollouts)}"), self.now, before, revision, bad
        )
        self.rollouts.append(made)
        return made

    def infra_changes(self, memory: str) -> None:
        """`pulumi up`: a definition that nobody deploys yet, with the image it was first made with."""
        self._register({**self._with(IMAGES[0]), "memory": memory})

    def _definition(self, name: str) -> dict[str, Any]:
        if name == SERVICE:
            return self.definitions[-1]
        return next(one for one in self.definitions if one["taskDefinitionArn"] == name)

    def _age(self, rollout: Rollout) -> float:
        return (self.now - rollout.created_at).total_seconds()

    def _stops(self, rollout: Rollout) -> int:
        """How many tasks of it have stopped by now."""
        until = rollout.back_since or self.now
        age = (until - rollout.created_at).total_seconds()
        return max(0, int((age - _FIRST_STOP) // _STOP_EVERY) + 1) if rollout.bad.stops else 0

    def _decide(self, rollout: Rollout) -> None:
        if rollout.back_since is not None:
            return
        bad, age = rollout.bad, self._age(rollout)
        if rollout.stop_asked_at is not None:
            if (self.now - rollout.stop_asked_at).total_seconds() >= 5:
                rollout.back_since, rollout.back_because = self.now, "Service deployment rolled back by user."
        elif bad.alarm and age >= _BAKING + 10:
            rollout.back_since = self.now
            rollout.back_because = f"Service deployment rolled back because alarm(s) detected: {bad.alarm}."
        elif bad.hook and age >= _TEST + 5:
            rollout.back_since = self.now
            rollout.back_because = "Service deployment rolled back because the lifecycle hook failed."
        elif bad.stops and self._stops(rollout) >= bad.patience:
            rollout.back_since = self.now
            rollout.back_because = "Service deployment rolled back because the circuit breaker threshold was exceeded."
        elif age >= _DONE and not bad.never_up and not bad.pause:
            self.current = rollout.revision

    def _status(self, rollout: Rollout) -> dict[str, Any]:
        if rollout.back_since is not None:
            done = (self.now - rollout.back_since).total_seconds() >= rollout.bad.back_takes
            ends = "ROLLBACK_SUCCESSFUL" if rollout.bad.brings_back else "ROLLBACK_FAILED"
            return {"status": ends if done else "ROLLBACK_IN_PROGRESS", "statusReason": rollout.back_because}
        if rollout.stop_asked_at is not None:
            return {"status": "STOP_REQUESTED"}
        age = self._age(rollout)
        if age < _BEGUN:
            return {"status": "PENDING"}
        if rollout.bad.cut_off_after is not None and age >= rollout.bad.cut_off_after:
            return {"status": "STOPPED", "statusReason": "Service deployment stopped by user."}
        if rollout.bad.never_up and age >= _SCALING:
            return {"status": "IN_PROGRESS", "lifecycleStage": "SCALE_UP"}
        if rollout.bad.pause and age >= _TEST:
            return {"status": "IN_PROGRESS", "lifecycleStage": "POST_TEST_TRAFFIC_SHIFT"}
        if age >= _DONE:
            return {"status": "SUCCESSFUL", "finishedAt": rollout.created_at + timedelta(seconds=_DONE)}
        stages = (
            (_CLEANING, "CLEAN_UP"),
            (_BAKING, "BAKE_TIME"),
            (_PRODUCTION, "PRODUCTION_TRAFFIC_SHIFT"),
            (_TEST, "POST_TEST_TRAFFIC_SHIFT"),
            (_SCALING, "SCALE_UP"),
            (_BEGUN, "PRE_SCALE_UP"),
        )
        return {"status": "IN_PROGRESS", "lifecycleStage": next(name for from_, name in stages if age >= from_)}

    def _document(self, rollout: Rollout) -> dict[str, Any]:
        bad, age = rollout.bad, self._age(rollout)
        up = 0 if bad.never_up or age < _SCALING else 1 if age < _UP else _TASKS
        weight = 0.0 if age < _PRODUCTION or bad.never_up else 25.0 if age < _BAKING else 100.0
        document: dict[str, Any] = {
            "serviceDeploymentArn": rollout.arn,
            "serviceArn": arn("service", CLUSTER, SERVICE),
            "clusterArn": arn("cluster", CLUSTER),
            "createdAt": rollout.created_at,
            "sourceServiceRevisions": [{"arn": rollout.before, "requestedTaskCount": _TASKS}],
            "targetServiceRevision": {
                "arn": rollout.revision,
                "requestedTaskCount": _TASKS,
                "runningTaskCount": up,
                "requestedProductionTrafficWeight": weight,
            },
            "deploymentCircuitBreaker": {
                "status": "TRIGGERED" if self._stops(rollout) >= bad.patience else "MONITORING",
                "failureCount": self._stops(rollout),
                "threshold": bad.patience,
            },
            **self._status(rollout),
        }
        if rollout.back_since is not None:
            document["rollback"] = {
                "reason": rollout.back_because,
                "startedAt": rollout.back_since,
                "serviceRevisionArn": rollout.before,
            }
            if bad.alarm:
                document["alarms"] = {
                    "status": "TRIGGERED",
                    "alarmNames": [bad.alarm],
                    "triggeredAlarmNames": [bad.alarm],
                }
        if bad.hook and rollout.back_since is not None:
            document["lifecycleHookDetails"] = [hook(bad.hook, "FAILED")]
        if bad.pause and age >= _TEST:
            document["lifecycleHookDetails"] = [hook(bad.pause, "AWAITING_ACTION")]
        return document

    def _visible(self) -> list[Rollout]:
        return [one for one in self.rollouts if self._age(one) >= self.begins_after]

    def _list_service_deployments(self, asked: dict[str, Any]) -> dict[str, Any]:
        self._known(asked["service"])
        documents = [self._document(one) for one in self._visible()]
        if asked.get("status"):
            documents = [one for one in documents if one["status"] in asked["status"]]
        if "createdAt" in asked:
            after = datetime.fromtimestamp(asked["createdAt"]["after"], UTC)
            documents = [one for one in documents if one["createdAt"] >= after]
        first = int(asked.get("nextToken", "0"))
        page = documents[first : first + self.page_size]
        more = {"nextToken": str(first + self.page_size)} if first + self.page_size < len(documents) else {}
        names = ("serviceDeploymentArn", "serviceArn", "clusterArn", "createdAt", "status")
        briefly = [
            {**{name: one[name] for name in names}, "targetServiceRevisionArn": one["targetServiceRevision"]["arn"]}
            for one in page
        ]
        return {"serviceDeployments": briefly, **more}

    def _describe_service_deployments(self, asked: dict[str, Any]) -> dict[str, Any]:
        wanted = asked["serviceDeploymentArns"]
        return {"serviceDeployments": [self._document(one) for one in self.rollouts if one.arn in wanted]}

    def _describe_service_revisions(self, asked: dict[str, Any]) -> dict[str, Any]:
        return {
            "serviceRevisions": [self.revisions[one] for one in asked["serviceRevisionArns"] if one in self.revisions]
        }

    def _stop_service_deployment(self, asked: dict[str, Any]) -> dict[str, Any]:
        rollout = next(one for one in self.rollouts if one.arn == asked["serviceDeploymentArn"])
        assert asked["stopType"] == "ROLLBACK"
        if self._status(rollout)["status"] not in {"PENDING", "IN_PROGRESS"}:
            raise Refusal("ConflictException")
        rollout.stop_asked_at = self.now
        return {"serviceDeploymentArn": rollout.arn}

    def _describe_services(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["services"] != [SERVICE]:
            missing = arn("service", CLUSTER, asked["services"][0])
            return {"services": [], "failures": [{"arn": missing, "reason": "MISSING"}]}
        last = self.rollouts[-1]
        events = [{"id": "e1", "createdAt": self.now, "message": last.bad.event}] if last.bad.event else []
        steady = {"id": "e0", "createdAt": self.rollouts[0].created_at, "message": "has reached a steady state."}
        service = {
            "serviceArn": arn("service", CLUSTER, SERVICE),
            "serviceName": SERVICE,
            "status": "ACTIVE",
            "events": [*events, steady],
            "currentServiceRevisions": [{"arn": self.current}] if self.current else [],
        }
        return {"services": [service], "failures": []}

    def _update_service(self, asked: dict[str, Any]) -> dict[str, Any]:
        self._known(asked["service"])
        revision = self._revision(asked["taskDefinition"])
        if self.overtaken_by:
            self.somebody_deploys(self.overtaken_by)
        self._rollout(self.current, revision, self.bad)
        return {"service": {"serviceName": SERVICE, "status": "ACTIVE", "taskDefinition": asked["taskDefinition"]}}

    def _describe_task_definition(self, asked: dict[str, Any]) -> dict[str, Any]:
        found = self._definition(asked["taskDefinition"])
        return {"taskDefinition": found, "tags": [{"key": "product", "value": "tandem"}]}

    def _register_task_definition(self, asked: dict[str, Any]) -> dict[str, Any]:
        return {"taskDefinition": self._register(asked)}

    def _list_tasks(self, asked: dict[str, Any]) -> dict[str, Any]:
        assert asked["desiredStatus"] == "STOPPED"
        # Of a family are those that a step of a rollout started, too.
        listed = self._tasks() if asked.get("serviceName") == SERVICE else [*self._tasks(), *self._steps()]
        return {"taskArns": [one["taskArn"] for one in listed]}

    def _describe_tasks(self, asked: dict[str, Any]) -> dict[str, Any]:
        return {"tasks": [one for one in (*self._tasks(), *self._steps()) if one["taskArn"] in asked["tasks"]]}

    def _steps(self) -> list[dict[str, Any]]:
        return [
            task
            for one in self.rollouts
            for task in steps_of(one.arn, self.revisions[one.revision]["taskDefinition"], one.created_at, one.bad.hook)
        ]

    def _tasks(self) -> list[dict[str, Any]]:
        return [self._task(rollout, number) for rollout in self.rollouts for number in range(self._stops(rollout))]

    def _task(self, rollout: Rollout, number: int) -> dict[str, Any]:
        end = {} if rollout.bad.exit_code is None else {"exitCode": rollout.bad.exit_code}
        reason = {"reason": rollout.bad.said} if rollout.bad.said else {}
        began = rollout.created_at + timedelta(seconds=_FIRST_STOP + number * _STOP_EVERY - 10)
        return {
            "taskArn": arn("task", CLUSTER, f"{rollout.arn[-2:]}task{number}"),
            "taskDefinitionArn": self.revisions[rollout.revision]["taskDefinition"],
            "createdAt": began,
            "stoppedAt": began + timedelta(seconds=10),
            "containers": [{"name": "card", **end, **reason}],
            **(rollout.bad.stops or {}),
        }

    def _describe_target_health(self, asked: dict[str, Any]) -> dict[str, Any]:
        last = self.rollouts[-1]
        if not last.bad.unhealthy or asked["TargetGroupArn"] != GROUPS[1] or self._age(last) < _FIRST_STOP:
            healthy = {"Target": {"Id": "10.20.0.9", "Port": 8080}, "TargetHealth": {"State": "healthy"}}
            return {"TargetHealthDescriptions": [healthy]}
        state = {"State": "unhealthy", "Reason": "Target.ResponseCodeMismatch", "Description": last.bad.unhealthy}
        return {"TargetHealthDescriptions": [{"Target": {"Id": "10.20.0.7", "Port": 8080}, "TargetHealth": state}]}

    def _get_log_events(self, asked: dict[str, Any]) -> dict[str, Any]:
        assert asked["logGroupName"] == "/tandem/tandem-uat-card"
        assert asked["logStreamName"].startswith("card/card/")
        if not self.rollouts[-1].bad.log:
            raise Refusal("ResourceNotFoundException", "The specified log stream does not exist.")
        return {"events": [{"timestamp": 0, "message": f"{line}\n"} for line in self.rollouts[-1].bad.log]}

    def _known(self, service: str) -> None:
        if service != SERVICE:
            raise Refusal("ServiceNotFoundException")
