"""Ctrl-C takes a deployment back and waits; a second one leaves, and says what goes on."""

from __future__ import annotations

import pytest

from tandem.deploy.definition import Definition
from tandem.deploy.ecs import Ecs
from tandem.deploy.notices import Failing
from tandem.deploy.outcome import Ending
from tests.deploy.bad import Bad
from tests.deploy.bad_days import NO_IMAGE
from tests.deploy.conftest import Stage
from tests.deploy.fake_ecs import IMAGES, FakeEcs


class Interrupted(Ecs):
    def start(self, definition: Definition) -> None:
        super().start(definition)
        raise KeyboardInterrupt


@pytest.mark.parametrize("at", [1, 100, 250])
def test_first_takes_it_back_and_waits_until_it_is_restored(stage: Stage, fake: FakeEcs, at: int) -> None:
    stage.interrupts = [at]
    outcome = stage.releases().deploy(IMAGES[2])
    assert (outcome.ending, outcome.ending.exit_code, outcome.restored) == (Ending.TAKEN_BACK, 1, True)
    assert outcome.said == "card in uat was taken back. What ran before (revision 4001) runs again."
    assert "Taking card in uat back to what ran before" in stage.told
    assert not [one for one in stage.notices if isinstance(one, Failing)]
    assert stage.seconds >= at + 40
    assert len(fake.calls("StopServiceDeployment")) == 1


def test_second_leaves_at_once_and_says_what_goes_on(stage: Stage, fake: FakeEcs) -> None:
    stage.interrupts = [100, 105]
    outcome = stage.releases().deploy(IMAGES[2])
    assert (outcome.ending, outcome.ending.exit_code) == (Ending.LEFT, 2)
    assert "Left card in uat: ECS goes on with it" in outcome.said
    assert "`tandem deploy card --to uat --follow`" in outcome.said
    assert stage.seconds <= 110


def test_second_before_ecs_was_asked_to_stop_says_that_nobody_stopped_it(stage: Stage, fake: FakeEcs) -> None:
    fake.begins_after = 60
    stage.interrupts = [5, 10]
    outcome = stage.releases().deploy(IMAGES[2])
    assert outcome.ending is Ending.LEFT
    assert "the deployment goes on in ECS, nobody stopped it" in outcome.said
    assert fake.calls("StopServiceDeployment") == []


def test_one_before_ecs_shows_the_deployment_takes_it_back_when_it_does(stage: Stage, fake: FakeEcs) -> None:
    fake.begins_after = 60
    stage.interrupts = [5]
    assert stage.releases().deploy(IMAGES[2]).ending is Ending.TAKEN_BACK


def test_one_while_ecs_goes_back_by_itself_waits_for_that(stage: Stage, fake: FakeEcs) -> None:
    fake.bad = Bad(stops=NO_IMAGE, patience=1)
    stage.interrupts = [50]
    outcome = stage.releases().deploy(IMAGES[2])
    assert (outcome.ending, outcome.restored) == (Ending.FAILED, True)
    assert "The image cannot be pulled" in outcome.said
    assert fake.calls("StopServiceDeployment") == []


def test_one_that_comes_when_all_is_done_finds_it_done(stage: Stage, fake: FakeEcs) -> None:
    stage.interrupts = [318]
    outcome = stage.releases().deploy(IMAGES[2])
    assert outcome.ending is Ending.DONE
    assert fake.calls("StopServiceDeployment") == []


def test_one_while_aws_is_asked_to_begin_looks_whether_it_did(stage: Stage, fake: FakeEcs) -> None:
    releases = stage.releases()
    releases.ecs = Interrupted(releases.ecs.cloud, releases.ecs.target, {})
    assert releases.deploy(IMAGES[2]).ending is Ending.TAKEN_BACK


def test_stop_takes_back_what_somebody_else_started(stage: Stage, fake: FakeEcs) -> None:
    fake.somebody_deploys(IMAGES[3])
    outcome = stage.releases().stop()
    assert (outcome.ending, outcome.restored) == (Ending.TAKEN_BACK, True)


def test_stop_that_ecs_overtakes_is_no_trouble(stage: Stage, fake: FakeEcs) -> None:
    fake.somebody_deploys(IMAGES[3])
    fake.refuse("StopServiceDeployment", "ConflictException")
    stage.interrupts = [400]
    assert stage.releases().stop().ending is Ending.DONE
