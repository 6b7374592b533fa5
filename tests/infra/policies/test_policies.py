from __future__ import annotations

import pytest

from infra.policies import POLICIES, Policy
from infra.stages import STAGES
from tests.infra.policies.breaks import BREAKS
from tests.infra.policies.estates import estate_of

BY_NAME = {policy.name: policy for policy in POLICIES}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
def test_stage_keeps_the_policy(policy: Policy, stage: str) -> None:
    assert policy.broken(estate_of(stage)) == []


@pytest.mark.parametrize("name", BREAKS)
def test_what_breaks_a_policy_is_found(name: str) -> None:
    broken = BY_NAME[name].broken(BREAKS[name].apply(BREAKS[name].estate))
    assert broken
    assert all(len(said) > 10 for said in broken)


def test_every_policy_has_a_change_that_breaks_it() -> None:
    assert set(BREAKS) == set(BY_NAME)
    assert len(POLICIES) == len(BY_NAME)


def test_policy_of_production_lets_dev_be() -> None:
    changed = BREAKS["databases_outlive_a_zone"].apply(estate_of("dev"))
    assert BY_NAME["databases_outlive_a_zone"].broken(changed) == []
