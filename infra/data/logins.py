"""A secret per service with the login of its database, made and rotated by a function inside the VPC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import grants
from infra.component import Component
from infra.data.database import PORT, Database
from infra.foundation.logs import log_group
from infra.functions.database_login import AUTHORITIES
from infra.functions.package import ARCHITECTURE, RUNTIME, archive
from infra.grants import Grant
from infra.product import Service
from infra.scope import Scope

_DAYS = 30
_DRIVER = ("pg8000", "scramp", "asn1crypto", "dateutil", "six")


@dataclass(frozen=True)
class LoginsArgs:
    services: Mapping[str, Service]
    database: Database
    vpc_id: pulumi.Input[str]
    subnet_ids: pulumi.Input[list[str]]
    endpoints_group_id: pulumi.Input[str]
    secrets_key_arn: pulumi.Input[str]
    log_key_arn: pulumi.Input[str]


class Logins(Component):
    def __init__(self, scope: Scope, args: LoginsArgs) -> None:
        super().__init__(scope.name("logins"), scope)
        self.secrets = {name: self._secret(service, args) for name, service in args.services.items()}
        self.group = self._group(args)
        function = self._function(args)
        allowed = aws.lambda_.Permission(
            scope.name("rotation"),
            function=function.name,
            action="lambda:InvokeFunction",
            principal="secretsmanager.amazonaws.com",
            source_account=scope.account,
            opts=self.opts,
        )
        for name, secret in self.secrets.items():
            self._rotate(name, secret, function, allowed)

    def _secret(self, service: Service, args: LoginsArgs) -> aws.secretsmanager.Secret:
        name = self.scope.name(service.name, "database")
        secret = aws.secretsmanager.Secret(
            name,
            name=f"{self.scope.name()}/{service.name}/database",
            description=f"The login of {service.name} to its database",
            kms_key_id=args.secrets_key_arn,
            recovery_window_in_days=7,
            tags=self.scope.tags(service.name),
            opts=self.opts,
        )
        # Where the database is and whose: the first rotation, at once, adds login and password.
        place = {
            "host": args.database.instance.address,
            "port": PORT,
            "database": service.database,
            "username": service.name,
        }
        aws.secretsmanager.SecretVersion(
            name,
            secret_id=secret.id,
            secret_string=pulumi.Output.json_dumps(place),
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["secretString", "versionStages"]),
        )
        return secret

    def _group(self, args: LoginsArgs) -> aws.ec2.SecurityGroup:
        group = aws.ec2.SecurityGroup(
            self.scope.name("rotation"),
            description="Rotation of logins",
            vpc_id=args.vpc_id,
            tags=self.scope.tags(),
            opts=self.opts,
        )
        self._path("to-database", group.id, args.database.group.id, PORT, "Rotation to PostgreSQL")
        self._path("to-endpoints", group.id, args.endpoints_group_id, 443, "Rotation to Secrets Manager")
        aws.vpc.SecurityGroupIngressRule(
            self.scope.name("database", "from-rotation"),
            security_group_id=args.database.group.id,
            description="PostgreSQL from rotation",
            ip_protocol="tcp",
            from_port=PORT,
            to_port=PORT,
            referenced_security_group_id=group.id,
            tags=self.scope.tags(),
            opts=self.opts,
        )
        return group

    def _path(self, name: str, source: pulumi.Input[str], target: pulumi.Input[str], port: int, what: str) -> None:
        aws.vpc.SecurityGroupEgressRule(
            self.scope.name("rotation", name),
            security_group_id=source,
            description=what,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            referenced_security_group_id=target,
            tags=self.scope.tags(),
            opts=self.opts,
        )

    def _function(self, args: LoginsArgs) -> aws.lambda_.Function:
        logs = log_group(self.scope, "rotation", args.log_key_arn, self.opts)
        master = args.database.instance.master_user_secrets[0].secret_arn
        return aws.lambda_.Function(
            self.scope.name("rotation"),
            description="Makes and rotates the logins of the services' databases",
            code=archive("database_login", _DRIVER, {AUTHORITIES: pulumi.RemoteAsset(_authorities(self.scope.region))}),
            handler="database_login.handler",
            runtime=RUNTIME,
            architectures=[ARCHITECTURE],
            memory_size=256,
            timeout=60,
            role=self._role(args, master, logs).arn,
            vpc_config=aws.lambda_.FunctionVpcConfigArgs(
                subnet_ids=args.subnet_ids, security_group_ids=[self.group.id]
            ),
            environment=aws.lambda_.FunctionEnvironmentArgs(variables={"MASTER_SECRET": master}),
            kms_key_arn=args.secrets_key_arn,
            logging_config=aws.lambda_.FunctionLoggingConfigArgs(log_format="JSON", log_group=logs.name),
            tracing_config=aws.lambda_.FunctionTracingConfigArgs(mode="Active"),
            tags=self.scope.tags(),
            opts=self.opts,
        )

    def _role(self, args: LoginsArgs, master: pulumi.Output[str], logs: aws.cloudwatch.LogGroup) -> aws.iam.Role:
        secrets = [secret.arn for secret in self.secrets.values()]
        given = [
            Grant(
                [
                    "secretsmanager:DescribeSecret",
                    "secretsmanager:GetSecretValue",
                    "secretsmanager:PutSecretValue",
                    "secretsmanager:UpdateSecretVersionStage",
                ],
                secrets,
            ),
            Grant(["secretsmanager:GetSecretValue"], [master]),
            Grant(["kms:Decrypt", "kms:GenerateDataKey"], [args.secrets_key_arn]),
            Grant(["logs:CreateLogStream", "logs:PutLogEvents"], [logs.arn.apply(lambda arn: f"{arn}:log-stream:*")]),
            Grant(
                ["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces"],
                ["*"],
                because="Lambda makes its own network interfaces in the VPC and these actions know no resource before",
            ),
            Grant(
                ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], ["*"], because="traces have no resource to name"
            ),
        ]
        return grants.role(
            self.scope.name("rotation"),
            "lambda.amazonaws.com",
            self.scope.account,
            given,
            tags=self.scope.tags(),
            opts=self.opts,
        )

    def _rotate(
        self,
        name: str,
        secret: aws.secretsmanager.Secret,
        function: aws.lambda_.Function,
        allowed: aws.lambda_.Permission,
    ) -> None:
        aws.secretsmanager.SecretRotation(
            self.scope.name(name, "database"),
            secret_id=secret.id,
            rotation_lambda_arn=function.arn,
            rotate_immediately=True,
            rotation_rules=aws.secretsmanager.SecretRotationRotationRulesArgs(automatically_after_days=_DAYS),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[allowed]),
        )


def _authorities(region: str) -> str:
    """Where Amazon publishes what signs the certificates of RDS in a region."""
    return f"https://truststore.pki.rds.amazonaws.com/{region}/{region}-bundle.pem"
