"""The roles of pipelines keep what is demanded of them; for each demand a change that it has to find."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from infra.policies import access
from infra.policies.access import ACCESS
from infra.stages import STAGES
from tests.infra.policies.estates import estate_of, set_at

FOLDER = Path(access.__file__).parents[1] / "access"
DOCUMENTS: dict[str, Any] = {
    file.stem: json.loads(file.read_text("utf-8"))["Statement"] for file in sorted(FOLDER.glob("*.json"))
}
BY_NAME = {check.__name__: check for check in ACCESS}
# The document, where in it, and what stands there instead.
BREAKS: list[tuple[str, str, Any]] = [
    ("trust_is_for_one_place_of_one_repository", "trust.0.Condition", {"StringLike": {"sub": "repo:x/*"}}),
    ("trust_is_for_one_place_of_one_repository", "trust.0.Principal", {"AWS": "*"}),
    ("wildcards_of_pipelines_have_a_written_reason", "deploy.0.Sid", None),
    ("wildcards_of_pipelines_have_a_written_reason", "roles.0.Action", ["iam:*"]),
    ("who_looks_changes_nothing", "look.1.Action", "s3:PutObject"),
    ("who_looks_changes_nothing", "look.0.Action", ["s3:ListBucket", "ec2:RunInstances"]),
    ("a_release_stays_in_its_stage", "deploy.1.Resource", "arn:aws:ecr:eu-north-1:1:repository/tandem-uat-*"),
    ("a_release_stays_in_its_stage", "deploy.3.Resource", ["arn:aws:ecs:eu-north-1:1:service/tandem-production/*"]),
    ("pipelines_pass_roles_to_named_services_only", "roles.2.Condition", None),
    ("pipelines_pass_roles_to_named_services_only", "deploy.7.Condition.StringEquals.iam:PassedToService", "*"),
    ("pipelines_pass_roles_to_named_services_only", "deploy.7.Resource", "*"),
    ("only_known_policies_of_aws_are_attached", "roles.1.Condition", None),
    ("only_known_policies_of_aws_are_attached", "roles.0.Action", ["iam:AttachRolePolicy"]),
    ("pipelines_make_roles_of_their_stage_only", "roles.0.Resource", "arn:aws:iam::1:role/tandem-github-*"),
]


@pytest.mark.parametrize("name", BY_NAME)
def test_roles_of_pipelines_keep_the_policy(name: str) -> None:
    assert list(BY_NAME[name](DOCUMENTS)) == []


@pytest.mark.parametrize(("name", "path", "value"), BREAKS, ids=[f"{name} {path}" for name, path, _ in BREAKS])
def test_what_breaks_it_is_found(name: str, path: str, value: Any) -> None:
    changed = copy.deepcopy(DOCUMENTS)
    document, _, rest = path.partition(".")
    index, _, inside = rest.partition(".")
    set_at(changed[document][int(index)], inside, value)
    assert [said for said in BY_NAME[name](changed) if len(said) > 10]


def test_every_demand_has_a_change_that_breaks_it() -> None:
    assert {name for name, _, _ in BREAKS} == set(BY_NAME)


def test_roles_may_be_passed_to_those_for_whom_the_program_makes_them() -> None:
    trusted = {
        json.loads(role.inputs["assumeRolePolicy"])["Statement"][0]["Principal"]["Service"]
        for stage in STAGES
        for role in estate_of(stage).of("iam/role:Role")
    }
    [passing] = [one for one in DOCUMENTS["roles"] if one["Action"] == "iam:PassRole"]
    assert set(passing["Condition"]["StringEquals"]["iam:PassedToService"]) == trusted
