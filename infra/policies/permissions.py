"""Who may do what in the account."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from infra.data.purposes import PURPOSES
from infra.policies.estate import Broken, Estate, Registered

_ROLE_POLICY = "iam/rolePolicy:RolePolicy"
# Policies that AWS keeps for services of its own acting for us; each is narrower than what we would write.
MANAGED = {
    "arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers",
    "arn:aws:iam::aws:policy/service-role/AmazonECSInfrastructureRolePolicyForServiceConnectTransportLayerSecurity",
    "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole",
}


def statements(resource: Registered) -> Iterator[dict[str, Any]]:
    yield from json.loads(resource.inputs.get("policy") or '{"Statement": []}')["Statement"]


def wildcards_have_a_written_reason(estate: Estate) -> Broken:
    for one in estate.of(_ROLE_POLICY, "ec2/vpcEndpoint:VpcEndpoint", "kms/key:Key", "sqs/queuePolicy:QueuePolicy"):
        for statement in statements(one):
            wide = "*" in statement["Resource"] or any("*" in action for action in statement["Action"])
            if wide and len(statement.get("Sid", "")) < 20:
                yield f"{one.name}: {statement['Action']} on {statement['Resource']} without a reason"


def roles_have_no_wildcard_actions(estate: Estate) -> Broken:
    for one in estate.of(_ROLE_POLICY):
        for statement in statements(one):
            if any("*" in action for action in statement["Action"]):
                yield f"{one.name} may do {statement['Action']}"


def only_known_policies_of_aws_are_used(estate: Estate) -> Broken:
    for one in estate.of("iam/rolePolicyAttachment:RolePolicyAttachment"):
        if one.inputs["policyArn"] not in MANAGED:
            yield f"{one.name} takes {one.inputs['policyArn']}"
    for role in estate.of("iam/role:Role"):
        if role.inputs.get("managedPolicyArns"):
            yield f"{role.name} takes {role.inputs['managedPolicyArns']}"


def roles_are_for_one_aws_service_of_this_account(estate: Estate) -> Broken:
    for role in estate.of("iam/role:Role"):
        for statement in json.loads(role.inputs["assumeRolePolicy"])["Statement"]:
            service = statement["Principal"].get("Service")
            if not isinstance(service, str) or "aws:SourceAccount" not in str(statement.get("Condition")):
                yield f"{role.name} may be taken by {statement['Principal']}"


def roles_are_passed_to_tasks_only(estate: Estate) -> Broken:
    for one in estate.of(_ROLE_POLICY):
        for statement in statements(one):
            to_tasks = statement.get("Condition") == {
                "StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
            }
            if "iam:PassRole" in statement["Action"] and ("*" in statement["Resource"] or not to_tasks):
                yield f"{one.name} passes roles to anybody"


def services_read_their_own_secret_only(estate: Estate) -> Broken:
    for name in estate.product.services:
        for one in _of_service(estate, name):
            for resource in _resources(one, "secretsmanager:"):
                if not any(f"/{name}/{kind}" in resource for kind in ("database", "client")):
                    yield f"{name} may read {resource}"


def services_publish_to_their_own_topic_only(estate: Estate) -> Broken:
    for name in estate.product.services:
        for one in _of_service(estate, name):
            for resource in _resources(one, "sns:"):
                if not resource.endswith(f":{estate.called(name)}.fifo"):
                    yield f"{name} may publish to {resource}"


def services_hear_their_own_queue_only(estate: Estate) -> Broken:
    for name in estate.product.services:
        own = tuple(f":{estate.called(name, kind)}.fifo" for kind in ("events", "dead"))
        for one in _of_service(estate, name):
            for resource in _resources(one, "sqs:"):
                if not resource.endswith(own):
                    yield f"{name} may read {resource}"


def files_are_read_by_their_readers_only(estate: Estate) -> Broken:
    for name in estate.product.services:
        own = {estate.called(purpose.name) for purpose in PURPOSES if name in purpose.readers}
        for one in _of_service(estate, name):
            for resource in _resources(one, "s3:"):
                if resource.removeprefix("arn:aws:s3:::").removesuffix("/*") not in own:
                    yield f"{name} may read {resource}"


def _of_service(estate: Estate, name: str) -> Iterator[Registered]:
    return (one for one in estate.of(_ROLE_POLICY) if one.name == estate.called(name, "task"))


def _resources(policy: Registered, prefix: str) -> Iterator[str]:
    for statement in statements(policy):
        if any(action.startswith(prefix) for action in statement["Action"]):
            yield from statement["Resource"]


CHECKS = (
    wildcards_have_a_written_reason,
    roles_have_no_wildcard_actions,
    only_known_policies_of_aws_are_used,
    roles_are_for_one_aws_service_of_this_account,
    roles_are_passed_to_tasks_only,
    services_read_their_own_secret_only,
    services_publish_to_their_own_topic_only,
    services_hear_their_own_queue_only,
    files_are_read_by_their_readers_only,
)
