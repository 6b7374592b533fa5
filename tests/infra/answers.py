"""What AWS would answer: the outputs that programs read of each kind of resource, with addresses of the real form."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from typing import Any

ACCOUNT = "123456789012"
REGION = "eu-north-1"
Zones = tuple[str, ...]

# By type: the form of the ARN after the account. Without an entry the type has none that anybody reads.
_ID = "11111111-2222-3333-4444-555555555555"
_BALANCING = "elasticloadbalancing:{r}:{a}"
_ARNS = {
    "acm/certificate:Certificate": f"acm:{{r}}:{{a}}:certificate/{_ID}",
    "acm/certificateValidation:CertificateValidation": f"acm:{{r}}:{{a}}:certificate/{_ID}",
    "acmpca/certificateAuthority:CertificateAuthority": f"acm-pca:{{r}}:{{a}}:certificate-authority/{_ID}",
    "cloudwatch/logGroup:LogGroup": "logs:{r}:{a}:log-group:{n}",
    "cloudwatch/metricAlarm:MetricAlarm": "cloudwatch:{r}:{a}:alarm:{n}",
    "ecr/repository:Repository": "ecr:{r}:{a}:repository/{n}",
    "ecs/cluster:Cluster": "ecs:{r}:{a}:cluster/{n}",
    "ecs/service:Service": "ecs:{r}:{a}:service/tandem/{n}",
    "ecs/taskDefinition:TaskDefinition": "ecs:{r}:{a}:task-definition/{n}:1",
    "iam/role:Role": "iam::{a}:role/{n}",
    "kms/key:Key": f"kms:{{r}}:{{a}}:key/{_ID}",
    "lambda/function:Function": "lambda:{r}:{a}:function:{n}",
    "lb/listener:Listener": _BALANCING + ":listener/app/{n}/50dc6c495c0c9188/f2f7dc8efc522ab2",
    "lb/listenerRule:ListenerRule": _BALANCING + ":listener-rule/app/{n}/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d0",
    "lb/loadBalancer:LoadBalancer": _BALANCING + ":loadbalancer/app/{n}/50dc6c495c0c9188",
    "lb/targetGroup:TargetGroup": _BALANCING + ":targetgroup/{n}/73e2d6bc24d8a067",
    "rds/instance:Instance": "rds:{r}:{a}:db:{n}",
    "s3/bucket:Bucket": "s3:::{n}",
    "secretsmanager/secret:Secret": "secretsmanager:{r}:{a}:secret:{n}-AbCdEf",
    "servicediscovery/privateDnsNamespace:PrivateDnsNamespace": "servicediscovery:{r}:{a}:namespace/ns-0123456789",
    "sns/topic:Topic": "sns:{r}:{a}:{n}",
    "sqs/queue:Queue": "sqs:{r}:{a}:{n}",
    "wafv2/webAcl:WebAcl": f"wafv2:{{r}}:{{a}}:regional/webacl/{{n}}/{_ID}",
}  # fmt: skip

_COMPUTED: dict[str, dict[str, Any]] = {
    "acm/certificate:Certificate": {
        "domainValidationOptions": [
            {"resourceRecordName": "_proof.api", "resourceRecordType": "CNAME", "resourceRecordValue": "_value.acm"}
        ]
    },
    "acmpca/certificateAuthority:CertificateAuthority": {"certificateSigningRequest": "-----BEGIN REQUEST-----"},
    "acmpca/certificate:Certificate": {"certificate": "-----BEGIN CERTIFICATE-----", "certificateChain": ""},
    "ec2/eip:Eip": {"publicIp": "198.51.100.7"},
    "ec2/vpcEndpoint:VpcEndpoint": {"prefixListId": "pl-0123456789abcdef0"},
    "kms/key:Key": {"keyId": _ID},
    "lb/loadBalancer:LoadBalancer": {
        "dnsName": "tandem-1.eu-north-1.elb.amazonaws.com",
        "zoneId": "Z23TAZ6LKFMNIO",
        "arnSuffix": "app/tandem/50dc6c495c0c9188",
    },
    "rds/instance:Instance": {
        "address": "tandem.abc.eu-north-1.rds.amazonaws.com",
        "masterUserSecrets": [
            {"secretArn": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:rds!db-1-AbCdEf", "secretStatus": "active"}
        ],
    },
    "route53/record:Record": {"fqdn": "_proof.api.example.com"},
    "ecr/repository:Repository": {"repositoryUrl": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/tandem"},
}


_IDS = {"ec2/securityGroup:SecurityGroup": "sg", "ec2/subnet:Subnet": "subnet", "ec2/vpc:Vpc": "vpc"}


def id_of(type_: str, name: str) -> str:
    """In the form that AWS gives, where schemas ask for it."""
    kind = type_.removeprefix("aws:")
    if kind in _IDS:
        return f"{_IDS[kind]}-{hashlib.sha256(name.encode()).hexdigest()[:17]}"
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name)) if kind == "kms/key:Key" else f"{name}-id"


def outputs_of(type_: str, name: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    kind = type_.removeprefix("aws:")
    outputs: dict[str, Any] = {"name": name, "region": REGION, **inputs, **_COMPUTED.get(kind, {})}
    called = str(outputs.get("bucket") or outputs.get("family") or outputs["name"]).lstrip()
    if kind in _ARNS:
        outputs["arn"] = "arn:aws:" + _ARNS[kind].format(r=outputs["region"], a=ACCOUNT, n=called)
    if kind == "s3/bucket:Bucket":
        outputs.setdefault("bucket", name)
    if kind == "sqs/queue:Queue":
        outputs["url"] = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{called}"
    return outputs


def call(token: str, zones: Zones) -> dict[str, Any]:
    """Raises KeyError for a question that nobody foresaw: an empty answer would be silently None."""
    answers: dict[str, dict[str, Any]] = {
        "aws:index/getAvailabilityZones:getAvailabilityZones": {
            "names": [REGION + zone for zone in zones],
            "id": REGION,
        },
        "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": ACCOUNT},
    }
    return answers[token]
