"""A release that fails says why in one sentence, within minutes, and what ran before runs again."""

from __future__ import annotations

import pytest

from tandem.deploy.notices import Failing, TaskStopped
from tandem.deploy.outcome import Ending
from tests.deploy.bad import Bad
from tests.deploy.bad_days import FAILURES, NO_IMAGE, NO_SECRET
from tests.deploy.conftest import Stage
from tests.deploy.fake_ecs import IMAGES, FakeEcs


@pytest.mark.parametrize("day", FAILURES)
def test_failure_that_people_meet_is_told_in_one_sentence(stage: Stage, fake: FakeEcs, day: str) -> None:
    fake.bad, pieces = FAILURES[day]
    outcome = stage.releases().deploy(IMAGES[2])
    assert (outcome.ending, outcome.restored) == (Ending.FAILED, True)
    assert [piece for piece in pieces if piece not in outcome.said] == [], outcome.said
    assert outcome.said.endswith("What ran before (revision 4001) runs again.")
    assert [notice.reason for notice in stage.notices if isinstance(notice, Failing)] == [outcome.reason]
    assert stage.seconds < 600


def test_what_cannot_get_better_is_not_waited_for(stage: Stage, fake: FakeEcs) -> None:
    fake.bad = Bad(stops=NO_SECRET, patience=200)
    outcome = stage.releases().deploy(IMAGES[2])
    assert (outcome.ending, outcome.restored) == (Ending.FAILED, True)
    assert "A secret of the task cannot be read" in outcome.said
    assert len(fake.calls("StopServiceDeployment")) == 1
    assert stage.seconds < 120


def test_rollback_that_ecs_has_begun_is_left_to_it(stage: Stage, fake: FakeEcs) -> None:
    fake.bad = Bad(stops=NO_IMAGE, patience=1)
    assert stage.releases().deploy(IMAGES[2]).restored
    assert fake.calls("StopServiceDeployment") == []


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (Bad(event="service card was unable to place a task. Reason: RESOURCE:ENI."), "AWS has no room for the tasks"),
        (Bad(unhealthy="Request timed out"), "The load balancer finds a task unhealthy: 10.20.0.7 Request timed out"),
        (Bad(stays_broken=True), "The release does not come up: 0 of 2 tasks ran and AWS said no reason"),
    ],
    ids=["room", "unready", "silence"],
)
def test_release_that_never_comes_up_is_taken_back_after_ten_minutes(
    stage: Stage, fake: FakeEcs, bad: Bad, said: str
) -> None:
    fake.bad = bad
    outcome = stage.releases().deploy(IMAGES[2])
    assert (outcome.ending, outcome.restored) == (Ending.FAILED, True)
    assert outcome.said.startswith(said)
    assert 600 < stage.seconds < 720


def test_step_that_said_no_is_told_with_its_last_lines(stage: Stage, fake: FakeEcs) -> None:
    fake.bad, _ = FAILURES["canary"]
    stage.releases().deploy(IMAGES[2])
    [told] = [notice for notice in stage.notices if isinstance(notice, TaskStopped)]
    assert (told.task.id.endswith("canary"), told.log) == (True, fake.bad.log)


def test_stopped_tasks_are_told_once_each_with_their_last_lines(stage: Stage, fake: FakeEcs) -> None:
    fake.bad, _ = FAILURES["exit"]
    outcome = stage.releases().deploy(IMAGES[2])
    stopped = [notice for notice in stage.notices if isinstance(notice, TaskStopped)]
    assert outcome.seen is not None
    assert len(stopped) == len({one.task.id for one in stopped}) == len(outcome.seen.stopped) >= 2
    assert stopped[0].log == ("CARD_DATABASE_URL is not set",)


@pytest.mark.parametrize(("api", "what"), [("GetLogEvents", "the logs"), ("DescribeTargetHealth", "the load balancer")])
def test_who_may_not_see_everything_is_told_once_and_follows_on(
    stage: Stage, fake: FakeEcs, api: str, what: str
) -> None:
    fake.bad, _ = FAILURES["container health"]
    fake.refuse(api, "AccessDeniedException", times=50)
    assert stage.releases().deploy(IMAGES[2]).restored
    assert stage.told.count(f"Without {what}: These AWS credentials may not do that") == 1


def test_details_that_are_away_for_a_moment_are_done_without(stage: Stage, fake: FakeEcs) -> None:
    fake.refuse("DescribeTargetHealth", "Throttling", times=3)
    assert stage.releases().deploy(IMAGES[2]).ending is Ending.DONE


def test_container_that_logs_elsewhere_has_no_last_lines(stage: Stage, fake: FakeEcs) -> None:
    del fake.definitions[-1]["containerDefinitions"][0]["logConfiguration"]
    fake.bad, _ = FAILURES["exit"]
    outcome = stage.releases().deploy(IMAGES[2])
    assert outcome.said.startswith("The container does not stay up")
    assert fake.calls("GetLogEvents") == []


def test_release_before_that_cannot_be_brought_back_is_said(stage: Stage, fake: FakeEcs) -> None:
    fake.bad = Bad(stops=NO_IMAGE, brings_back=False)
    outcome = stage.releases().deploy(IMAGES[2])
    assert (outcome.ending, outcome.restored) == (Ending.FAILED, False)
    assert "could not bring back what ran before (revision 4001)" in outcome.said
    assert "tandem rollback card --to uat" in outcome.said


def test_rollback_without_an_end_is_not_waited_for_for_ever(stage: Stage, fake: FakeEcs) -> None:
    fake.bad = Bad(stops=NO_IMAGE, back_takes=5000)
    outcome = stage.releases().deploy(IMAGES[2])
    assert (outcome.ending, outcome.restored) == (Ending.FAILED, None)
    assert "ECS is still taking card in uat back after 20 minutes" in outcome.said


def test_deployment_that_was_cut_off_by_somebody_is_said(stage: Stage, fake: FakeEcs) -> None:
    fake.bad = Bad(cut_off_after=50)
    outcome = stage.releases().deploy(IMAGES[2])
    assert (outcome.ending, outcome.restored) == (Ending.FAILED, None)
    assert "stopped where it stood, and nothing brought back" in outcome.said
