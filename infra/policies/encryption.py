"""Everything that is kept or sent is encrypted, with keys of ours."""

from __future__ import annotations

import json

from infra.functions.database_login import AUTHORITIES
from infra.policies.estate import Broken, Estate


def logs_are_encrypted(estate: Estate) -> Broken:
    for group in estate.of("cloudwatch/logGroup:LogGroup"):
        if not group.inputs.get("kmsKeyId"):
            yield f"{group.name} has no key"


def the_database_is_encrypted(estate: Estate) -> Broken:
    for database in estate.of("rds/instance:Instance"):
        keys = ("kmsKeyId", "performanceInsightsKmsKeyId", "masterUserSecretKmsKeyId")
        missing = [key for key in keys if not database.inputs.get(key)]
        if not database.inputs.get("storageEncrypted") or missing:
            yield f"{database.name} is not encrypted throughout: {', '.join(missing) or 'storageEncrypted'}"


def the_database_speaks_tls_only(estate: Estate) -> Broken:
    for group in estate.of("rds/parameterGroup:ParameterGroup"):
        values = {parameter["name"]: parameter["value"] for parameter in group.inputs["parameters"]}
        if values.get("rds.force_ssl") != "1":
            yield f"{group.name} lets clients in without TLS"


def the_database_has_to_prove_itself(estate: Estate) -> Broken:
    """Services get the authorities with their login, from the function that rotates it."""
    for task, container in estate.containers():
        told = {one["name"]: one["valueFrom"] for one in container["secrets"]}
        vouching = [origin for name, origin in told.items() if name == "TANDEM_DATABASE_CA"]
        logins = [origin for name, origin in told.items() if name.endswith("_DATABASE_URL")]
        if vouching != [login.replace(":url::", ":ca::") for login in logins]:
            yield f"{task.name} does not know by whom its database is vouched for"
    region = estate.one("rds/instance:Instance").outputs["region"]
    for function in estate.of("lambda/function:Function"):
        if function.inputs["handler"] == "database_login.handler" and f"/{region}-bundle.pem" not in str(
            function.inputs["code"].assets[AUTHORITIES].uri
        ):
            yield f"{function.name} has no authorities of {region}"


def files_are_encrypted(estate: Estate) -> Broken:
    kind = "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    ours = {
        one.inputs["bucket"]
        for one in estate.of(kind)
        if one.inputs["rules"][0]["applyServerSideEncryptionByDefault"].get("kmsMasterKeyId")
    }
    yield from _without(estate, ours, "has no key")


def files_are_private(estate: Estate) -> Broken:
    flags = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    blocks = estate.of("s3/bucketPublicAccessBlock:BucketPublicAccessBlock")
    private = {one.inputs["bucket"] for one in blocks if all(one.inputs.get(flag) for flag in flags)}
    yield from _without(estate, private, "could be made public")


def files_travel_by_tls_only(estate: Estate) -> Broken:
    refusing = {
        one.inputs["bucket"]
        for one in estate.of("s3/bucketPolicy:BucketPolicy")
        if any(
            statement["Effect"] == "Deny" and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
            for statement in json.loads(one.inputs["policy"])["Statement"]
        )
    }
    yield from _without(estate, refusing, "answers without TLS")


def files_keep_their_versions(estate: Estate) -> Broken:
    kept = {
        one.inputs["bucket"]
        for one in estate.of("s3/bucketVersioning:BucketVersioning")
        if one.inputs["versioningConfiguration"]["status"] == "Enabled"
    }
    yield from _without(estate, kept, "keeps no versions")


def _without(estate: Estate, good: set[str], what: str) -> Broken:
    for bucket in estate.of("s3/bucket:Bucket"):
        if bucket.id not in good:
            yield f"{bucket.name} {what}"


def events_are_encrypted(estate: Estate) -> Broken:
    for one in estate.of("sns/topic:Topic", "sqs/queue:Queue"):
        if not one.inputs.get("kmsMasterKeyId"):
            yield f"{one.name} has no key"


def images_are_scanned_encrypted_and_never_change(estate: Estate) -> Broken:
    for repository in estate.of("ecr/repository:Repository"):
        inputs = repository.inputs
        scanned = inputs.get("imageScanningConfiguration", {}).get("scanOnPush")
        encrypted = inputs.get("encryptionConfigurations", [{}])[0].get("kmsKey")
        if not (scanned and encrypted and inputs.get("imageTagMutability") == "IMMUTABLE"):
            yield f"{repository.name} is not scanned, encrypted and immutable"


def keys_are_rotated_and_not_lost_at_once(estate: Estate) -> Broken:
    for key in estate.of("kms/key:Key"):
        if not key.inputs.get("enableKeyRotation") or key.inputs.get("deletionWindowInDays", 0) < 30:
            yield f"{key.name} is not rotated, or gone within a month"


def functions_are_encrypted_and_log_where_they_should(estate: Estate) -> Broken:
    groups = {group.inputs["name"] for group in estate.of("cloudwatch/logGroup:LogGroup")}
    for function in estate.of("lambda/function:Function"):
        if not function.inputs.get("kmsKeyArn") or function.inputs["loggingConfig"]["logGroup"] not in groups:
            yield f"{function.name} has no key or no log group of ours"


def calls_between_services_are_encrypted(estate: Estate) -> Broken:
    for name, service in estate.services():
        connected = service.inputs.get("serviceConnectConfiguration", {})
        tls = [one.get("tls", {}).get("issuerCertAuthority") for one in connected.get("services", [])]
        if not connected.get("enabled") or not tls or not all(tls):
            yield f"{name} is called without TLS"


def the_load_balancer_reaches_tasks_by_tls(estate: Estate) -> Broken:
    for targets in estate.of("lb/targetGroup:TargetGroup"):
        if targets.inputs.get("protocol") != "HTTPS":
            yield f"{targets.name} takes requests without TLS"
    for name, service in estate.services():
        [balanced] = service.inputs["loadBalancers"]
        told = [
            one["value"]
            for _, container in estate.containers()
            if container["name"] == name
            for one in container["environment"]
            if one["name"] == "TANDEM_TLS_PORT"
        ]
        if told != [str(int(balanced["containerPort"]))]:
            yield f"{name} does not speak TLS where the load balancer asks"


CHECKS = (
    logs_are_encrypted,
    the_database_is_encrypted,
    the_database_speaks_tls_only,
    the_database_has_to_prove_itself,
    files_are_encrypted,
    files_are_private,
    files_travel_by_tls_only,
    files_keep_their_versions,
    events_are_encrypted,
    images_are_scanned_encrypted_and_never_change,
    keys_are_rotated_and_not_lost_at_once,
    functions_are_encrypted_and_log_where_they_should,
    calls_between_services_are_encrypted,
    the_load_balancer_reaches_tasks_by_tls,
)
