"""Recorded resources as a CloudFormation template, so that AWS's own schemas can be held against them.

What AWS's schema of a type knows by the same name, or by one of `_RENAMED`, is translated, at any depth; the rest is
left to the provider's own types (`strict`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import cfnlint

from tests.infra.recorder import Resource

_SCHEMAS = Path(cfnlint.__file__).parent / "data/schemas"
_REGION = "eu-north-1"
# So many of a type are enough: those of a service are made alike.
_MOST_OF_A_TYPE = 5
TYPES = {
    "cloudwatch/dashboard:Dashboard": "AWS::CloudWatch::Dashboard",
    "cloudwatch/logGroup:LogGroup": "AWS::Logs::LogGroup",
    "cloudwatch/metricAlarm:MetricAlarm": "AWS::CloudWatch::Alarm",
    "ec2/securityGroup:SecurityGroup": "AWS::EC2::SecurityGroup",
    "ec2/subnet:Subnet": "AWS::EC2::Subnet",
    "ec2/vpc:Vpc": "AWS::EC2::VPC",
    "ecr/repository:Repository": "AWS::ECR::Repository",
    "ecs/service:Service": "AWS::ECS::Service",
    "ecs/taskDefinition:TaskDefinition": "AWS::ECS::TaskDefinition",
    "iam/role:Role": "AWS::IAM::Role",
    "kms/key:Key": "AWS::KMS::Key",
    "lb/listener:Listener": "AWS::ElasticLoadBalancingV2::Listener",
    "lb/listenerRule:ListenerRule": "AWS::ElasticLoadBalancingV2::ListenerRule",
    "lb/loadBalancer:LoadBalancer": "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "lb/targetGroup:TargetGroup": "AWS::ElasticLoadBalancingV2::TargetGroup",
    "rds/instance:Instance": "AWS::RDS::DBInstance",
    "secretsmanager/secret:Secret": "AWS::SecretsManager::Secret",
    "sns/topic:Topic": "AWS::SNS::Topic",
    "sqs/queue:Queue": "AWS::SQS::Queue",
    "vpc/securityGroupEgressRule:SecurityGroupEgressRule": "AWS::EC2::SecurityGroupEgress",
    "vpc/securityGroupIngressRule:SecurityGroupIngressRule": "AWS::EC2::SecurityGroupIngress",
}

# By CloudFormation's type: what the provider calls otherwise.
_RENAMED: dict[str, dict[str, str]] = {
    "AWS::CloudWatch::Alarm": {"name": "AlarmName", "metricQueries": "Metrics"},
    "AWS::ECR::Repository": {"name": "RepositoryName"},
    "AWS::ECS::Service": {"name": "ServiceName", "networkConfiguration": "NetworkConfiguration"},
    "AWS::Logs::LogGroup": {"name": "LogGroupName"},
    "AWS::RDS::DBInstance": {"identifier": "DBInstanceIdentifier", "instanceClass": "DBInstanceClass"},
    "AWS::SNS::Topic": {"name": "TopicName"},
    "AWS::SQS::Queue": {"name": "QueueName"},
    "AWS::EC2::SecurityGroup": {"description": "GroupDescription"},
    "AWS::EC2::SecurityGroupIngress": {
        "securityGroupId": "GroupId",
        "referencedSecurityGroupId": "SourceSecurityGroupId",
        "cidrIpv4": "CidrIp",
    },
    "AWS::EC2::SecurityGroupEgress": {
        "securityGroupId": "GroupId",
        "referencedSecurityGroupId": "DestinationSecurityGroupId",
        "prefixListId": "DestinationPrefixListId",
        "cidrIpv4": "CidrIp",
    },
    "AWS::KMS::Key": {"policy": "KeyPolicy", "deletionWindowInDays": "PendingWindowInDays"},
    "AWS::IAM::Role": {"assumeRolePolicy": "AssumeRolePolicyDocument"},
}
# At any depth.
_RENAMED_INSIDE = {"issuerCertAuthority": "IssuerCertificateAuthority"}


def template(resources: Iterable[Resource]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    counted: dict[str, int] = {}
    for resource in resources:
        type_ = TYPES.get(resource.type.removeprefix("aws:"))
        if type_ and counted.get(type_, 0) < _MOST_OF_A_TYPE:
            counted[type_] = counted.get(type_, 0) + 1
            logical = re.sub(r"[^A-Za-z0-9]", "", f"{resource.name}{type_.rpartition(':')[2]}")
            made[logical] = {"Type": type_, "Properties": properties(type_, resource.inputs)}
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": made}


def properties(type_: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    schema = _schema(type_)
    if "certificateArn" in inputs:
        inputs = {**inputs, "certificates": [{"certificateArn": inputs["certificateArn"]}]}
    renamed = {_RENAMED.get(type_, {}).get(name, name): value for name, value in inputs.items()}
    return dict(_object(schema, schema, renamed))


@cache
def _schema(type_: str) -> dict[str, Any]:
    by_type = json.loads((_SCHEMAS / f"providers/{_REGION}.json").read_text())
    schema: dict[str, Any] = json.loads((_SCHEMAS / f"resources/{by_type[type_]}.json").read_text())
    return schema


def _object(root: Mapping[str, Any], schema: Mapping[str, Any], value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    known = {name.lower(): name for name in schema.get("properties", {})}
    for given, one in value.items():
        name = known.get(_RENAMED_INSIDE.get(given, given).lower())
        if name == "Tags":
            yield name, [{"Key": key, "Value": tag} for key, tag in one.items()]
        elif name is not None and one is not None:
            yield name, _translated(root, schema["properties"][name], one)


def _translated(root: Mapping[str, Any], schema: Mapping[str, Any], value: Any) -> Any:
    while "$ref" in schema:
        schema = root["definitions"][schema["$ref"].rpartition("/")[2]]
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if "array" in kinds:
        return [_translated(root, schema.get("items", {}), one) for one in _listed(value)]
    if "object" in kinds and isinstance(value, str):
        return json.loads(value)
    if isinstance(value, Mapping):
        return dict(_object(root, schema, value)) if "properties" in schema else dict(value)
    return _number(value) if kinds != ["string"] else _text(value)


def _listed(value: Any) -> list[Any]:
    """Container definitions are JSON for the provider, and dimensions a map."""
    found = json.loads(value) if isinstance(value, str) and value.startswith("[") else value
    if isinstance(found, Mapping) and all(isinstance(one, str) for one in found.values()):
        return [{"name": name, "value": one} for name, one in found.items()]
    return list(found) if isinstance(found, list) else [found]


def _number(value: Any) -> Any:
    if isinstance(value, str) and value.isdigit():
        return int(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _text(value: Any) -> Any:
    return str(_number(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value
