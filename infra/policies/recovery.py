"""What is left when something is lost."""

from __future__ import annotations

from typing import Any

from infra.policies.estate import Broken, Estate

_DATABASE = "rds/instance:Instance"


def replacing_the_database_is_refused(estate: Estate) -> Broken:
    for database in estate.of(_DATABASE):
        if not database.protect:
            yield f"{database.name} could be replaced by a change of the program"


def the_database_can_be_set_back(estate: Estate) -> Broken:
    """With backups of any age it can be restored to any second since the oldest."""
    for database in estate.of(_DATABASE):
        if database.inputs.get("backupRetentionPeriod", 0) < estate.stage.backup_days:
            yield f"{database.name} has backups of less than {estate.stage.backup_days} days"


def the_last_state_is_kept(estate: Estate) -> Broken:
    for database in estate.of(_DATABASE):
        kept = database.inputs.get("skipFinalSnapshot") is False and database.inputs.get("finalSnapshotIdentifier")
        if not kept or database.inputs.get("deleteAutomatedBackups") is not False:
            yield f"{database.name} takes its data along when it goes"


def anchors_of_the_audit_trail_cannot_be_changed(estate: Estate) -> Broken:
    locks = {
        one.inputs["bucket"]: one.inputs["rule"]["defaultRetention"]
        for one in estate.of("s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration")
    }
    for bucket in estate.of("s3/bucket:Bucket"):
        if bucket.name in {estate.called("anchors"), estate.called("anchors", "copy")}:
            locked = bucket.inputs.get("objectLockEnabled") and bucket.protect and bucket.id in locks
            if not locked or locks[bucket.id]["years"] != estate.stage.audit_years:
                yield f"{bucket.name} is not locked"


def databases_outlive_a_zone(estate: Estate) -> Broken:
    for database in estate.of(_DATABASE):
        if not database.inputs.get("multiAz"):
            yield f"{database.name} stands in one zone"


def databases_are_not_deleted_by_mistake(estate: Estate) -> Broken:
    for database in estate.of(_DATABASE):
        if not database.inputs.get("deletionProtection"):
            yield f"{database.name} can be deleted"


def the_entrance_is_not_deleted_by_mistake(estate: Estate) -> Broken:
    for balancer in estate.of("lb/loadBalancer:LoadBalancer"):
        if not balancer.inputs.get("enableDeletionProtection") or not balancer.protect:
            yield f"{balancer.name} can be deleted"


def keys_are_not_deleted_by_mistake(estate: Estate) -> Broken:
    """Without its key, data is gone."""
    for key in estate.of("kms/key:Key"):
        if not key.protect:
            yield f"{key.name} can be deleted"


def services_outlive_a_task(estate: Estate) -> Broken:
    for name, service in estate.services():
        if service.inputs.get("desiredCount", 0) < 2:
            yield f"{name} runs in one task"


def backups_lie_in_a_second_region(estate: Estate) -> Broken:
    copies = list(estate.of("rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication"))
    for database in estate.of(_DATABASE):
        away = [
            one.inputs.get("region") for one in copies if one.inputs["sourceDbInstanceArn"] == database.outputs["arn"]
        ]
        if not any(region and region not in database.outputs["arn"] for region in away):
            yield f"{database.name} has no copy of its backups in a second region"


def files_lie_in_a_second_region(estate: Estate) -> Broken:
    """Every file, within a time that is watched, under a key that stands there."""
    copied: dict[str, dict[str, Any]] = {}
    for one in estate.of("s3/bucketReplicationConfig:BucketReplicationConfig"):
        [rule] = one.inputs["rules"]
        whole = rule["status"] == "Enabled" and not rule["filter"].get("prefix")
        if whole and rule["destination"].get("replicationTime", {}).get("status") == "Enabled":
            copied[one.inputs["bucket"]] = rule["destination"]
    buckets = list(estate.of("s3/bucket:Bucket"))
    away = {bucket.outputs["arn"]: bucket for bucket in buckets if bucket.inputs.get("region")}
    keys = {key.outputs["arn"]: key.inputs.get("region") for key in estate.of("kms/key:Key")}
    for bucket in buckets:
        if bucket.outputs["arn"] in away:
            continue
        destination = copied.get(bucket.id, {})
        copy = away.get(destination.get("bucket", ""))
        key_arn = destination.get("encryptionConfiguration", {}).get("replicaKmsKeyId", "")
        if copy is None or keys.get(key_arn) != copy.inputs["region"]:
            yield f"{bucket.name} has no copy in a second region"
        elif bool(copy.inputs.get("objectLockEnabled")) != bool(bucket.inputs.get("objectLockEnabled")):
            yield f"{bucket.name} is locked and its copy is not"


def services_stand_in_every_zone(estate: Estate) -> Broken:
    for name, service in estate.services():
        if service.inputs.get("desiredCount", 0) < 3 or len(service.inputs["networkConfiguration"]["subnets"]) < 3:
            yield f"{name} does not stand in three zones"


def nothing_runs_on_capacity_that_can_be_taken_away(estate: Estate) -> Broken:
    for name, service in estate.services():
        providers = [one["capacityProvider"] for one in service.inputs["capacityProviderStrategies"]]
        if providers != ["FARGATE"]:
            yield f"{name} runs on {', '.join(providers)}"


def each_zone_has_its_own_way_out(estate: Estate) -> Broken:
    if len(list(estate.of("ec2/natGateway:NatGateway"))) < 3:
        yield "a zone that fails takes the way out of the others along"


def audit_anchors_cannot_be_unlocked(estate: Estate) -> Broken:
    for one in estate.of("s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"):
        if one.inputs["rule"]["defaultRetention"]["mode"] != "COMPLIANCE":
            yield f"{one.name} can be unlocked"


EVERYWHERE = (
    replacing_the_database_is_refused,
    the_database_can_be_set_back,
    the_last_state_is_kept,
    anchors_of_the_audit_trail_cannot_be_changed,
)
WITH_USERS = (
    databases_outlive_a_zone,
    databases_are_not_deleted_by_mistake,
    the_entrance_is_not_deleted_by_mistake,
    keys_are_not_deleted_by_mistake,
    services_outlive_a_task,
)
PRODUCTION = (
    backups_lie_in_a_second_region,
    files_lie_in_a_second_region,
    services_stand_in_every_zone,
    nothing_runs_on_capacity_that_can_be_taken_away,
    each_zone_has_its_own_way_out,
    audit_anchors_cannot_be_unlocked,
)
