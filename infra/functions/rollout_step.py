"""What ECS asks at a stage of a rollout: run one task, and say how it ended. A Lambda function in one file, boto3 only.

The task is of the release that comes: its migrations, or `canary`, which holds what answers on the test port against
its contract. ECS asks again until there is an answer; the task's address travels in `hookDetails`. A task that fails
takes the release back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_ASK_AGAIN_SECONDS = 10
Answer = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """`client` is that of ECS; `details` are those of the hook, with the task's address once it runs."""

    client: Any
    details: Mapping[str, Any]
    revision: str

    def run(self) -> Answer:
        task = self.details.get("task")
        return self._look(task) if task else self._start()

    def _start(self) -> Answer:
        network = {
            "subnets": self.details["subnets"],
            "securityGroups": self.details["groups"],
            "assignPublicIp": "DISABLED",
        }
        override = {"name": self.details["container"], "command": self.details["command"]}
        answer = self.client.run_task(
            cluster=self.details["cluster"],
            taskDefinition=self._incoming(),
            launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": network},
            overrides={"containerOverrides": [override]},
            startedBy="rollout",
        )
        if not answer["tasks"]:
            return _failed(f"the task could not be started: {answer['failures']}")
        return _again({**self.details, "task": answer["tasks"][0]["taskArn"]})

    def _incoming(self) -> str:
        """The task definition of the release that comes: its own migrations and contract count, not the old one's."""
        [revision] = self.client.describe_service_revisions(serviceRevisionArns=[self.revision])["serviceRevisions"]
        return str(revision["taskDefinition"])

    def _look(self, arn: str) -> Answer:
        found = self.client.describe_tasks(cluster=self.details["cluster"], tasks=[arn])["tasks"]
        if not found:
            return _failed(f"{arn} is gone")
        if found[0]["lastStatus"] != "STOPPED":
            return _again(self.details)
        [container] = [one for one in found[0]["containers"] if one["name"] == self.details["container"]]
        if container.get("exitCode") == 0:
            return {"hookStatus": "SUCCEEDED"}
        reason = container.get("reason") or found[0].get("stoppedReason", "no reason given")
        return _failed(f"{self.details['command']} ended with {container.get('exitCode')}: {reason}")


def _again(details: Mapping[str, Any]) -> Answer:
    return {"hookStatus": "IN_PROGRESS", "callBackDelay": _ASK_AGAIN_SECONDS, "hookDetails": dict(details)}


def _failed(reason: str) -> Answer:
    # What a function prints is its log.
    print(reason)  # noqa: T201
    return {"hookStatus": "FAILED"}


def handler(event: Mapping[str, Any], _: object) -> Answer:
    import boto3

    details = {**event["hookDetails"]}
    return Step(boto3.client("ecs"), details, event["executionDetails"]["targetServiceRevisionArn"]).run()
