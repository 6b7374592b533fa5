"""The questions that a release asks AWS, each as a method. It decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tandem.deploy.away import asking
from tandem.deploy.course import UNFINISHED
from tandem.deploy.definition import Definition
from tandem.deploy.documents import Deployment, Revision, StoppedTask, Unhealthy, last_part
from tandem.deploy.target import Target
from tandem.kit.aws.clients import Cloud
from tandem.local.trouble import Refused

_LOG_LINES = 5
# Whom infra's function names when it runs a step.
_BY_A_ROLLOUT = "rollout"
_LONGEST_LINE = 300


@dataclass(frozen=True)
class Ecs:
    cloud: Cloud
    target: Target
    _clients: dict[str, Any] = field(default_factory=dict)

    def current(self) -> Revision:
        """What takes the traffic. Raises Refused where there is no such service or it never ran."""
        service = self._service()
        revisions = service.get("currentServiceRevisions", [])
        if not revisions:
            raise Refused(f"{self.target} has never been deployed by ECS itself, so there is nothing to build upon.")
        return self.revision(revisions[0]["arn"])

    def events_since(self, moment: datetime) -> tuple[str, ...]:
        """What ECS said of the service, the latest first."""
        return tuple(one["message"] for one in self._service().get("events", []) if one["createdAt"] >= moment)

    def _service(self) -> Any:
        services = self._ask("ecs", "describe_services", cluster=self.target.cluster, services=[self.target.name])
        found = [one for one in services["services"] if one["status"] != "INACTIVE"]
        if not found:
            known = f"see --to and --region, or infra/service makes it (`pulumi up --stack {self.target.stage}`)"
            raise Refused(f"There is no service {self.target.name} in {self.target.region}: {known}.")
        return found[0]

    def definition(self, arn: str) -> Definition:
        found = self._ask("ecs", "describe_task_definition", taskDefinition=arn, include=["TAGS"])
        return Definition(found["taskDefinition"], tuple(found.get("tags", [])))

    def newest(self) -> Definition:
        """The latest of the family, whether it ever ran or not: what infra/ changed is in it."""
        return self.definition(self.target.name)

    def release(self, definition: Definition, image: str) -> dict[str, Any]:
        """What would be registered: that definition with this image."""
        with asking(self.target, "ecs:RegisterTaskDefinition"):
            model = self._client("ecs").meta.service_model.operation_model("RegisterTaskDefinition")
        return definition.next_with(self.target.service, image, frozenset(model.input_shape.members))

    def register(self, definition: Definition, image: str) -> Definition:
        wanted = self.release(definition, image)
        return Definition(self._ask("ecs", "register_task_definition", **wanted)["taskDefinition"], definition.tags)

    def start(self, definition: Definition) -> None:
        target = self.target
        self._ask("ecs", "update_service", cluster=target.cluster, service=target.name, taskDefinition=definition.arn)

    def unfinished(self) -> list[Deployment]:
        return [self.deployment(one["serviceDeploymentArn"]) for one in self._deployments(UNFINISHED)]

    def succeeded(self) -> list[str]:
        """The ARNs of the service revisions that were deployed, the latest first."""
        return self._latest_first("SUCCESSFUL")

    def tried(self) -> list[str]:
        """Those that failed too: their migrations had run."""
        return self._latest_first()

    def _latest_first(self, *statuses: str) -> list[str]:
        found = sorted(self._deployments(statuses), key=lambda one: one["createdAt"], reverse=True)
        return [one["targetServiceRevisionArn"] for one in found]

    def since(self, moment: datetime) -> list[Deployment]:
        """Those that were created from then on, whatever became of them."""
        found = self._deployments((), createdAt={"after": moment})
        return [self.deployment(one["serviceDeploymentArn"]) for one in found]

    def _deployments(self, statuses: Sequence[str], **more: Any) -> list[Any]:
        asked: dict[str, Any] = {"cluster": self.target.cluster, "service": self.target.name, **more}
        if statuses:
            asked["status"] = list(statuses)
        found: list[Any] = []
        while True:
            page = self._ask("ecs", "list_service_deployments", **asked)
            found += page["serviceDeployments"]
            if not page.get("nextToken"):
                return found
            asked["nextToken"] = page["nextToken"]

    def deployment(self, arn: str) -> Deployment:
        found = self._ask("ecs", "describe_service_deployments", serviceDeploymentArns=[arn])["serviceDeployments"]
        if not found:
            raise Refused(f"ECS knows no deployment {last_part(arn)} any more.")
        return Deployment.of(found[0])

    def revision(self, arn: str) -> Revision:
        found = self._ask("ecs", "describe_service_revisions", serviceRevisionArns=[arn])["serviceRevisions"]
        if not found:
            raise Refused(f"ECS knows no service revision {last_part(arn)} any more.")
        return Revision.of(found[0])

    def stop(self, deployment_arn: str) -> None:
        self._ask("ecs", "stop_service_deployment", serviceDeploymentArn=deployment_arn, stopType="ROLLBACK")

    def run_once(self, definition: Definition, command: Sequence[str]) -> str:
        """The ARN of one task beside those that serve, where they are, with another command. Raises Refused."""
        target = self.target
        overrides = {"containerOverrides": [{"name": target.service, "command": list(command)}]}
        answer = self._ask(
            "ecs",
            "run_task",
            cluster=target.cluster,
            taskDefinition=definition.arn,
            launchType="FARGATE",
            networkConfiguration=self._service()["networkConfiguration"],
            overrides=overrides,
            startedBy="migration",
        )
        if not answer["tasks"]:
            reasons = ", ".join(one.get("reason", "no reason given") for one in answer.get("failures", []))
            raise Refused(f"ECS started no task of {target}: {reasons}.")
        return str(answer["tasks"][0]["taskArn"])

    def ended(self, task_arn: str) -> StoppedTask | None:
        """None while it runs."""
        found = self._ask("ecs", "describe_tasks", cluster=self.target.cluster, tasks=[task_arn])["tasks"]
        if not found:
            raise Refused(f"ECS knows no task {last_part(task_arn)} any more.")
        return StoppedTask.of(found[0]) if found[0]["lastStatus"] == "STOPPED" else None

    def stopped_tasks(self, definition_arn: str, since: datetime) -> tuple[StoppedTask, ...]:
        """Those of a release, the earliest first."""
        return self._stopped(definition_arn, since, serviceName=self.target.name)

    def failed_steps(self, definition: Definition, since: datetime) -> tuple[StoppedTask, ...]:
        """What a rollout ran of a release before users met it, its migrations and its canary, and ended badly."""
        family = str(definition.document["family"])
        ended = self._stopped(definition.arn, since, _BY_A_ROLLOUT, family=family)
        return tuple(task for task in ended if any(one.exit_code != 0 for one in task.containers))

    def _stopped(
        self, definition_arn: str, since: datetime, started_by: str | None = None, **which: str
    ) -> tuple[StoppedTask, ...]:
        cluster = self.target.cluster
        arns = self._ask("ecs", "list_tasks", cluster=cluster, desiredStatus="STOPPED", **which)["taskArns"]
        if not arns:
            return ()
        tasks = self._ask("ecs", "describe_tasks", cluster=cluster, tasks=arns)["tasks"]
        found = [
            StoppedTask.of(one)
            for one in tasks
            if one["taskDefinitionArn"] == definition_arn and started_by in {None, one.get("startedBy")}
        ]
        return tuple(sorted((one for one in found if one.created_at >= since), key=lambda one: one.created_at))

    def unhealthy(self, groups: Sequence[str]) -> tuple[Unhealthy, ...]:
        found = []
        for group in groups:
            health = self._ask("elbv2", "describe_target_health", TargetGroupArn=group)
            for one in health["TargetHealthDescriptions"]:
                state = one["TargetHealth"]
                if state["State"] == "unhealthy":
                    found.append(Unhealthy(one["Target"]["Id"], state.get("Description") or state.get("Reason", "")))
        return tuple(found)

    def log(self, definition: Definition, container: str, task_id: str) -> tuple[str, ...]:
        """The last lines of a task."""
        stream = definition.stream_of(container)
        if stream is None:
            return ()
        name = f"{stream.prefix}/{container}/{task_id}"
        events = self._ask("logs", "get_log_events", logGroupName=stream.group, logStreamName=name, limit=_LOG_LINES)[
            "events"
        ]
        return tuple(one["message"].strip()[:_LONGEST_LINE] for one in events)

    def _ask(self, api: str, operation: str, /, **parameters: Any) -> Any:
        what = f"{api}:{''.join(word.capitalize() for word in operation.split('_'))}"
        with asking(self.target, what):
            return getattr(self._client(api), operation)(**parameters)

    def _client(self, api: str) -> Any:
        if api not in self._clients:
            self._clients[api] = self.cloud.client(api, read_timeout_seconds=10.0)
        return self._clients[api]
