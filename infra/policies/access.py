"""What is demanded of the roles that pipelines take: the documents of `infra/access`, their names not filled in yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from infra.policies.permissions import MANAGED

Statement = Mapping[str, Any]
# By the name of the file.
Documents = Mapping[str, Sequence[Statement]]
_SEEING = ("Decrypt", "Describe", "Get", "List")
_SHORTEST_REASON = 20
# Images come to production from there.
_FIRST_STAGE = "repository/tandem-uat-*"
_SUBJECT = "repo:${REPOSITORY}:${SUBJECT}"
_ISSUER = "token.actions.githubusercontent.com"


def listed(value: str | Sequence[str]) -> list[str]:
    """AWS takes one as well as a list of them."""
    return [value] if isinstance(value, str) else list(value)


def trust_is_for_one_place_of_one_repository(documents: Documents) -> Iterator[str]:
    for statement in documents["trust"]:
        exactly = statement.get("Condition", {}).get("StringEquals", {})
        if exactly != {f"{_ISSUER}:aud": "sts.amazonaws.com", f"{_ISSUER}:sub": _SUBJECT}:
            yield f"trust: it is not {_SUBJECT} alone who may take a role"
        if not statement["Principal"].get("Federated", "").endswith(f":oidc-provider/{_ISSUER}"):
            yield f"trust: {statement['Principal']} may take a role"


def wildcards_of_pipelines_have_a_written_reason(documents: Documents) -> Iterator[str]:
    for name, statement in _allowed(documents):
        wide = "*" in listed(statement["Resource"]) or any("*" in action for action in listed(statement["Action"]))
        if wide and len(statement.get("Sid", "")) < _SHORTEST_REASON:
            yield f"{name}: {statement['Action']} on everything without a reason"


def who_looks_changes_nothing(documents: Documents) -> Iterator[str]:
    for statement in documents["look"]:
        for action in listed(statement["Action"]):
            locks_only = all("/.pulumi/locks/" in resource for resource in listed(statement["Resource"]))
            if not action.partition(":")[2].startswith(_SEEING) and not locks_only:
                yield f"look: {action} changes {statement['Resource']}"


def a_release_stays_in_its_stage(documents: Documents) -> Iterator[str]:
    for statement in documents["deploy"]:
        for resource in listed(statement["Resource"]):
            pulls = resource.endswith(_FIRST_STAGE) and "ecr:PutImage" not in listed(statement["Action"])
            if "tandem-${STAGE}" not in resource and resource != "*" and not pulls:
                yield f"deploy: {statement['Action']} on {resource}"


def pipelines_pass_roles_to_named_services_only(documents: Documents) -> Iterator[str]:
    for name, statement in _allowed(documents):
        if "iam:PassRole" in listed(statement["Action"]):
            to = listed(statement.get("Condition", {}).get("StringEquals", {}).get("iam:PassedToService", []))
            if not to or any("*" in service for service in to) or "*" in listed(statement["Resource"]):
                yield f"{name}: roles are passed to anybody"


def only_known_policies_of_aws_are_attached(documents: Documents) -> Iterator[str]:
    for name, statement in _allowed(documents):
        if "iam:AttachRolePolicy" in listed(statement["Action"]):
            known = statement.get("Condition", {}).get("ArnEquals", {}).get("iam:PolicyARN", [])
            if set(listed(known)) != MANAGED:
                yield f"{name}: a role may be given any policy of AWS"


def pipelines_make_roles_of_their_stage_only(documents: Documents) -> Iterator[str]:
    """Those of the pipelines themselves are called otherwise, so that none of them can widen its own."""
    for statement in documents["roles"]:
        for resource in listed(statement["Resource"]):
            own = ":role/tandem-${STAGE}-", ":instance-profile/tandem-${STAGE}-", ":role/aws-service-role/"
            if not any(part in resource for part in own):
                yield f"roles: {statement['Action']} on {resource}"


def _allowed(documents: Documents) -> Iterator[tuple[str, Statement]]:
    for name, statements in documents.items():
        if name != "trust":
            yield from ((name, statement) for statement in statements)


ACCESS: tuple[Callable[[Documents], Iterable[str]], ...] = (
    trust_is_for_one_place_of_one_repository,
    wildcards_of_pipelines_have_a_written_reason,
    who_looks_changes_nothing,
    a_release_stays_in_its_stage,
    pipelines_pass_roles_to_named_services_only,
    only_known_policies_of_aws_are_attached,
    pipelines_make_roles_of_their_stage_only,
)
