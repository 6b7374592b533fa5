"""Log groups end when they should and are encrypted; names are fixed, so that nobody makes one without."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from infra.scope import Scope


def log_group(
    scope: Scope,
    path: str,
    key_arn: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
    *,
    prefix: str = "/tandem",
    service: str | None = None,
) -> aws.cloudwatch.LogGroup:
    return aws.cloudwatch.LogGroup(
        scope.name(*path.split("/"), "logs"),
        name=f"{prefix}/{scope.name(*path.split('/'))}",
        retention_in_days=scope.stage.log_days,
        kms_key_id=key_arn,
        tags=scope.tags(service),
        opts=opts,
    )
