"""For each policy one change of the program that it has to find."""

from __future__ import annotations

from tests.infra.answers import id_of
from tests.infra.policies.estates import Break

_BALANCER = "lb/loadBalancer:LoadBalancer"
_DATABASE = "rds/instance:Instance"
_EGRESS = "vpc/securityGroupEgressRule:SecurityGroupEgressRule"
_GROUP = "cloudwatch/logGroup:LogGroup"
_INGRESS = "vpc/securityGroupIngressRule:SecurityGroupIngressRule"
_ALARM = "cloudwatch/metricAlarm:MetricAlarm"
_LISTENER = "lb/listener:Listener"
_POLICY = "iam/rolePolicy:RolePolicy"
_QUEUE = "sqs/queue:Queue"
_RULE = "lb/listenerRule:ListenerRule"
_SERVICE = "ecs/service:Service"
_TASK = "ecs/taskDefinition:TaskDefinition"
_TEMPLATE = "ec2/launchTemplate:LaunchTemplate"
_LOCK = "s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
_CONTAINER = "containerDefinitions.0"
_FIRST = "policy.Statement.0"

BREAKS: dict[str, Break] = {
    # What the internet can reach.
    "there_is_one_public_load_balancer": Break(_BALANCER, path="internal", value=True),
    "tasks_have_no_public_address": Break(_SERVICE, path="networkConfiguration.assignPublicIp", value=True),
    "the_database_has_no_public_address": Break(_DATABASE, path="publiclyAccessible", value=True),
    "subnets_give_no_public_addresses": Break("ec2/subnet:Subnet", path="mapPublicIpOnLaunch", value=True),
    "only_the_load_balancer_is_open_to_everybody": Break(_INGRESS, "endpoints", "cidrIpv4", "0.0.0.0/0"),
    "the_test_port_is_for_the_gate_alone": Break(_INGRESS, "from-gate-0", "cidrIpv4", "0.0.0.0/0"),
    "what_goes_out_to_everybody_is_https": Break(_EGRESS, "card-to-identity", "fromPort", 22.0),
    "listeners_speak_https_or_redirect_to_it": Break(_LISTENER, "production", "protocol", "HTTP"),
    "tls_is_1_2_or_newer": Break(_LISTENER, "production", "sslPolicy", "ELBSecurityPolicy-2016-08"),
    "browsers_are_told_to_stay_with_https": Break(
        _LISTENER, "production", "routingHttpResponseStrictTransportSecurityHeaderValue"
    ),
    "canaries_have_a_port_of_their_own": Break(_LISTENER, "test", gone=True),
    "invalid_headers_are_dropped": Break(_BALANCER, path="dropInvalidHeaderFields", value=False),
    "a_firewall_stands_before_the_load_balancer": Break("wafv2/webAclAssociation:WebAclAssociation", gone=True),
    "the_firewall_knows_attacks_and_counts_requests": Break("wafv2/webAcl:WebAcl", path="rules.0"),
    # Machines of previews, which stand in dev.
    "machines_have_no_public_address": Break(
        _TEMPLATE, path="networkInterfaces.0.associatePublicIpAddress", value="true", stage="dev"
    ),
    "machines_are_entered_by_nobody": Break(
        _INGRESS,
        "from-internet-443",
        "securityGroupId",
        id_of("aws:ec2/securityGroup:SecurityGroup", "tandem-dev-preview"),
        stage="dev",
    ),
    "machines_have_encrypted_disks_that_go_with_them": Break(
        _TEMPLATE, path="blockDeviceMappings.0.ebs.encrypted", stage="dev"
    ),
    "machines_tell_their_role_to_sessions_of_their_own_only": Break(
        _TEMPLATE, path="metadataOptions.httpTokens", value="optional", stage="dev"
    ),
    "machines_end_when_they_shut_themselves_down": Break(
        _TEMPLATE, path="instanceInitiatedShutdownBehavior", value="stop", stage="dev"
    ),
    "machines_are_for_previews_only": Break(_TEMPLATE, path="name", value="moved", stage="dev", in_stage="uat"),
    # Who may talk to whom.
    "calls_are_those_of_the_manifest": Break(_INGRESS, "card-from-account", gone=True),
    "databases_are_reached_by_services_and_their_rotation": Break(_INGRESS, "database-from-card", gone=True),
    "services_are_reached_on_their_own_ports_only": Break(_INGRESS, "card-from-account", "fromPort", 8081.0),
    "rules_open_one_port": Break(_INGRESS, "card-from-account", "toPort", 9000.0),
    "rules_say_what_they_are_for": Break(_EGRESS, "account-to-card", "description"),
    "groups_have_no_rules_of_their_own": Break(
        "ec2/securityGroup:SecurityGroup", "card", "ingress", [{"fromPort": 0, "toPort": 0, "protocol": "-1"}]
    ),
    "the_default_group_allows_nothing": Break("ec2/defaultSecurityGroup:DefaultSecurityGroup", gone=True),
    "everything_stands_in_three_zones": Break("ec2/subnet:Subnet", "private-c", "availabilityZone", "eu-north-1a"),
    "databases_have_no_way_to_the_internet": Break(
        "ec2/route:Route", "public", "routeTableId", "tandem-production-isolated-id"
    ),
    "traffic_is_recorded": Break("ec2/flowLog:FlowLog", path="trafficType", value="REJECT"),
    "aws_is_reached_by_private_addresses": Break("ec2/vpcEndpoint:VpcEndpoint", "secretsmanager", gone=True),
    "endpoints_are_for_this_account": Break("ec2/vpcEndpoint:VpcEndpoint", path="policy"),
    # Encryption.
    "logs_are_encrypted": Break(_GROUP, path="kmsKeyId"),
    "the_database_is_encrypted": Break(_DATABASE, path="storageEncrypted", value=False),
    "the_database_speaks_tls_only": Break("rds/parameterGroup:ParameterGroup", path="parameters.0.value", value="0"),
    "the_database_has_to_prove_itself": Break(_TASK, "card", f"{_CONTAINER}.secrets.1"),
    "files_are_encrypted": Break(
        "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        path="rules.0.applyServerSideEncryptionByDefault.kmsMasterKeyId",
    ),
    "files_are_private": Break(
        "s3/bucketPublicAccessBlock:BucketPublicAccessBlock", path="blockPublicPolicy", value=False
    ),
    "files_travel_by_tls_only": Break("s3/bucketPolicy:BucketPolicy", gone=True),
    "files_keep_their_versions": Break(
        "s3/bucketVersioning:BucketVersioning", path="versioningConfiguration.status", value="Suspended"
    ),
    "events_are_encrypted": Break(_QUEUE, path="kmsMasterKeyId"),
    "images_are_scanned_encrypted_and_never_change": Break(
        "ecr/repository:Repository", path="imageTagMutability", value="MUTABLE"
    ),
    "keys_are_rotated_and_not_lost_at_once": Break("kms/key:Key", path="enableKeyRotation", value=False),
    "functions_are_encrypted_and_log_where_they_should": Break("lambda/function:Function", path="kmsKeyArn"),
    "calls_between_services_are_encrypted": Break(_SERVICE, path="serviceConnectConfiguration.services.0.tls"),
    "the_load_balancer_reaches_tasks_by_tls": Break("lb/targetGroup:TargetGroup", path="protocol", value="HTTP"),
    # Permissions.
    "wildcards_have_a_written_reason": Break(_POLICY, "card-execution", f"{_FIRST}.Sid"),
    "roles_have_no_wildcard_actions": Break(_POLICY, "card-task", f"{_FIRST}.Action", ["secretsmanager:*"]),
    "only_known_policies_of_aws_are_used": Break(
        "iam/rolePolicyAttachment:RolePolicyAttachment",
        path="policyArn",
        value="arn:aws:iam::aws:policy/PowerUserAccess",
    ),
    "roles_are_for_one_aws_service_of_this_account": Break(
        "iam/role:Role", path="assumeRolePolicy.Statement.0.Principal", value={"AWS": "*"}
    ),
    "roles_are_passed_to_tasks_only": Break(_POLICY, "steps", "policy.Statement.3.Condition"),
    "services_read_their_own_secret_only": Break(
        _POLICY, "card-task", f"{_FIRST}.Resource", ["arn:aws:secretsmanager:eu-north-1:1:secret:x/invoice/database-1"]
    ),
    "services_publish_to_their_own_topic_only": Break(
        _POLICY,
        "card-task",
        f"{_FIRST}",
        {"Action": ["sns:Publish"], "Resource": ["arn:aws:sns:eu-north-1:1:invoice.fifo"]},
    ),
    "services_hear_their_own_queue_only": Break(
        _POLICY,
        "card-task",
        f"{_FIRST}",
        {"Action": ["sqs:ReceiveMessage"], "Resource": ["arn:aws:sqs:eu-north-1:1:x"]},
    ),
    "files_are_read_by_their_readers_only": Break(
        _POLICY,
        "card-task",
        f"{_FIRST}",
        {"Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::tandem-dev-anchors/*"]},
    ),
    # Secrets.
    "nothing_secret_is_in_plain_text": Break(_DATABASE, path="password", value="hunter2"),
    "containers_get_secrets_from_their_store": Break(
        _TASK, "card", f"{_CONTAINER}.environment.0", {"name": "CARD_DATABASE_URL", "value": "postgresql://db/card"}
    ),
    "every_service_has_a_login_of_its_own": Break(
        "secretsmanager/secretVersion:SecretVersion", "card-database", "secretString.database", "invoice"
    ),
    "secrets_are_encrypted_and_rotated": Break("secretsmanager/secretRotation:SecretRotation", gone=True),
    "rds_keeps_the_owners_password": Break(_DATABASE, path="manageMasterUserPassword", value=False),
    # Tasks.
    "containers_cannot_change_themselves": Break(_TASK, "card", f"{_CONTAINER}.readonlyRootFilesystem", False),
    "containers_are_nobody": Break(_TASK, "card", f"{_CONTAINER}.user", "0:0"),
    "containers_have_no_capabilities": Break(
        _TASK, "card", f"{_CONTAINER}.linuxParameters.capabilities.drop", ["CHOWN"]
    ),
    "containers_log": Break(_TASK, "card", f"{_CONTAINER}.logConfiguration"),
    "tasks_are_limited": Break(_TASK, "card", "memory"),
    "images_are_named_by_digest": Break(_TASK, "card", f"{_CONTAINER}.image", "tandem-card:latest"),
    "services_are_looked_after": Break(_TASK, "card", f"{_CONTAINER}.healthCheck"),
    "readiness_decides_who_gets_requests": Break("lb/targetGroup:TargetGroup", path="healthCheck.path", value="/livez"),
    "nobody_opens_a_shell_in_a_task": Break(_SERVICE, path="enableExecuteCommand", value=True),
    "services_scale": Break("appautoscaling/target:Target", path="maxCapacity", value=1.0),
    "names_begin_with_product_and_stage": Break("iam/role:Role", options=(("name", "role"),)),
    "everything_that_can_be_is_tagged": Break(_DATABASE, path="tags.stage"),
    # Rollouts.
    "releases_come_as_canaries_and_bake": Break(_SERVICE, path="deploymentConfiguration.strategy", value="ROLLING"),
    "alarms_take_a_release_back": Break(_SERVICE, path="alarms.rollback", value=False),
    "a_release_that_does_not_start_goes_back": Break(_SERVICE, path="deploymentCircuitBreaker.rollback", value=False),
    "migrations_run_before_the_release": Break(
        _SERVICE, path="deploymentConfiguration.lifecycleHooks.0.lifecycleStages", value=["POST_SCALE_UP"]
    ),
    "canaries_are_judged_before_users_meet_them": Break(_SERVICE, path="deploymentConfiguration.lifecycleHooks.1"),
    "the_release_is_decided_by_rollouts": Break(_SERVICE, options=(("ignored", ()),)),
    "paths_belong_to_one_service": Break(_RULE, "card-production", "tags.service", "invoice"),
    "rules_take_turns": Break(_RULE, "card-production", "priority", 10.0),
    # Watching.
    "every_promise_has_its_alarm": Break(_ALARM, "card-getCard-slow", "threshold", 5000.0),
    "alarms_tell_somebody": Break(_ALARM, path="alarmActions", value=[]),
    "alarms_say_what_to_do": Break(_ALARM, path="alarmDescription", value="slow"),
    "missing_tasks_are_noticed": Break(_ALARM, "card-missing", "treatMissingData", "ignore"),
    "the_database_is_watched": Break(_ALARM, "database-storage", gone=True),
    "every_service_has_a_dashboard": Break("cloudwatch/dashboard:Dashboard", path="dashboardBody.widgets.2"),
    "logs_end": Break(_GROUP, path="retentionInDays"),
    "events_go_where_the_contract_says": Break("sns/topicSubscription:TopicSubscription", "hears-account", gone=True),
    "events_keep_their_order": Break(_QUEUE, path="fifoQueue"),
    "events_that_nobody_can_take_are_kept_and_noticed": Break(_QUEUE, "card-events", "redrivePolicy"),
    "spending_is_watched": Break("budgets/budget:Budget", path="notifications"),
    # Recovery.
    "replacing_the_database_is_refused": Break(_DATABASE, options=(("protect", False),)),
    "the_database_can_be_set_back": Break(_DATABASE, path="backupRetentionPeriod", value=0.0),
    "the_last_state_is_kept": Break(_DATABASE, path="skipFinalSnapshot", value=True),
    "anchors_of_the_audit_trail_cannot_be_changed": Break(_LOCK, gone=True),
    "databases_outlive_a_zone": Break(_DATABASE, path="multiAz", value=False),
    "databases_are_not_deleted_by_mistake": Break(_DATABASE, path="deletionProtection", value=False),
    "the_entrance_is_not_deleted_by_mistake": Break(_BALANCER, options=(("protect", False),)),
    "keys_are_not_deleted_by_mistake": Break("kms/key:Key", options=(("protect", False),)),
    "services_outlive_a_task": Break(_SERVICE, path="desiredCount", value=1.0),
    "backups_lie_in_a_second_region": Break(
        "rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication", path="region", value="eu-north-1"
    ),
    "files_lie_in_a_second_region": Break("s3/bucket:Bucket", "anchors-copy", "objectLockEnabled", False),
    "services_stand_in_every_zone": Break(_SERVICE, path="desiredCount", value=2.0),
    "nothing_runs_on_capacity_that_can_be_taken_away": Break(
        _SERVICE, path="capacityProviderStrategies.0.capacityProvider", value="FARGATE_SPOT"
    ),
    "each_zone_has_its_own_way_out": Break("ec2/natGateway:NatGateway", gone=True),
    "audit_anchors_cannot_be_unlocked": Break(_LOCK, path="rule.defaultRetention.mode", value="GOVERNANCE"),
}
