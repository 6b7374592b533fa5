"""What stands before anything else can: network, keys, images, cluster, entrance."""

from __future__ import annotations

import pulumi

from infra.foundation.authority import Authority
from infra.foundation.certificate import Certificate, CertificateArgs
from infra.foundation.cluster import Cluster, ClusterArgs
from infra.foundation.endpoints import Endpoints, EndpointsArgs
from infra.foundation.entrance import Entrance, EntranceArgs
from infra.foundation.firewall import Firewall, FirewallArgs
from infra.foundation.flow import FlowLogs, FlowLogsArgs
from infra.foundation.keys import Keys
from infra.foundation.network import Network, NetworkArgs
from infra.foundation.previews import Previews, PreviewsArgs
from infra.foundation.registry import Registry, RegistryArgs
from infra.foundation.watch import Watch, WatchArgs
from infra.product import Product, load_product
from infra.scope import Scope, here
from infra.settings import FoundationSettings


def build() -> None:
    settings = FoundationSettings.load()
    # The later parts are made of it: what is wrong with it is told before the first of them stands.
    product = load_product()
    scope = here("foundation")
    keys = Keys(scope)
    network = _network(scope, keys)
    watch = Watch(scope, WatchArgs(settings.alert_email, keys.messages.id, scope.stage.budget_usd))
    entrance = _entrance(scope, settings, network, keys)
    _export(product, settings, network, keys, watch, entrance)
    cluster = Cluster(scope, ClusterArgs(network.vpc.id, keys.logs.arn))
    pulumi.export("cluster_arn", cluster.cluster.arn)
    pulumi.export("cluster_name", cluster.cluster.name)
    pulumi.export("namespace_arn", cluster.namespace.arn)
    registry = Registry(scope, RegistryArgs(product.services, keys.storage.arn))
    pulumi.export("repository_urls", {name: made.repository_url for name, made in registry.repositories.items()})
    pulumi.export("repository_arns", {name: made.arn for name, made in registry.repositories.items()})
    if scope.stage.previews:
        Previews(scope, PreviewsArgs(network.vpc.id, network.private[0].id))
    pulumi.export("authority_arn", Authority(scope).installed.certificate_authority_arn)


def _network(scope: Scope, keys: Keys) -> Network:
    network = Network(scope, NetworkArgs(scope.stage.cidr, scope.zones, scope.stage.nat_gateways))
    FlowLogs(scope, FlowLogsArgs(network.vpc.id, keys.logs.arn))
    endpoints = Endpoints(
        scope,
        EndpointsArgs(
            vpc_id=network.vpc.id,
            cidr=scope.stage.cidr,
            subnet_ids=[subnet.id for subnet in network.private[: scope.stage.endpoint_zones]],
            route_table_ids=[table.id for table in network.private_tables],
            everything=scope.stage.endpoint_services_all,
        ),
    )
    pulumi.export("endpoints_group_id", endpoints.group.id)
    pulumi.export("objects_prefix_list_id", endpoints.objects.prefix_list_id)
    return network


def _entrance(scope: Scope, settings: FoundationSettings, network: Network, keys: Keys) -> Entrance:
    certificate = Certificate(scope, CertificateArgs(settings.domain, settings.hosted_zone))
    entrance = Entrance(
        scope,
        EntranceArgs(
            vpc_id=network.vpc.id,
            subnet_ids=[subnet.id for subnet in network.public],
            certificate_arn=certificate.proven.certificate_arn,
            domain=settings.domain,
            hosted_zone=settings.hosted_zone,
            gate_addresses=network.nat_addresses,
        ),
    )
    Firewall(scope, FirewallArgs(entrance.balancer.arn, scope.stage.requests_per_ip, keys.logs.arn))
    return entrance


def _export(
    product: Product, settings: FoundationSettings, network: Network, keys: Keys, watch: Watch, entrance: Entrance
) -> None:
    outputs = {
        "domain": settings.domain,
        "services": list(product.services),
        "vpc_id": network.vpc.id,
        "private_subnet_ids": [subnet.id for subnet in network.private],
        "isolated_subnet_ids": [subnet.id for subnet in network.isolated],
        "isolated_blocks": list(network.ranges.isolated),
        "log_key_arn": keys.logs.arn,
        "storage_key_arn": keys.storage.arn,
        "messages_key_arn": keys.messages.arn,
        "secrets_key_arn": keys.secrets.arn,
        "alerts_arn": watch.alerts.arn,
        "balancer_arn_suffix": entrance.balancer.arn_suffix,
        "entrance_group_id": entrance.group.id,
        "production_listener_arn": entrance.production.arn,
        "test_listener_arn": entrance.test.arn,
    }
    for name, value in outputs.items():
        pulumi.export(name, value)
