"""One PostgreSQL instance; each service has a database and a role of its own in it (`logins`)."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import grants
from infra.component import Component
from infra.foundation.keys import KeyArgs, key
from infra.scope import Scope
from infra.stages import Stage

PORT = 5432
_MAJOR = "18"
_PARAMETERS = (
    ("rds.force_ssl", "1", "immediate"),
    ("log_min_duration_statement", "500", "immediate"),
    ("log_lock_waits", "1", "immediate"),
    ("idle_in_transaction_session_timeout", "60000", "immediate"),
    ("shared_preload_libraries", "pg_stat_statements", "pending-reboot"),
)


@dataclass(frozen=True)
class DatabaseArgs:
    """`restore_from` is the ARN of a copied backup; the instance is then made of its last restorable second."""

    vpc_id: pulumi.Input[str]
    subnet_ids: pulumi.Input[list[str]]
    storage_key_arn: pulumi.Input[str]
    secrets_key_arn: pulumi.Input[str]
    log_key_arn: pulumi.Input[str]
    second_region: str
    restore_from: str | None


class Database(Component):
    def __init__(self, scope: Scope, args: DatabaseArgs) -> None:
        super().__init__(scope.name("database"), scope)
        self.group = aws.ec2.SecurityGroup(
            scope.name("database"),
            description="PostgreSQL, for services by their own rules",
            vpc_id=args.vpc_id,
            tags=scope.tags(),
            opts=self.opts,
        )
        for kind in ("postgresql", "upgrade"):
            self._log_group(kind, args)
        self.instance = self._instance(args, scope.stage)
        if scope.stage.copies_backups:
            self._copy_backups(args)

    def _log_group(self, kind: str, args: DatabaseArgs) -> None:
        """RDS would make it by itself, without key and without end."""
        aws.cloudwatch.LogGroup(
            self.scope.name("database", kind),
            name=f"/aws/rds/instance/{self.scope.name('database')}/{kind}",
            retention_in_days=self.scope.stage.log_days,
            kms_key_id=args.log_key_arn,
            tags=self.scope.tags(),
            opts=self.opts,
        )

    def _instance(self, args: DatabaseArgs, stage: Stage) -> aws.rds.Instance:
        return aws.rds.Instance(
            self.scope.name("database"),
            identifier=self.scope.name("database"),
            engine="postgres",
            engine_version=_MAJOR,
            instance_class=stage.database_class,
            storage_type="gp3",
            allocated_storage=stage.storage_gb,
            max_allocated_storage=stage.most_storage_gb,
            storage_encrypted=True,
            # What is restored stays under the key of the copy it was made of.
            kms_key_id=None if args.restore_from else args.storage_key_arn,
            multi_az=stage.multi_az,
            db_subnet_group_name=self._subnets(args).name,
            vpc_security_group_ids=[self.group.id],
            publicly_accessible=False,
            port=PORT,
            ca_cert_identifier="rds-ca-rsa2048-g1",
            parameter_group_name=self._parameters().name,
            username="tandem_owner",
            manage_master_user_password=True,
            master_user_secret_kms_key_id=args.secrets_key_arn,
            iam_database_authentication_enabled=True,
            backup_retention_period=stage.backup_days,
            backup_window="01:00-01:45",
            maintenance_window="sun:02:30-sun:03:30",
            copy_tags_to_snapshot=True,
            delete_automated_backups=False,
            skip_final_snapshot=False,
            final_snapshot_identifier=self.scope.name("database", "final"),
            deletion_protection=stage.protected,
            auto_minor_version_upgrade=True,
            allow_major_version_upgrade=False,
            apply_immediately=False,
            performance_insights_enabled=True,
            performance_insights_kms_key_id=args.storage_key_arn,
            performance_insights_retention_period=7,
            monitoring_interval=60,
            monitoring_role_arn=self._monitor().arn,
            enabled_cloudwatch_logs_exports=["postgresql", "upgrade"],
            restore_to_point_in_time=self._restored(args.restore_from),
            tags=self.scope.tags(),
            # Protected on every stage: a change that would make a new database in place of this one is refused.
            opts=pulumi.ResourceOptions.merge(
                self.protected(keeps=True), pulumi.ResourceOptions(ignore_changes=["restoreToPointInTime", "kmsKeyId"])
            ),
        )

    def _restored(self, backup_arn: str | None) -> aws.rds.InstanceRestoreToPointInTimeArgs | None:
        if backup_arn is None:
            return None
        return aws.rds.InstanceRestoreToPointInTimeArgs(
            source_db_instance_automated_backups_arn=backup_arn, use_latest_restorable_time=True
        )

    def _subnets(self, args: DatabaseArgs) -> aws.rds.SubnetGroup:
        return aws.rds.SubnetGroup(
            self.scope.name("database"),
            description="Without a way to the internet",
            subnet_ids=args.subnet_ids,
            tags=self.scope.tags(),
            opts=self.opts,
        )

    def _parameters(self) -> aws.rds.ParameterGroup:
        return aws.rds.ParameterGroup(
            self.scope.name("database"),
            family=f"postgres{_MAJOR}",
            description="TLS only; slow statements and waits are told",
            parameters=[
                aws.rds.ParameterGroupParameterArgs(name=name, value=value, apply_method=method)
                for name, value, method in _PARAMETERS
            ],
            tags=self.scope.tags(),
            opts=self.opts,
        )

    def _monitor(self) -> aws.iam.Role:
        monitor = grants.role(
            self.scope.name("monitor"),
            "monitoring.rds.amazonaws.com",
            self.scope.account,
            [],
            tags=self.scope.tags(),
            opts=self.opts,
        )
        aws.iam.RolePolicyAttachment(
            self.scope.name("monitor"),
            role=monitor.name,
            policy_arn="arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole",
            opts=self.opts,
        )
        return monitor

    def _copy_backups(self, args: DatabaseArgs) -> None:
        what = KeyArgs("backups", "Copies of backups from another region", region=args.second_region)
        copies = key(self.scope, what, self.protected())
        aws.rds.InstanceAutomatedBackupsReplication(
            self.scope.name("backups"),
            source_db_instance_arn=self.instance.arn,
            kms_key_id=copies.arn,
            retention_period=self.scope.stage.backup_days,
            region=args.second_region,
            opts=self.opts,
        )
