"""Files of production in the second region: what is copied, and each way in which a copy would be none."""

from __future__ import annotations

from typing import Any

import pytest

from infra.data.purposes import PURPOSES
from infra.policies.recovery import files_lie_in_a_second_region
from tests.infra.policies.estates import Break, estate_of

CONFIG = "s3/bucketReplicationConfig:BucketReplicationConfig"
BUCKET = "s3/bucket:Bucket"


def test_every_purpose_has_a_bucket_there_with_the_same_protection() -> None:
    buckets = {bucket.name: bucket for bucket in estate_of("production").of(BUCKET)}
    for purpose in PURPOSES:
        source, copy = (buckets[f"tandem-production-{name}"] for name in (purpose.name, f"{purpose.name}-copy"))
        assert copy.inputs["region"] == "eu-central-1"
        assert (copy.protect, copy.inputs["objectLockEnabled"]) == (source.protect, purpose.locked)


@pytest.mark.parametrize("stage", ["dev", "uat"])
def test_stages_that_copy_nothing_have_no_buckets_there(stage: str) -> None:
    assert not [bucket for bucket in estate_of(stage).of(BUCKET) if "region" in bucket.inputs]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Break(CONFIG, "pictures", gone=True), "pictures has no copy"),
        (Break(CONFIG, "pictures", "rules.0.status", "Disabled"), "pictures has no copy"),
        (Break(CONFIG, "pictures", "rules.0.filter.prefix", "cards/"), "pictures has no copy"),
        (Break(CONFIG, "pictures", "rules.0.destination.replicationTime"), "pictures has no copy"),
        (Break(CONFIG, "pictures", "rules.0.destination.encryptionConfiguration"), "pictures has no copy"),
        (Break(BUCKET, "pictures-copy", gone=True), "pictures has no copy"),
        (Break(BUCKET, "anchors-copy", "objectLockEnabled", False), "anchors is locked and its copy is not"),
    ],
)
def test_copy_that_is_none_is_found(change: Any, said: str) -> None:
    [broken] = files_lie_in_a_second_region(change.apply(estate_of("production")))
    assert said in broken
