"""Files in the second region: each is there within a quarter of an hour, and locked if it is locked here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import grants
from infra.component import Component
from infra.data.buckets import Bucket, BucketArgs
from infra.data.purposes import PURPOSES, Purpose
from infra.foundation.keys import KeyArgs, key
from infra.grants import Grant, Text
from infra.scope import Scope

# What S3 promises for 99.9 % of files where it is asked to watch the time, and the only figure that it takes.
MINUTES = 15


@dataclass(frozen=True)
class CopiesArgs:
    """`sources` are the buckets by purpose."""

    region: str
    sources: Mapping[str, Bucket]
    key_arn: pulumi.Input[str]
    alerts_arn: pulumi.Input[str]


class Copies(Component):
    def __init__(self, scope: Scope, args: CopiesArgs) -> None:
        super().__init__(scope.name("copies"), scope)
        what = KeyArgs("copies", "Copies of files from another region", region=args.region)
        self._args, self._key = args, key(scope, what, self.protected())
        self.buckets = {
            purpose.name: Bucket(scope, BucketArgs(purpose, self._key.arn, args.region)) for purpose in PURPOSES
        }
        self._role = grants.role(
            scope.name("copies"), "s3.amazonaws.com", scope.account, self._may(), tags=scope.tags(), opts=self.opts
        )
        for purpose in PURPOSES:
            self._copy(purpose)
            self._watch(purpose)

    def _may(self) -> list[Grant]:
        sources = [source.bucket.arn for source in self._args.sources.values()]
        copies = [copy.bucket.arn for copy in self.buckets.values()]
        return [
            Grant(["s3:GetReplicationConfiguration", "s3:ListBucket"], sources),
            Grant(
                [
                    "s3:GetObjectLegalHold",
                    "s3:GetObjectRetention",
                    "s3:GetObjectVersionAcl",
                    "s3:GetObjectVersionForReplication",
                    "s3:GetObjectVersionTagging",
                ],
                [_inside(arn) for arn in sources],
            ),
            Grant(["s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"], [_inside(arn) for arn in copies]),
            Grant(["kms:Decrypt"], [self._args.key_arn], _by_s3(self.scope.region)),
            Grant(["kms:Encrypt", "kms:GenerateDataKey"], [self._key.arn], _by_s3(self._args.region)),
        ]

    def _copy(self, purpose: Purpose) -> None:
        source, copy = self._args.sources[purpose.name], self.buckets[purpose.name]
        encrypted = aws.s3.BucketReplicationConfigRuleSourceSelectionCriteriaSseKmsEncryptedObjectsArgs(
            status="Enabled"
        )
        aws.s3.BucketReplicationConfig(
            self.scope.name(purpose.name),
            bucket=source.bucket.id,
            role=self._role.arn,
            rules=[
                aws.s3.BucketReplicationConfigRuleArgs(
                    id="copy",
                    status="Enabled",
                    priority=1,
                    filter=aws.s3.BucketReplicationConfigRuleFilterArgs(prefix=""),
                    # What is deleted here ends there too, when old versions do; what is locked is not deleted.
                    delete_marker_replication=aws.s3.BucketReplicationConfigRuleDeleteMarkerReplicationArgs(
                        status="Disabled" if purpose.locked else "Enabled"
                    ),
                    source_selection_criteria=aws.s3.BucketReplicationConfigRuleSourceSelectionCriteriaArgs(
                        sse_kms_encrypted_objects=encrypted
                    ),
                    destination=self._destination(copy),
                )
            ],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[source.versioning, copy.versioning]),
        )

    def _destination(self, copy: Bucket) -> aws.s3.BucketReplicationConfigRuleDestinationArgs:
        return aws.s3.BucketReplicationConfigRuleDestinationArgs(
            bucket=copy.bucket.arn,
            encryption_configuration=aws.s3.BucketReplicationConfigRuleDestinationEncryptionConfigurationArgs(
                replica_kms_key_id=self._key.arn
            ),
            replication_time=aws.s3.BucketReplicationConfigRuleDestinationReplicationTimeArgs(
                status="Enabled",
                time=aws.s3.BucketReplicationConfigRuleDestinationReplicationTimeTimeArgs(minutes=MINUTES),
            ),
            metrics=aws.s3.BucketReplicationConfigRuleDestinationMetricsArgs(
                status="Enabled",
                event_threshold=aws.s3.BucketReplicationConfigRuleDestinationMetricsEventThresholdArgs(minutes=MINUTES),
            ),
        )

    def _watch(self, purpose: Purpose) -> None:
        name = self.scope.name(purpose.name, "copied-late")
        source, copy = self._args.sources[purpose.name].bucket, self.buckets[purpose.name].bucket
        aws.cloudwatch.MetricAlarm(
            name,
            name=name,
            alarm_description=f"Copies of {purpose.name} are late. See docs/runbooks.",
            namespace="AWS/S3",
            metric_name="ReplicationLatency",
            dimensions={"SourceBucket": source.bucket, "DestinationBucket": copy.bucket, "RuleId": "copy"},
            statistic="Maximum",
            period=300,
            evaluation_periods=1,
            threshold=MINUTES * 60.0,
            comparison_operator="GreaterThanThreshold",
            treat_missing_data="notBreaching",
            alarm_actions=[self._args.alerts_arn],
            ok_actions=[self._args.alerts_arn],
            tags=self.scope.tags(),
            opts=self.opts,
        )


def _inside(arn: pulumi.Output[str]) -> Text:
    return arn.apply(lambda bucket: f"{bucket}/*")


def _by_s3(region: str) -> dict[str, dict[str, str]]:
    return {"StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"}}
