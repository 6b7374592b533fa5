"""The machines of previews: what a template makes of them, whoever starts one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from infra.policies.estate import Broken, Estate

_TEMPLATE = "ec2/launchTemplate:LaunchTemplate"


def machines_have_no_public_address(estate: Estate) -> Broken:
    for name, template in _templates(estate):
        if any(one.get("associatePublicIpAddress") != "false" for one in template.get("networkInterfaces", [{}])):
            yield f"{name} may get a public address"


def machines_are_entered_by_nobody(estate: Estate) -> Broken:
    """Sessions are opened from inside, through Systems Manager."""
    groups = {
        group
        for _, template in _templates(estate)
        for one in template.get("networkInterfaces", [])
        for group in one["securityGroups"]
    }
    for rule in estate.of("vpc/securityGroupIngressRule:SecurityGroupIngressRule"):
        if rule.inputs["securityGroupId"] in groups:
            yield f"{rule.name} lets somebody into a machine"


def machines_have_encrypted_disks_that_go_with_them(estate: Estate) -> Broken:
    for name, template in _templates(estate):
        for device in template.get("blockDeviceMappings", [{"ebs": {}}]):
            if device["ebs"].get("encrypted") != "true" or device["ebs"].get("deleteOnTermination") != "true":
                yield f"{name} leaves a disk behind, or one that is not encrypted"


def machines_tell_their_role_to_sessions_of_their_own_only(estate: Estate) -> Broken:
    for name, template in _templates(estate):
        if template.get("metadataOptions", {}).get("httpTokens") != "required":
            yield f"{name} tells its role to whatever can make it ask an address"


def machines_end_when_they_shut_themselves_down(estate: Estate) -> Broken:
    for name, template in _templates(estate):
        if template.get("instanceInitiatedShutdownBehavior") != "terminate":
            yield f"{name} stays, and costs, when it was shut down"


def machines_are_for_previews_only(estate: Estate) -> Broken:
    for name, _ in _templates(estate):
        if not estate.stage.previews:
            yield f"{name} stands in {estate.stage.name}, which has no previews"


def _templates(estate: Estate) -> Iterator[tuple[str, dict[str, Any]]]:
    for template in estate.of(_TEMPLATE):
        yield template.name, dict(template.inputs)


CHECKS = (
    machines_have_no_public_address,
    machines_are_entered_by_nobody,
    machines_have_encrypted_disks_that_go_with_them,
    machines_tell_their_role_to_sessions_of_their_own_only,
    machines_end_when_they_shut_themselves_down,
    machines_are_for_previews_only,
)
