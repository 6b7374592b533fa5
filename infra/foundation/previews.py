"""What previews are made of: a machine without a public address that runs what a laptop runs, and ends by itself.

`tandem preview` starts them from this template; none of them is a resource of the program.
"""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import grants
from infra.component import Component
from infra.grants import Grant
from infra.scope import Scope

# PostgreSQL, five services, Envoy and Prism take 1.2 GB.
_SIZE = "t4g.medium"
_SYSTEM = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
_STORAGE_GB = 20


@dataclass(frozen=True)
class PreviewsArgs:
    vpc_id: pulumi.Input[str]
    subnet_id: pulumi.Input[str]


class Previews(Component):
    def __init__(self, scope: Scope, args: PreviewsArgs) -> None:
        super().__init__(scope.name("previews"), scope)
        self._name = scope.name("preview")
        tags = scope.tags()
        aws.ec2.LaunchTemplate(
            self._name,
            name=self._name,
            image_id=_SYSTEM,
            instance_type=_SIZE,
            # What it does when it shuts itself down; the disk goes with it.
            instance_initiated_shutdown_behavior="terminate",
            iam_instance_profile=aws.ec2.LaunchTemplateIamInstanceProfileArgs(name=self._profile().name),
            metadata_options=aws.ec2.LaunchTemplateMetadataOptionsArgs(
                http_tokens="required", http_put_response_hop_limit=1
            ),
            block_device_mappings=[
                aws.ec2.LaunchTemplateBlockDeviceMappingArgs(
                    device_name="/dev/xvda",
                    ebs=aws.ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
                        volume_size=_STORAGE_GB, volume_type="gp3", encrypted="true", delete_on_termination="true"
                    ),
                )
            ],
            network_interfaces=[
                aws.ec2.LaunchTemplateNetworkInterfaceArgs(
                    device_index=0,
                    subnet_id=args.subnet_id,
                    security_groups=[self._group(args).id],
                    associate_public_ip_address="false",
                    delete_on_termination="true",
                )
            ],
            # A machine gets its tags from whoever starts it.
            tag_specifications=[aws.ec2.LaunchTemplateTagSpecificationArgs(resource_type="volume", tags=tags)],
            tags=tags,
            opts=self.opts,
        )

    def _group(self, args: PreviewsArgs) -> aws.ec2.SecurityGroup:
        group = aws.ec2.SecurityGroup(
            self._name,
            description="Previews: nobody gets in, sessions come through Systems Manager",
            vpc_id=args.vpc_id,
            tags=self.scope.tags(),
            opts=self.opts,
        )
        aws.vpc.SecurityGroupEgressRule(
            self.scope.name("preview", "to-registries"),
            security_group_id=group.id,
            description="Packages, the code of the branch, Systems Manager",
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            cidr_ipv4="0.0.0.0/0",
            tags=self.scope.tags(),
            opts=self.opts,
        )
        return group

    def _profile(self) -> aws.iam.InstanceProfile:
        """What lets somebody with the right to it open a session; the machine itself may do nothing in AWS."""
        session = Grant(
            [
                "ssm:UpdateInstanceInformation",
                "ssmmessages:CreateControlChannel",
                "ssmmessages:CreateDataChannel",
                "ssmmessages:OpenControlChannel",
                "ssmmessages:OpenDataChannel",
            ],
            ["*"],
            because="a session knows no resource before it is open and whose it is was asked of who opens it",
        )
        made = grants.role(
            self._name, "ec2.amazonaws.com", self.scope.account, [session], tags=self.scope.tags(), opts=self.opts
        )
        return aws.iam.InstanceProfile(self._name, role=made.name, tags=self.scope.tags(), opts=self.opts)
