"""A release that goes well, and what is refused before anything is started."""

from __future__ import annotations

import pytest

from tandem.deploy.documents import last_part
from tandem.deploy.notices import Moved
from tandem.deploy.outcome import Ending
from tandem.local.trouble import Refused, Trouble
from tests.deploy.bad import Bad
from tests.deploy.bad_days import NO_IMAGE
from tests.deploy.conftest import Stage
from tests.deploy.fake_ecs import IMAGES, FakeEcs


def test_image_runs_as_the_next_revision_of_what_ran(stage: Stage, fake: FakeEcs) -> None:
    before = fake.definitions[-1]
    outcome = stage.releases().deploy(IMAGES[2])
    assert (outcome.ending, outcome.said) == (Ending.DONE, "card in uat runs the release.")
    made = fake.definitions[-1]
    assert made["containerDefinitions"][0]["image"] == IMAGES[2]
    assert {name: made[name] for name in ("family", "cpu", "memory")} == {
        name: before[name] for name in ("family", "cpu", "memory")
    }
    assert fake.calls("RegisterTaskDefinition")[0]["tags"] == [{"key": "product", "value": "tandem"}]
    assert fake.calls("UpdateService")[0]["taskDefinition"] == made["taskDefinitionArn"]


def test_image_says_its_version_itself(stage: Stage, fake: FakeEcs) -> None:
    stage.releases().deploy(IMAGES[2])
    (container,) = fake.definitions[-1]["containerDefinitions"]
    assert container["environment"] == [{"name": "TANDEM_STAGE", "value": "uat"}]


def test_course_of_a_release_is_told_as_it_goes(stage: Stage) -> None:
    stage.releases().deploy(IMAGES[2])
    moved = [notice.deployment for notice in stage.notices if isinstance(notice, Moved)]
    assert [one.stage for one in moved if one.stage] == [
        "PRE_SCALE_UP",
        "SCALE_UP",
        "SCALE_UP",
        "POST_TEST_TRAFFIC_SHIFT",
        "PRODUCTION_TRAFFIC_SHIFT",
        "BAKE_TIME",
        "CLEAN_UP",
    ]
    assert [one.traffic for one in moved][-3:] == [100.0, 100.0, 100.0]


def test_image_that_runs_already_changes_nothing(stage: Stage, fake: FakeEcs) -> None:
    outcome = stage.releases().deploy(IMAGES[1])
    assert (outcome.ending, outcome.ending.exit_code) == (Ending.NOTHING_TO_DO, 0)
    assert fake.calls("RegisterTaskDefinition") == fake.calls("UpdateService") == []


@pytest.mark.parametrize("image", [IMAGES[1], IMAGES[2]], ids=["same image", "new image"])
def test_what_infra_changed_comes_with_the_next_release(stage: Stage, fake: FakeEcs, image: str) -> None:
    fake.infra_changes(memory="2048")
    assert stage.releases().deploy(image).ending is Ending.DONE
    made = fake.definitions[-1]
    assert (made["memory"], made["containerDefinitions"][0]["image"]) == ("2048", image)
    assert "in place of tandem-uat-card:2, with the settings of tandem-uat-card:3." in stage.told


def test_release_that_failed_leaves_no_image_to_the_next(stage: Stage, fake: FakeEcs) -> None:
    fake.somebody_deploys(IMAGES[3], Bad(stops=NO_IMAGE))
    fake.advance(300)
    assert stage.releases().deploy(IMAGES[1]).ending is Ending.NOTHING_TO_DO
    assert stage.releases().deploy(IMAGES[2]).ending is Ending.DONE
    assert fake.definitions[-1]["containerDefinitions"][0]["image"] == IMAGES[2]


@pytest.mark.parametrize("image", ["registry/tandem/card:1.4.0", "card", "card@sha256:12", "registry:5000/card"])
def test_tag_is_refused_with_the_way_to_its_digest(stage: Stage, fake: FakeEcs, image: str) -> None:
    with pytest.raises(Refused, match=r"not named by its digest.*aws ecr describe-images --repository-name card"):
        stage.releases().deploy(image)
    assert fake.asked == []


@pytest.mark.parametrize(
    ("service", "to", "said"),
    [("card", "moon", "There is no cluster tandem-moon"), ("loan", "uat", "There is no service tandem-uat-loan")],
)
def test_service_or_stage_that_does_not_exist_is_named(stage: Stage, service: str, to: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        stage.releases(service, to).deploy(IMAGES[2])


def test_service_that_ecs_never_deployed_is_refused(stage: Stage, fake: FakeEcs) -> None:
    fake.current = ""
    with pytest.raises(Refused, match="never been deployed by ECS itself"):
        stage.releases().deploy(IMAGES[2])


def test_container_of_another_name_is_refused(stage: Stage, fake: FakeEcs) -> None:
    fake.definitions[-1]["containerDefinitions"][0]["name"] = "web"
    with pytest.raises(Refused, match="tandem-uat-card:2 has no container card, only web"):
        stage.releases().deploy(IMAGES[2])


def test_deployment_that_is_running_is_told_with_whose_it_is(stage: Stage, fake: FakeEcs) -> None:
    fake.somebody_deploys(IMAGES[3])
    fake.advance(130)
    with pytest.raises(Refused) as refused:
        stage.releases().deploy(IMAGES[2])
    said = str(refused.value)
    assert "tandem-uat-card:3, registered by arn:aws:sts::123456789012:assumed-role/release/somebody" in said
    assert "started 2 min ago" in said
    assert "`tandem deploy card --to uat --follow`" in said
    assert "`tandem deploy card --to uat --stop`" in said
    assert fake.calls("RegisterTaskDefinition") == []


def test_deployment_of_a_colleague_as_fast_as_ours_is_not_taken_for_ours(stage: Stage, fake: FakeEcs) -> None:
    fake.overtaken_by = IMAGES[3]
    outcome = stage.releases().deploy(IMAGES[2])
    assert outcome.seen is not None
    assert outcome.seen.deployment.arn == fake.rollouts[-1].arn
    assert len(fake.rollouts) == 4


def test_deployment_that_appears_late_is_waited_for(stage: Stage, fake: FakeEcs) -> None:
    fake.begins_after = 30
    assert stage.releases().deploy(IMAGES[2]).ending is Ending.DONE


def test_deployment_that_never_appears_is_trouble_with_what_to_do(stage: Stage, fake: FakeEcs) -> None:
    fake.begins_after = 5000
    with pytest.raises(
        Trouble, match=r"showed none within two minutes.*tandem deploy card --to uat --follow"
    ) as trouble:
        stage.releases().deploy(IMAGES[2])
    assert trouble.value.exit_code == 2


def test_step_that_waits_for_somebody_is_not_taken_for_a_failure(stage: Stage, fake: FakeEcs) -> None:
    fake.bad = Bad(pause="approve")
    stage.interrupts = [1000, 1001]
    assert stage.releases().deploy(IMAGES[2]).ending is Ending.LEFT
    assert stage.seconds >= 1000


def test_rollback_brings_back_the_revision_before(stage: Stage, fake: FakeEcs) -> None:
    outcome = stage.releases().rollback()
    assert outcome.ending is Ending.DONE
    assert fake.calls("UpdateService")[0]["taskDefinition"] == fake.definitions[0]["taskDefinitionArn"]
    assert fake.calls("RegisterTaskDefinition") == []
    assert f"revision 4000 (tandem-uat-card:1, {IMAGES[0]})" in stage.told


def test_failed_releases_are_nothing_to_go_back_to(stage: Stage, fake: FakeEcs) -> None:
    fake.somebody_deploys(IMAGES[3], Bad(stops=NO_IMAGE))
    fake.advance(300)
    stage.releases().rollback(schema_fits=True)
    assert fake.calls("UpdateService")[0]["taskDefinition"] == fake.definitions[0]["taskDefinitionArn"]


@pytest.mark.parametrize("whole", [True, False], ids=["arn", "id"])
def test_rollback_goes_to_the_revision_that_was_named(stage: Stage, fake: FakeEcs, whole: bool) -> None:
    first = next(iter(fake.revisions))
    assert stage.releases().rollback(first if whole else last_part(first)).ending is Ending.DONE
    assert fake.calls("UpdateService")[-1]["taskDefinition"] == fake.definitions[0]["taskDefinitionArn"]


@pytest.mark.parametrize("bad", [Bad(), Bad(stops=NO_IMAGE)], ids=["deployed", "failed"])
def test_release_that_no_gate_ran_on_this_schema_is_brought_back_by_who_knows_it_fits(
    stage: Stage, fake: FakeEcs, bad: Bad
) -> None:
    first = next(iter(fake.revisions))
    fake.somebody_deploys(IMAGES[2], bad)
    fake.advance(3600)
    with pytest.raises(
        Refused, match=r"Revision 4000 is older than the release before tandem-uat-card:3, .*--schema-fits"
    ):
        stage.releases().rollback(first)
    assert fake.calls("UpdateService") == []
    assert stage.releases().rollback(first, schema_fits=True).ending is Ending.DONE


def test_rollback_taken_back_brings_the_later_release_again(stage: Stage, fake: FakeEcs) -> None:
    stage.releases().rollback()
    assert stage.releases().rollback().ending is Ending.DONE
    assert fake.calls("UpdateService")[-1]["taskDefinition"] == fake.definitions[1]["taskDefinitionArn"]


def test_rollback_to_what_runs_changes_nothing(stage: Stage, fake: FakeEcs) -> None:
    outcome = stage.releases().rollback(last_part(fake.current))
    assert (outcome.ending, outcome.said) == (Ending.NOTHING_TO_DO, "card in uat runs tandem-uat-card:2 already.")
    assert fake.calls("UpdateService") == []


def test_revision_that_never_ran_is_refused_with_those_that_did(stage: Stage) -> None:
    with pytest.raises(Refused, match=r"never ran a revision 77. The latest that it ran: 4001, 4000"):
        stage.releases().rollback("77")


def test_first_release_has_no_way_back(stage: Stage, fake: FakeEcs) -> None:
    del fake.rollouts[0]
    with pytest.raises(Refused, match="there is no way back"):
        stage.releases().rollback()


def test_deployments_come_page_by_page(stage: Stage, fake: FakeEcs) -> None:
    fake.page_size = 1
    assert stage.releases().rollback().ending is Ending.DONE


def test_nothing_running_cannot_be_followed_or_stopped(stage: Stage) -> None:
    for act in (stage.releases().follow, stage.releases().stop):
        with pytest.raises(Refused, match="No deployment of card in uat is running"):
            act()


def test_deployment_of_somebody_else_is_followed_to_its_end(stage: Stage, fake: FakeEcs) -> None:
    fake.somebody_deploys(IMAGES[3])
    assert stage.releases().follow().ending is Ending.DONE


def test_deployment_or_revision_that_ecs_forgot_is_refused(stage: Stage, fake: FakeEcs) -> None:
    ecs = stage.releases().ecs
    with pytest.raises(Refused, match="no deployment gone any more"):
        ecs.deployment("arn:aws:ecs:x:1:service-deployment/gone")
    with pytest.raises(Refused, match="no service revision gone any more"):
        ecs.revision("arn:aws:ecs:x:1:service-revision/gone")
