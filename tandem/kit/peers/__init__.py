"""Calls to other services, with the time, the retries and the patience they deserve."""

from tandem.kit.peers.client import PeerClient
from tandem.kit.peers.failures import PeerBroken, PeerRefused, PeerUnavailable
from tandem.kit.peers.network import PeerNetwork
from tandem.kit.peers.operation import PeerOperation

__all__ = ["PeerBroken", "PeerClient", "PeerNetwork", "PeerOperation", "PeerRefused", "PeerUnavailable"]
