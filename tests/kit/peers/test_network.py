from prometheus_client import CollectorRegistry

from tandem.kit.auth.tokens import NullToken
from tandem.kit.discovery import FixedAddresses
from tandem.kit.peers import PeerNetwork
from tandem.kit.peers.canned import CannedTransport
from tests.kit.peers.desk import GET_CARD, Card


async def test_a_peer_has_one_client_for_all_who_ask() -> None:
    canned = CannedTransport()
    addresses = FixedAddresses({"card": "http://card.invalid"})
    network = PeerNetwork(addresses, NullToken(), canned, CollectorRegistry())
    assert network.connect("card") is network.connect("card")
    assert network.connect("card") is not network.connect("account")
    canned.answers("getCard", {"id": "crd_1", "version": 1})
    assert (await network.connect("card").call(GET_CARD, Card, path={"card_id": "crd_1"})).id == "crd_1"
    assert "authorization" not in canned.requests[0].headers
    await network.close()


async def test_connections_are_made_late_and_closing_without_any_is_fine() -> None:
    await PeerNetwork(FixedAddresses({}), NullToken(), registry=CollectorRegistry()).close()
