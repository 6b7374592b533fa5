"""AWS that is away, throttles or knows nobody: waited for where that helps, one sentence where it does not."""

from __future__ import annotations

import pytest

from tandem.deploy.away import Away
from tandem.deploy.outcome import Ending
from tandem.local.trouble import Trouble
from tests.deploy.conftest import Stage
from tests.deploy.fake_ecs import IMAGES, FakeEcs

CREDENTIALS = {
    "ExpiredTokenException": "have expired",
    "UnrecognizedClientException": "does not know these credentials",
    "AccessDeniedException": r"may not do that \(ecs:DescribeServices\)",
    "InvalidParameterException": "ecs:DescribeServices failed: InvalidParameterException",
}


@pytest.mark.parametrize("code", CREDENTIALS)
def test_refusal_before_anything_began_is_one_sentence(stage: Stage, fake: FakeEcs, code: str) -> None:
    fake.refuse("DescribeServices", code)
    with pytest.raises(Trouble, match=CREDENTIALS[code]) as trouble:
        stage.releases().deploy(IMAGES[2])
    assert (trouble.value.exit_code, fake.calls("UpdateService")) == (2, [])
    assert "goes on in ECS" not in str(trouble.value)


def test_throttled_once_goes_unnoticed(stage: Stage, fake: FakeEcs) -> None:
    fake.refuse("DescribeServices", "ThrottlingException")
    assert stage.releases().deploy(IMAGES[1]).ending is Ending.NOTHING_TO_DO


def test_throttled_for_long_is_trouble_to_be_repeated(stage: Stage, fake: FakeEcs) -> None:
    fake.refuse("DescribeServices", "ThrottlingException", times=3)
    with pytest.raises(Away, match=r"AWS is throttling this account \(ecs:DescribeServices: ThrottlingException\)"):
        stage.releases().deploy(IMAGES[2])


def test_order_of_which_nobody_knows_whether_it_arrived_is_told_so(stage: Stage, fake: FakeEcs) -> None:
    fake.refuse("UpdateService", "ServerException", times=3, status=500)
    with pytest.raises(Away, match=r"Whether it began all the same, `tandem deploy card --to uat --follow` tells"):
        stage.releases().deploy(IMAGES[2])


@pytest.mark.parametrize("code", ["ThrottlingException", "ServerException"])
def test_aws_away_for_a_while_is_waited_for_and_said_once(stage: Stage, fake: FakeEcs, code: str) -> None:
    fake.refuse("DescribeServiceDeployments", code, times=20, status=500)
    assert stage.releases().deploy(IMAGES[2]).ending is Ending.DONE
    assert stage.told.count("Asking again") == 1


def test_aws_away_for_good_is_trouble_that_says_what_goes_on(stage: Stage, fake: FakeEcs) -> None:
    fake.refuse("DescribeServiceDeployments", "ServerException", times=500, status=500)
    with pytest.raises(Trouble, match=r"What was started goes on in ECS: see `tandem deploy card --to uat --follow`"):
        stage.releases().deploy(IMAGES[2])
    assert 300 < stage.seconds < 400


def test_credentials_that_expire_meanwhile_end_it_at_once(stage: Stage, fake: FakeEcs) -> None:
    fake.refuse("ListTasks", "ExpiredTokenException")
    with pytest.raises(Trouble, match=r"have expired.*What was started goes on in ECS") as trouble:
        stage.releases().deploy(IMAGES[2])
    assert trouble.value.exit_code == 2
    assert stage.seconds < 30


def test_address_where_nobody_answers_is_told(stage: Stage) -> None:
    with pytest.raises(Away, match=r"AWS does not answer \(ecs:DescribeServices: "):
        stage.releases(url="http://127.0.0.1:9").deploy(IMAGES[2])


def test_nobody_signed_in_is_told_how_to(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
    with pytest.raises(Trouble, match=r"no AWS credentials \(NoCredentialsError\): sign in"):
        stage.releases(url=stage.url).deploy(IMAGES[2])
