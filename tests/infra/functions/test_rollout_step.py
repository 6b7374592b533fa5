"""A rollout's step against an ECS whose requests are held against botocore's model of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from infra.functions import rollout_step
from tests.infra.answers import ACCOUNT, REGION

TASK = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/tandem-dev/1"
REVISION = f"arn:aws:ecs:{REGION}:{ACCOUNT}:service-revision/tandem-dev/tandem-dev-card/7"
MIGRATION = {
    "cluster": "tandem-dev",
    "subnets": ["subnet-1"],
    "groups": ["sg-1"],
    "container": "card",
    "command": ["migrate", "card"],
}


@pytest.fixture
def ecs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    client = boto3.client("ecs", region_name=REGION, aws_access_key_id="x", aws_secret_access_key="x")
    monkeypatch.setattr("boto3.client", lambda service: {"ecs": client}[service])
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def ask(details: dict[str, Any]) -> dict[str, Any]:
    event = {"hookDetails": details, "executionDetails": {"targetServiceRevisionArn": REVISION}}
    return rollout_step.handler(event, None)


def running(definition: str, details: dict[str, Any]) -> dict[str, Any]:
    return {
        "cluster": "tandem-dev",
        "taskDefinition": definition,
        "launchType": "FARGATE",
        "networkConfiguration": {
            "awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"], "assignPublicIp": "DISABLED"}
        },
        "overrides": {"containerOverrides": [{"name": details["container"], "command": details["command"]}]},
        "startedBy": "rollout",
    }


def stopped(code: int | None, reason: str | None = None) -> dict[str, Any]:
    container: dict[str, Any] = {"name": "card"}
    if code is not None:
        container["exitCode"] = code
    if reason:
        container["reason"] = reason
    return {"taskArn": TASK, "lastStatus": "STOPPED", "stoppedReason": "it ended", "containers": [container]}


def test_migration_runs_with_the_release_that_comes(ecs: Stubber) -> None:
    revision = {"serviceRevisionArn": REVISION, "taskDefinition": "tandem-dev-card:12"}
    ecs.add_response(
        "describe_service_revisions", {"serviceRevisions": [revision]}, {"serviceRevisionArns": [REVISION]}
    )
    ecs.add_response("run_task", {"tasks": [{"taskArn": TASK}]}, running("tandem-dev-card:12", MIGRATION))
    assert ask(MIGRATION) == {
        "hookStatus": "IN_PROGRESS",
        "callBackDelay": 10,
        "hookDetails": {**MIGRATION, "task": TASK},
    }


def test_task_that_cannot_start_takes_the_release_back(ecs: Stubber, capsys: pytest.CaptureFixture[str]) -> None:
    revision = {"serviceRevisionArn": REVISION, "taskDefinition": "tandem-dev-card:12"}
    ecs.add_response("describe_service_revisions", {"serviceRevisions": [revision]})
    ecs.add_response("run_task", {"tasks": [], "failures": [{"reason": "RESOURCE:FARGATE"}]})
    assert ask(MIGRATION) == {"hookStatus": "FAILED"}
    assert "the task could not be started: [{'reason': 'RESOURCE:FARGATE'}]" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("task", "status", "said"),
    [
        ({"taskArn": TASK, "lastStatus": "RUNNING", "containers": []}, "IN_PROGRESS", ""),
        (stopped(0), "SUCCEEDED", ""),
        (stopped(1), "FAILED", "['migrate', 'card'] ended with 1: it ended"),
        (
            stopped(None, "CannotPullContainerError: no such image"),
            "FAILED",
            "ended with None: CannotPullContainerError",
        ),
        (None, "FAILED", f"{TASK} is gone"),
    ],
)
def test_task_is_asked_how_it_goes(
    ecs: Stubber, capsys: pytest.CaptureFixture[str], task: dict[str, Any] | None, status: str, said: str
) -> None:
    answer = {"tasks": [task] if task else []}
    ecs.add_response("describe_tasks", answer, {"cluster": "tandem-dev", "tasks": [TASK]})
    assert ask({**MIGRATION, "task": TASK})["hookStatus"] == status
    assert said in capsys.readouterr().out
