"""IAM policies as values. A wildcard stands only where AWS has nothing narrower, with the reason beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pulumi_aws as aws

Text = pulumi.Input[str]
# AWS takes nothing else in the name of a statement.
_WORD = re.compile(r"[A-Za-z0-9]+")


class Unreasoned(Exception):
    """A wildcard without the reason why nothing narrower will do."""


@dataclass(frozen=True)
class Grant:
    """`because` is why a wildcard has to be: it becomes the Sid, which is how a reader of the policy learns of it."""

    actions: Sequence[str]
    resources: Sequence[Text]
    conditions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    principals: Mapping[str, Sequence[Text]] | None = None
    because: str | None = None

    def __post_init__(self) -> None:
        wide = "*" in self.resources or any("*" in action for action in self.actions)
        if wide and not self.because:
            raise Unreasoned(f"{', '.join(self.actions)} on {list(self.resources)}: say why nothing narrower will do")

    def statement(self) -> dict[str, Any]:
        statement: dict[str, Any] = {"Effect": "Allow", "Action": list(self.actions), "Resource": list(self.resources)}
        if self.because:
            statement["Sid"] = "".join(word.capitalize() for word in _WORD.findall(self.because))
        if self.conditions:
            statement["Condition"] = self.conditions
        if self.principals:
            statement["Principal"] = self.principals
        return statement


def document(*grants: Grant) -> pulumi.Output[str]:
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [grant.statement() for grant in grants]})


def denial(statement: Mapping[str, Any]) -> dict[str, Any]:
    return {"Effect": "Deny", **statement}


def trust(service: str, account: str) -> pulumi.Output[str]:
    """Who may take a role: one AWS service, and only for this account."""
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": service},
        "Condition": {"StringEquals": {"aws:SourceAccount": account}},
    }
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [statement]})


def role(
    name: str,
    trusted: str,
    account: str,
    grants: Sequence[Grant],
    *,
    tags: Mapping[str, str],
    opts: pulumi.ResourceOptions,
) -> aws.iam.Role:
    """A role with exactly these grants."""
    made = aws.iam.Role(name, assume_role_policy=trust(trusted, account), tags=tags, opts=opts)
    if grants:
        aws.iam.RolePolicy(name, role=made.name, policy=document(*grants), opts=opts)
    return made
