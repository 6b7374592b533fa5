from __future__ import annotations

import pytest

from infra.grants import Grant, Unreasoned


@pytest.mark.parametrize(
    ("actions", "resources"), [(["s3:*"], ["arn:aws:s3:::x"]), (["s3:GetObject"], ["*"]), (["kms:Get*"], ["arn:x"])]
)
def test_wildcard_without_a_reason_cannot_be_written(actions: list[str], resources: list[str]) -> None:
    with pytest.raises(Unreasoned, match="say why nothing narrower will do"):
        Grant(actions, resources)


def test_reason_of_a_wildcard_stands_in_the_policy() -> None:
    statement = Grant(["ecr:GetAuthorizationToken"], ["*"], because="a login is for all of them").statement()
    assert statement["Sid"] == "ALoginIsForAllOfThem"
