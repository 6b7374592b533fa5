"""Who may talk to whom inside."""

from __future__ import annotations

from collections.abc import Iterator

from infra.data.database import PORT as POSTGRESQL
from infra.policies.estate import Broken, Estate, Registered
from infra.scope import ZONES
from infra.service import ports

_INGRESS = "vpc/securityGroupIngressRule:SecurityGroupIngressRule"
_EGRESS = "vpc/securityGroupEgressRule:SecurityGroupEgressRule"


def calls_are_those_of_the_manifest(estate: Estate) -> Broken:
    allowed = {(caller, callee) for caller, one in estate.product.services.items() for callee in one.consumes}
    arriving = set(_paths(estate, _INGRESS, "referencedSecurityGroupId", "securityGroupId", ports.PEERS))
    leaving = set(_paths(estate, _EGRESS, "securityGroupId", "referencedSecurityGroupId", ports.PEERS))
    for caller, callee in sorted((arriving | leaving) - allowed):
        yield f"{caller} could call {callee}, which the manifest does not say"
    for caller, callee in sorted(allowed - (arriving & leaving)):
        yield f"{caller} cannot call {callee}, which the manifest says it does"


def databases_are_reached_by_services_and_their_rotation(estate: Estate) -> Broken:
    found = {
        caller
        for caller, callee in _paths(estate, _INGRESS, "referencedSecurityGroupId", "securityGroupId", POSTGRESQL)
        if callee == "database"
    }
    expected = {*estate.product.services, "rotation"}
    for name in sorted(found ^ expected):
        yield f"{name} {'reaches' if name in found else 'does not reach'} the database"


def services_are_reached_on_their_own_ports_only(estate: Estate) -> Broken:
    allowed = {ports.BALANCED: {"entrance"}, ports.ADMIN: {"entrance"}, ports.PEERS: set(estate.product.services)}
    for rule in estate.of(_INGRESS):
        callee = _short(estate, rule.inputs["securityGroupId"])
        caller = _short(estate, rule.inputs.get("referencedSecurityGroupId", ""))
        if callee in estate.product.services and caller not in allowed.get(int(rule.inputs["fromPort"]), set()):
            yield f"{rule.name} lets {caller or 'an address'} to port {rule.inputs['fromPort']:g} of {callee}"


def rules_open_one_port(estate: Estate) -> Broken:
    for rule in estate.of(_INGRESS, _EGRESS):
        if rule.inputs["ipProtocol"] != "tcp" or rule.inputs["fromPort"] != rule.inputs["toPort"]:
            yield f"{rule.name} opens more than one port"


def rules_say_what_they_are_for(estate: Estate) -> Broken:
    for rule in estate.of(_INGRESS, _EGRESS):
        if not rule.inputs.get("description"):
            yield f"{rule.name} has no description"


def groups_have_no_rules_of_their_own(estate: Estate) -> Broken:
    """Rules inside a group take turns with those beside it in removing one another."""
    for group in estate.of("ec2/securityGroup:SecurityGroup"):
        if group.inputs.get("ingress") or group.inputs.get("egress"):
            yield f"{group.name} has rules inside"


def the_default_group_allows_nothing(estate: Estate) -> Broken:
    found = list(estate.of("ec2/defaultSecurityGroup:DefaultSecurityGroup"))
    if not found:
        yield "the default group is as AWS made it: its members talk to one another"
    for group in found:
        if group.inputs.get("ingress") or group.inputs.get("egress"):
            yield f"{group.name} allows something"


def everything_stands_in_three_zones(estate: Estate) -> Broken:
    for kind in ("public", "private", "isolated"):
        prefix = estate.called(kind)
        subnets = [one for one in estate.of("ec2/subnet:Subnet") if one.name.startswith(prefix)]
        if len({subnet.inputs["availabilityZone"] for subnet in subnets}) != ZONES:
            yield f"the {kind} subnets are not in {ZONES} zones"


def databases_have_no_way_to_the_internet(estate: Estate) -> Broken:
    isolated = {table.id for table in estate.of("ec2/routeTable:RouteTable") if table.name == estate.called("isolated")}
    for route in estate.of("ec2/route:Route"):
        if route.inputs["routeTableId"] in isolated:
            yield f"{route.name} leads out of the isolated subnets"


def traffic_is_recorded(estate: Estate) -> Broken:
    recorded = {
        one.inputs["vpcId"] for one in estate.of("ec2/flowLog:FlowLog") if one.inputs.get("trafficType") == "ALL"
    }
    for vpc in estate.of("ec2/vpc:Vpc"):
        if vpc.id not in recorded:
            yield f"{vpc.name} has no flow log of all traffic"


def aws_is_reached_by_private_addresses(estate: Estate) -> Broken:
    names = [str(one.inputs["serviceName"]) for one in estate.of("ec2/vpcEndpoint:VpcEndpoint")]
    for needed in ("ecr.api", "ecr.dkr", "logs", "s3", "secretsmanager"):
        if not any(name.endswith(f".{needed}") for name in names):
            yield f"there is no private address of {needed}"


def endpoints_are_for_this_account(estate: Estate) -> Broken:
    for endpoint in estate.of("ec2/vpcEndpoint:VpcEndpoint"):
        if "aws:PrincipalAccount" not in str(endpoint.inputs.get("policy")):
            yield f"{endpoint.name} serves credentials of any account"


def _paths(estate: Estate, kind: str, caller: str, callee: str, port: int) -> Iterator[tuple[str, str]]:
    for rule in estate.of(kind):
        if rule.inputs["fromPort"] == port and caller in rule.inputs and callee in rule.inputs:
            yield _short(estate, rule.inputs[caller]), _short(estate, rule.inputs[callee])


def _short(estate: Estate, group_id: str) -> str:
    """`card` of the group of that id."""
    found: list[Registered] = [one for one in estate.of("ec2/securityGroup:SecurityGroup") if one.id == group_id]
    return found[0].name.removeprefix(estate.called("")) if found else ""


CHECKS = (
    calls_are_those_of_the_manifest,
    databases_are_reached_by_services_and_their_rotation,
    services_are_reached_on_their_own_ports_only,
    rules_open_one_port,
    rules_say_what_they_are_for,
    groups_have_no_rules_of_their_own,
    the_default_group_allows_nothing,
    everything_stands_in_three_zones,
    databases_have_no_way_to_the_internet,
    traffic_is_recorded,
    aws_is_reached_by_private_addresses,
    endpoints_are_for_this_account,
)
