"""A VPC over three zones: public subnets for load balancer and NAT, private ones for tasks, isolated for databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network

import pulumi
import pulumi_aws as aws

from infra.component import Component
from infra.scope import ZONES, Scope

_EVERYWHERE = "0.0.0.0/0"


@dataclass(frozen=True)
class Ranges:
    public: tuple[str, ...]
    private: tuple[str, ...]
    isolated: tuple[str, ...]


def ranges(cidr: str) -> Ranges:
    """A /16 as three /20 for tasks and, behind them, three /24 each for the rest."""
    large = list(IPv4Network(cidr).subnets(new_prefix=20))
    small = list(large[ZONES].subnets(new_prefix=24))
    return Ranges(
        public=tuple(map(str, small[:ZONES])),
        private=tuple(map(str, large[:ZONES])),
        isolated=tuple(map(str, small[ZONES : 2 * ZONES])),
    )


@dataclass(frozen=True)
class NetworkArgs:
    cidr: str
    zones: tuple[str, ...]
    nat_gateways: int


class Network(Component):
    def __init__(self, scope: Scope, args: NetworkArgs) -> None:
        super().__init__(scope.name("network"), scope)
        self.args = args
        self.vpc = aws.ec2.Vpc(
            scope.name("vpc"),
            cidr_block=args.cidr,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=self._tags("vpc"),
            opts=self.protected(),
        )
        self._close_default_group()
        self._encrypt_traffic()
        self.ranges = ranges(args.cidr)
        self.public = self._subnets("public", self.ranges.public)
        self.private = self._subnets("private", self.ranges.private)
        self.isolated = self._subnets("isolated", self.ranges.isolated)
        self.private_tables: list[aws.ec2.RouteTable] = []
        self.nat_addresses: list[pulumi.Output[str]] = []
        self._route()

    def _tags(self, name: str) -> dict[str, str]:
        return {**self.scope.tags(), "Name": self.scope.name(name)}

    def _close_default_group(self) -> None:
        """The group that every VPC brings lets all its members talk; nothing may be in it, and it allows nothing."""
        aws.ec2.DefaultSecurityGroup(
            self.scope.name("default-group"), vpc_id=self.vpc.id, tags=self._tags("default-group"), opts=self.opts
        )

    def _encrypt_traffic(self) -> None:
        """Says of each connection in the VPC whether the network encrypts it: between load balancer and tasks it does.

        `enforce` refuses instances whose hardware cannot, as those of dev and uat databases, which speak TLS instead.
        """
        aws.ec2.VpcEncryptionControl(
            self.scope.name("encryption"),
            vpc_id=self.vpc.id,
            mode="monitor",
            tags=self._tags("encryption"),
            opts=self.opts,
        )

    def _subnets(self, kind: str, blocks: tuple[str, ...]) -> list[aws.ec2.Subnet]:
        return [
            aws.ec2.Subnet(
                self.scope.name(kind, zone[-1]),
                vpc_id=self.vpc.id,
                cidr_block=block,
                availability_zone=zone,
                map_public_ip_on_launch=False,
                tags=self._tags(f"{kind}-{zone[-1]}"),
                opts=self.opts,
            )
            for zone, block in zip(self.args.zones, blocks, strict=True)
        ]

    def _route(self) -> None:
        gateway = aws.ec2.InternetGateway(
            self.scope.name("internet"), vpc_id=self.vpc.id, tags=self._tags("internet"), opts=self.opts
        )
        outside = self._table("public")
        self._default_route("public", outside, gateway_id=gateway.id)
        self._associate("public", [outside] * ZONES, self.public)
        gateways = list(self._nat_gateways())
        for index, zone in enumerate(self.args.zones):
            table = self._table(f"private-{zone[-1]}")
            self._default_route(f"private-{zone[-1]}", table, nat_gateway_id=gateways[index % len(gateways)].id)
            self.private_tables.append(table)
        self._associate("private", self.private_tables, self.private)
        self._associate("isolated", [self._table("isolated")] * ZONES, self.isolated)

    def _nat_gateways(self) -> Iterator[aws.ec2.NatGateway]:
        for zone, subnet in list(zip(self.args.zones, self.public, strict=True))[: self.args.nat_gateways]:
            name = f"nat-{zone[-1]}"
            address = aws.ec2.Eip(self.scope.name(name), domain="vpc", tags=self._tags(name), opts=self.opts)
            self.nat_addresses.append(address.public_ip)
            yield aws.ec2.NatGateway(
                self.scope.name(name),
                allocation_id=address.id,
                subnet_id=subnet.id,
                connectivity_type="public",
                tags=self._tags(name),
                opts=self.opts,
            )

    def _table(self, name: str) -> aws.ec2.RouteTable:
        return aws.ec2.RouteTable(self.scope.name(name), vpc_id=self.vpc.id, tags=self._tags(name), opts=self.opts)

    def _default_route(
        self,
        name: str,
        table: aws.ec2.RouteTable,
        gateway_id: pulumi.Output[str] | None = None,
        nat_gateway_id: pulumi.Output[str] | None = None,
    ) -> None:
        aws.ec2.Route(
            self.scope.name(name),
            route_table_id=table.id,
            destination_cidr_block=_EVERYWHERE,
            gateway_id=gateway_id,
            nat_gateway_id=nat_gateway_id,
            opts=self.opts,
        )

    def _associate(self, kind: str, tables: list[aws.ec2.RouteTable], subnets: list[aws.ec2.Subnet]) -> None:
        for zone, table, subnet in zip(self.args.zones, tables, subnets, strict=True):
            aws.ec2.RouteTableAssociation(
                self.scope.name(kind, zone[-1]), route_table_id=table.id, subnet_id=subnet.id, opts=self.opts
            )
