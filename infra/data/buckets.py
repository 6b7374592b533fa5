"""Files: card pictures, invoices, and the anchors of the audit trail, which nobody can change, us included."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.component import Component
from infra.data.purposes import Purpose
from infra.scope import Scope


@dataclass(frozen=True)
class BucketArgs:
    """With a `region`, it is the copy there of the bucket of that purpose, with the same protection."""

    purpose: Purpose
    key_arn: pulumi.Input[str]
    region: str | None = None

    def name(self, scope: Scope) -> str:
        return scope.name(self.purpose.name, "copy") if self.region else scope.name(self.purpose.name)


class Bucket(Component):
    def __init__(self, scope: Scope, args: BucketArgs) -> None:
        super().__init__(args.name(scope), scope)
        self._called, self._region = args.name(scope), args.region
        self.bucket = aws.s3.Bucket(
            self._called,
            region=self._region,
            object_lock_enabled=args.purpose.locked,
            force_destroy=False,
            tags=scope.tags(),
            opts=self.protected(keeps=True if args.purpose.locked else None),
        )
        self._keep_private()
        self._encrypt(args)
        self._keep_versions()
        if args.purpose.locked:
            self._lock()

    def _keep_private(self) -> None:
        aws.s3.BucketPublicAccessBlock(
            self._called,
            region=self._region,
            bucket=self.bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self.opts,
        )
        aws.s3.BucketOwnershipControls(
            self._called,
            region=self._region,
            bucket=self.bucket.id,
            rule=aws.s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
            opts=self.opts,
        )
        aws.s3.BucketPolicy(
            self._called,
            region=self._region,
            bucket=self.bucket.id,
            policy=pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [_no_plain_http(self.bucket.arn)]}),
            opts=self.opts,
        )

    def _encrypt(self, args: BucketArgs) -> None:
        by_key = aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
            sse_algorithm="aws:kms", kms_master_key_id=args.key_arn
        )
        aws.s3.BucketServerSideEncryptionConfiguration(
            self._called,
            region=self._region,
            bucket=self.bucket.id,
            rules=[
                aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(
                    apply_server_side_encryption_by_default=by_key, bucket_key_enabled=True
                )
            ],
            opts=self.opts,
        )

    def _keep_versions(self) -> None:
        self.versioning = aws.s3.BucketVersioning(
            self._called,
            region=self._region,
            bucket=self.bucket.id,
            versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
            opts=self.opts,
        )
        aws.s3.BucketLifecycleConfiguration(
            self._called,
            region=self._region,
            bucket=self.bucket.id,
            rules=[
                aws.s3.BucketLifecycleConfigurationRuleArgs(
                    id="old-versions",
                    status="Enabled",
                    filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
                    noncurrent_version_expiration=aws.s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                        noncurrent_days=90
                    ),
                    abort_incomplete_multipart_upload=aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                        days_after_initiation=7
                    ),
                )
            ],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self.versioning]),
        )

    def _lock(self) -> None:
        """`COMPLIANCE` cannot be lifted, by root neither; outside production one has to be able to clean up."""
        production = self.scope.stage.name == "production"
        aws.s3.BucketObjectLockConfiguration(
            self._called,
            region=self._region,
            bucket=self.bucket.id,
            rule=aws.s3.BucketObjectLockConfigurationRuleArgs(
                default_retention=aws.s3.BucketObjectLockConfigurationRuleDefaultRetentionArgs(
                    mode="COMPLIANCE" if production else "GOVERNANCE", years=self.scope.stage.audit_years
                )
            ),
            opts=self.opts,
        )


def _no_plain_http(arn: pulumi.Output[str]) -> dict[str, Any]:
    return {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, arn.apply(lambda bucket: f"{bucket}/*")],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
