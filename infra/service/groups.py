"""Security groups: a service may be reached by whom the manifest says calls it, and may reach what it needs."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.component import Component
from infra.data.database import PORT as POSTGRESQL
from infra.foundation.entrance import TEST_PORT
from infra.service import ports
from infra.service.surroundings import Surroundings

_HTTPS = 443
_EVERYWHERE = "0.0.0.0/0"


@dataclass(frozen=True)
class GroupsArgs:
    around: Surroundings


class Groups(Component):
    def __init__(self, args: GroupsArgs) -> None:
        scope = args.around.scope
        super().__init__(scope.name("groups"), scope)
        self._around = args.around
        self._vpc_id = args.around.foundation.text("vpc_id")
        services = args.around.product.services
        self.of = {name: self._group(name, f"Tasks of {name}", name) for name in services}
        self.gate = self._group("gate", "What looks at canaries")
        for name in services:
            self._from_entrance(name)
            self._to_database(name)
            self._to_aws(name, self.of[name].id)
        for caller, service in services.items():
            for callee in service.consumes:
                self._call(caller, callee)
        self._to_aws("gate", self.gate.id)
        test = "What looks at canaries to the test port of the load balancer, by its public name"
        self._out("gate-to-test", self.gate.id, TEST_PORT, test, block=_EVERYWHERE)

    def _group(self, name: str, what: str, service: str | None = None) -> aws.ec2.SecurityGroup:
        return aws.ec2.SecurityGroup(
            self.scope.name(name),
            description=what,
            vpc_id=self._vpc_id,
            tags={**self.scope.tags(service), "Name": self.scope.name(name)},
            opts=self.opts,
        )

    def _from_entrance(self, name: str) -> None:
        entrance = self._around.foundation.text("entrance_group_id")
        for port, what in ((ports.BALANCED, "requests"), (ports.ADMIN, "health checks")):
            said = f"Load balancer to {name}: {what}"
            self._in(f"{name}-from-entrance-{port}", self.of[name].id, port, said, entrance)
            self._out(f"entrance-to-{name}-{port}", entrance, port, said, target=self.of[name].id)

    def _to_database(self, name: str) -> None:
        database = self._around.data.text("database_group_id")
        said = f"{name} to PostgreSQL"
        self._out(f"{name}-to-database", self.of[name].id, POSTGRESQL, said, target=database)
        self._in(f"database-from-{name}", database, POSTGRESQL, said, self.of[name].id)

    def _to_aws(self, name: str, group_id: pulumi.Input[str]) -> None:
        """Private addresses of AWS, S3 by its list, and the identity provider, whose addresses nobody knows before."""
        endpoints = self._around.foundation.text("endpoints_group_id")
        self._out(f"{name}-to-endpoints", group_id, _HTTPS, f"{name} to AWS", target=endpoints)
        objects = self._around.foundation.text("objects_prefix_list_id")
        self._out(f"{name}-to-objects", group_id, _HTTPS, f"{name} to S3", prefix_list=objects)
        said = f"{name} to the identity provider, for its keys"
        self._out(f"{name}-to-identity", group_id, _HTTPS, said, block=_EVERYWHERE)

    def _call(self, caller: str, callee: str) -> None:
        said = f"{caller} calls {callee}"
        self._out(f"{caller}-to-{callee}", self.of[caller].id, ports.PEERS, said, target=self.of[callee].id)
        self._in(f"{callee}-from-{caller}", self.of[callee].id, ports.PEERS, said, self.of[caller].id)

    def _in(self, name: str, group_id: pulumi.Input[str], port: int, what: str, source: pulumi.Input[str]) -> None:
        aws.vpc.SecurityGroupIngressRule(
            self.scope.name(name),
            security_group_id=group_id,
            description=what,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            referenced_security_group_id=source,
            tags=self.scope.tags(),
            opts=self.opts,
        )

    def _out(
        self,
        name: str,
        group_id: pulumi.Input[str],
        port: int,
        what: str,
        target: pulumi.Input[str] | None = None,
        prefix_list: pulumi.Input[str] | None = None,
        block: str | None = None,
    ) -> None:
        aws.vpc.SecurityGroupEgressRule(
            self.scope.name(name),
            security_group_id=group_id,
            description=what,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            referenced_security_group_id=target,
            prefix_list_id=prefix_list,
            cidr_ipv4=block,
            tags=self.scope.tags(),
            opts=self.opts,
        )
