"""The migrations of a release by themselves: run with its image where the service runs, told how they ended."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from tandem.deploy.migration import Migration
from tandem.deploy.outcome import Ending, Outcome
from tandem.local.trouble import Refused, Trouble
from tests.architecture.project import ROOT
from tests.command_line import CommandLine, command_line
from tests.deploy.conftest import Stage
from tests.deploy.fake_ecs import CLUSTER, IMAGES, REGION, FakeEcs, Refusal, arn
from tests.deploy.wire import Wire

_NETWORK = {
    "awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-card"], "assignPublicIp": "DISABLED"}
}


@dataclass
class Migrating(FakeEcs):
    """`exit_code` None is a task that never ends; `lost` one that ECS forgets."""

    exit_code: int | None = 0
    log: tuple[str, ...] = ("card: applied card_0002",)
    no_room: str = ""
    lost: bool = False
    started: list[dict[str, Any]] = field(default_factory=list)

    def _describe_services(self, asked: dict[str, Any]) -> dict[str, Any]:
        answer = super()._describe_services(asked)
        for service in answer["services"]:
            service["networkConfiguration"] = _NETWORK
        return answer

    def _run_task(self, asked: dict[str, Any]) -> dict[str, Any]:
        if self.no_room:
            return {"tasks": [], "failures": [{"reason": self.no_room}]}
        self.started.append(asked)
        return {"tasks": [self._migration("PENDING")], "failures": []}

    def _describe_tasks(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.advance(self.seconds_per_look)
        if self.lost:
            return {"tasks": []}
        return {"tasks": [self._migration("RUNNING" if self.exit_code is None else "STOPPED")]}

    def _migration(self, status: str) -> dict[str, Any]:
        end = {} if self.exit_code is None else {"exitCode": self.exit_code}
        return {
            "taskArn": arn("task", CLUSTER, "migration1"),
            "taskDefinitionArn": self.definitions[-1]["taskDefinitionArn"],
            "createdAt": self.now,
            "lastStatus": status,
            "stopCode": "EssentialContainerExited",
            "stoppedReason": "Essential container in task exited",
            "containers": [{"name": "card", **end}],
        }

    def _get_log_events(self, asked: dict[str, Any]) -> dict[str, Any]:
        assert asked["logStreamName"] == "card/card/migration1"
        if not self.log:
            raise Refusal("ResourceNotFoundException")
        return {"events": [{"timestamp": 0, "message": line} for line in self.log]}


@pytest.fixture
def fake(wire: Wire) -> Migrating:
    wire.fake = fake = Migrating()
    return fake


@pytest.fixture
def stage(wire: Wire, fake: Migrating) -> Stage:
    return Stage(fake, wire.url)


def _run(stage: Stage, image: str | None = IMAGES[2]) -> Outcome:
    releases = stage.releases()
    return Migration(releases.ecs, releases.time, releases.tell).run(image)


def test_image_migrates_where_the_service_runs_and_serves_nobody(stage: Stage, fake: Migrating) -> None:
    outcome = _run(stage)
    assert (outcome.ending, outcome.said) == (Ending.DONE, f"card in uat has the schema of {IMAGES[2]}.")
    (asked,) = fake.started
    assert asked["taskDefinition"] == fake.definitions[-1]["taskDefinitionArn"]
    assert asked["networkConfiguration"] == _NETWORK
    assert asked["overrides"] == {"containerOverrides": [{"name": "card", "command": ["migrate", "card"]}]}
    assert fake.definitions[-1]["containerDefinitions"][0]["image"] == IMAGES[2]
    assert fake.calls("UpdateService") == []


@pytest.mark.parametrize("image", [None, IMAGES[1]])
def test_what_runs_needs_no_further_definition(stage: Stage, fake: Migrating, image: str | None) -> None:
    assert _run(stage, image).ending is Ending.DONE
    assert fake.calls("RegisterTaskDefinition") == []


def test_tag_is_refused_before_anything_is_asked(stage: Stage, fake: Migrating) -> None:
    with pytest.raises(Refused, match="not named by its digest"):
        _run(stage, "card:1")
    assert fake.asked == []


def test_failure_is_told_with_its_last_line(stage: Stage, fake: Migrating) -> None:
    fake.exit_code, fake.log = 1, ("card_0002 waited too long for a lock.",)
    outcome = _run(stage)
    assert outcome.ending is Ending.FAILED
    assert outcome.said == (
        "The migration of card in uat failed with exit code 1: card_0002 waited too long for a lock. "
        "What runs was not touched."
    )


def test_failure_without_a_log_is_told_by_ecs(stage: Stage, fake: Migrating) -> None:
    fake.exit_code, fake.log = 1, ()
    assert "exit code 1: Essential container in task exited. " in _run(stage).said


def test_task_that_finds_no_room_is_refused(stage: Stage, fake: Migrating) -> None:
    fake.no_room = "RESOURCE:CPU"
    with pytest.raises(Refused, match="ECS started no task of card in uat: RESOURCE:CPU"):
        _run(stage)


def test_task_that_ecs_forgot_is_refused(stage: Stage, fake: Migrating) -> None:
    fake.lost = True
    with pytest.raises(Refused, match="ECS knows no task migration1 any more"):
        _run(stage)


def test_look_that_aws_does_not_answer_is_repeated(stage: Stage, fake: Migrating) -> None:
    fake.refuse("DescribeTasks", "ThrottlingException", times=4)
    assert _run(stage).ending is Ending.DONE


def test_aws_that_may_not_be_asked_is_trouble(stage: Stage, fake: Migrating) -> None:
    fake.refuse("RunTask", "AccessDeniedException")
    with pytest.raises(Trouble, match="ecs:RunTask"):
        _run(stage)


def test_migration_that_does_not_end_is_left_with_the_way_to_it(stage: Stage, fake: Migrating) -> None:
    fake.exit_code = None
    outcome = _run(stage)
    assert outcome.ending is Ending.LEFT
    assert "goes on after 30 min: `aws ecs describe-tasks --cluster tandem-uat --tasks migration1`" in outcome.said


def test_interrupt_leaves_the_task_alone(stage: Stage, fake: Migrating) -> None:
    fake.exit_code = None
    stage.interrupts = [20]
    outcome = _run(stage)
    assert (outcome.ending, outcome.ending.exit_code) == (Ending.LEFT, 2)
    assert outcome.said.startswith("Left the migration of card in uat, which goes on: ")
    assert fake.calls("StopTask") == []


@pytest.fixture
def command(wire: Wire, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("AWS_ENDPOINT_URL", wire.url)
    monkeypatch.setenv("AWS_REGION", REGION)
    return command_line(capsys, "migrate", "card", "--to", "uat", "--every", "0")


@pytest.mark.parametrize(
    ("exit_code", "code", "said"), [(0, 0, "has the schema of"), (1, 1, "failed with exit code 1")]
)
def test_command_says_how_it_ended(command: CommandLine, fake: Migrating, exit_code: int, code: int, said: str) -> None:
    fake.exit_code, fake.now = exit_code, datetime.now(UTC)
    done, out, _ = command("--image", IMAGES[2])
    assert (done, said in out.splitlines()[-1]) == (code, True)


def test_machines_get_one_document(command: CommandLine, fake: Migrating) -> None:
    done, out, _ = command("--json")
    assert (done, json.loads(out)["outcome"]) == (0, "done")
