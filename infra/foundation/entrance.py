"""The one thing with a public address: a load balancer that speaks HTTPS only, and a second port for canaries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.component import Component
from infra.scope import Scope

TEST_PORT = 8443
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
_EVERYWHERE = "0.0.0.0/0"
_NOBODY = '{"type":"/problems/not-found","title":"Not found","status":404}'


@dataclass(frozen=True)
class EntranceArgs:
    """`gate_addresses` are whence the gate comes: nobody else reaches the test port."""

    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    certificate_arn: pulumi.Input[str]
    domain: str
    hosted_zone: str
    gate_addresses: Sequence[pulumi.Output[str]]


class Entrance(Component):
    def __init__(self, scope: Scope, args: EntranceArgs) -> None:
        super().__init__(scope.name("entrance"), scope)
        self.group = aws.ec2.SecurityGroup(
            scope.name("entrance"),
            description="The public load balancer",
            vpc_id=args.vpc_id,
            tags=scope.tags(),
            opts=self.opts,
        )
        self._open(args)
        self.balancer = aws.lb.LoadBalancer(
            scope.name("entrance"),
            name=scope.name(),
            load_balancer_type="application",
            internal=False,
            subnets=args.subnet_ids,
            security_groups=[self.group.id],
            drop_invalid_header_fields=True,
            desync_mitigation_mode="strictest",
            enable_deletion_protection=scope.stage.protected,
            enable_zonal_shift=True,
            idle_timeout=30,
            tags=scope.tags(),
            opts=self.protected(),
        )
        self.production = self._listener("production", 443, args)
        self.test = self._listener("test", TEST_PORT, args)
        self._redirect()
        self._publish(args)

    def _open(self, args: EntranceArgs) -> None:
        for port, what in ((80, "HTTP, answered with a redirect"), (443, "HTTPS")):
            self._rule(f"from-internet-{port}", port, _EVERYWHERE, what)
        for index, address in enumerate(args.gate_addresses):
            block = address.apply(lambda ip: f"{ip}/32")
            self._rule(f"from-gate-{index}", TEST_PORT, block, "The gate, which looks at canaries")

    def _rule(self, name: str, port: int, block: pulumi.Input[str], what: str) -> None:
        aws.vpc.SecurityGroupIngressRule(
            self.scope.name("entrance", name),
            security_group_id=self.group.id,
            description=what,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            cidr_ipv4=block,
            tags=self.scope.tags(),
            opts=self.opts,
        )

    def _listener(self, name: str, port: int, args: EntranceArgs) -> aws.lb.Listener:
        nobody = aws.lb.ListenerDefaultActionFixedResponseArgs(
            content_type="application/json", message_body=_NOBODY, status_code="404"
        )
        return aws.lb.Listener(
            self.scope.name(name),
            load_balancer_arn=self.balancer.arn,
            port=port,
            protocol="HTTPS",
            ssl_policy=TLS_POLICY,
            certificate_arn=args.certificate_arn,
            routing_http_response_strict_transport_security_header_value="max-age=31536000; includeSubDomains",
            routing_http_response_x_content_type_options_header_value="nosniff",
            routing_http_response_server_enabled=False,
            default_actions=[aws.lb.ListenerDefaultActionArgs(type="fixed-response", fixed_response=nobody)],
            tags=self.scope.tags(),
            opts=self.opts,
        )

    def _redirect(self) -> None:
        to_https = aws.lb.ListenerDefaultActionRedirectArgs(status_code="HTTP_301", protocol="HTTPS", port="443")
        aws.lb.Listener(
            self.scope.name("redirect"),
            load_balancer_arn=self.balancer.arn,
            port=80,
            protocol="HTTP",
            default_actions=[aws.lb.ListenerDefaultActionArgs(type="redirect", redirect=to_https)],
            tags=self.scope.tags(),
            opts=self.opts,
        )

    def _publish(self, args: EntranceArgs) -> None:
        aws.route53.Record(
            self.scope.name("entrance"),
            zone_id=args.hosted_zone,
            name=args.domain,
            type="A",
            aliases=[
                aws.route53.RecordAliasArgs(
                    name=self.balancer.dns_name, zone_id=self.balancer.zone_id, evaluate_target_health=True
                )
            ],
            # In another region the name is taken over from the one that was lost.
            allow_overwrite=True,
            opts=self.opts,
        )
