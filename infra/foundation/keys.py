"""One key per kind of secret, so that whoever may read logs cannot read messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import grants
from infra.component import Component
from infra.grants import Grant
from infra.scope import Scope

_USE = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext",
        "kms:ReEncryptFrom", "kms:ReEncryptTo")  # fmt: skip
_OWNER = "a key has to be governable by its account and its policy can name no resource but itself"


@dataclass(frozen=True)
class KeyArgs:
    """`users` are the AWS services that use it by themselves, outside the permissions of a role of ours."""

    purpose: str
    description: str
    users: Sequence[str] = ()
    region: str | None = None


def key(scope: Scope, args: KeyArgs, opts: pulumi.ResourceOptions) -> aws.kms.Key:
    owner = Grant(["kms:*"], ["*"], principals={"AWS": [f"arn:aws:iam::{scope.account}:root"]}, because=_OWNER)
    users = [
        Grant(
            _USE,
            ["*"],
            {"StringEquals": {"aws:SourceAccount": scope.account}},
            {"Service": [user]},
            because=f"a key policy can name no resource but its key and this is for {user}",
        )
        for user in args.users
    ]
    made = aws.kms.Key(
        scope.name(args.purpose),
        description=args.description,
        enable_key_rotation=True,
        rotation_period_in_days=365,
        deletion_window_in_days=30,
        policy=grants.document(owner, *users),
        region=args.region,
        tags=scope.tags(),
        opts=opts,
    )
    aws.kms.Alias(
        scope.name(args.purpose),
        name=f"alias/{scope.name(args.purpose)}",
        target_key_id=made.key_id,
        region=args.region,
        opts=pulumi.ResourceOptions(parent=opts.parent),
    )
    return made


class Keys(Component):
    def __init__(self, scope: Scope) -> None:
        super().__init__(scope.name("keys"), scope)
        self.logs = self._key("logs", "Logs of tasks, network and firewall", f"logs.{scope.region}.amazonaws.com")
        self.storage = self._key("storage", "Databases, files, images and their copies")
        self.messages = self._key("messages", "Events on their way", "sns.amazonaws.com", "cloudwatch.amazonaws.com",
                                  "budgets.amazonaws.com")  # fmt: skip
        self.secrets = self._key("secrets", "Passwords and certificates' keys")

    def _key(self, purpose: str, description: str, *users: str) -> aws.kms.Key:
        return key(self.scope, KeyArgs(purpose, description, users), self.protected())
