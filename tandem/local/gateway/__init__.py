"""One port for every operation of every contract: Envoy, configured from the contracts and changed while it serves."""

from tandem.local.gateway.admin import NotRunning, drain, is_ready, verify
from tandem.local.gateway.configuration import Content, Documents, Ports, cluster_name, configuration
from tandem.local.gateway.control import LIVE_FILE, Gateway, Placement
from tandem.local.gateway.operations import Operation, operations_of
from tandem.local.gateway.publication import ConfigurationRefused, publish
from tandem.local.gateway.routing import LIVE, MOCK, Instance, Routing, Target

__all__ = [
    "LIVE",
    "LIVE_FILE",
    "MOCK",
    "ConfigurationRefused",
    "Content",
    "Documents",
    "Gateway",
    "Instance",
    "NotRunning",
    "Operation",
    "Placement",
    "Ports",
    "Routing",
    "Target",
    "cluster_name",
    "configuration",
    "drain",
    "is_ready",
    "operations_of",
    "publish",
    "verify",
]
