"""AWS by private address: what tasks ask of AWS does not leave the VPC."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import grants
from infra.component import Component
from infra.foundation.priced import endpoint_services
from infra.grants import Grant
from infra.scope import Scope


@dataclass(frozen=True)
class EndpointsArgs:
    vpc_id: pulumi.Input[str]
    cidr: str
    subnet_ids: list[pulumi.Output[str]]
    route_table_ids: list[pulumi.Output[str]]
    everything: bool


class Endpoints(Component):
    def __init__(self, scope: Scope, args: EndpointsArgs) -> None:
        super().__init__(scope.name("endpoints"), scope)
        self.group = aws.ec2.SecurityGroup(
            scope.name("endpoints"),
            description="Private addresses of AWS",
            vpc_id=args.vpc_id,
            tags=scope.tags(),
            opts=self.opts,
        )
        aws.vpc.SecurityGroupIngressRule(
            scope.name("endpoints"),
            security_group_id=self.group.id,
            description="HTTPS from the VPC",
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            cidr_ipv4=args.cidr,
            tags=scope.tags(),
            opts=self.opts,
        )
        self.objects = self._objects(args)
        for service in endpoint_services(everything=args.everything):
            self._interface(service, args)

    def _objects(self, args: EndpointsArgs) -> aws.ec2.VpcEndpoint:
        return aws.ec2.VpcEndpoint(
            self.scope.name("s3"),
            vpc_id=args.vpc_id,
            service_name=f"com.amazonaws.{self.scope.region}.s3",
            vpc_endpoint_type="Gateway",
            route_table_ids=args.route_table_ids,
            policy=self._policy("s3"),
            tags=self.scope.tags(),
            opts=self.opts,
        )

    def _interface(self, service: str, args: EndpointsArgs) -> None:
        aws.ec2.VpcEndpoint(
            self.scope.name(service.replace(".", "-")),
            vpc_id=args.vpc_id,
            service_name=f"com.amazonaws.{self.scope.region}.{service}",
            vpc_endpoint_type="Interface",
            private_dns_enabled=True,
            subnet_ids=args.subnet_ids,
            security_group_ids=[self.group.id],
            policy=self._policy(service.partition(".")[0]),
            tags=self.scope.tags(),
            opts=self.opts,
        )

    def _policy(self, service: str) -> pulumi.Output[str]:
        """Only principals of this account: credentials of another one cannot carry data out this way."""
        mine = Grant(
            actions=[f"{service}:*"],
            resources=["*"],
            principals={"AWS": ["*"]},
            conditions={"StringEquals": {"aws:PrincipalAccount": self.scope.account}},
            because="the role of each caller says what it may do and this says only that it has to be of this account",
        )
        layers = Grant(
            actions=["s3:GetObject"],
            resources=[f"arn:aws:s3:::prod-{self.scope.region}-starport-layer-bucket/*"],
            principals={"AWS": ["*"]},
            because="image layers lie in a bucket of AWS under names that nobody knows before",
        )
        return grants.document(*((mine, layers) if service == "s3" else (mine,)))
