import asyncio
from collections.abc import AsyncIterator

import pytest
from prometheus_client import CollectorRegistry

from services.account.peers import Peers
from tandem.kit.auth.tokens import StaticToken
from tandem.kit.discovery import FixedAddresses
from tandem.kit.peers import PeerNetwork
from tandem.kit.peers.canned import CannedTransport
from tandem.kit.peers.transport import PeerAnswer, PeerRequest
from tests.service_under_test import ServiceUnderTest

_ADDRESSES = {name: f"http://{name}.invalid" for name in ("customer", "card", "invoice", "transaction")}


class HangingTransport:
    """Never answers the operations in `hanging`; the others are answered from the can."""

    def __init__(self, canned: CannedTransport, hanging: set[str]) -> None:
        self._canned = canned
        self._hanging = hanging

    async def send(self, request: PeerRequest) -> PeerAnswer:
        if request.operation.id in self._hanging:
            await asyncio.Event().wait()
        return await self._canned.send(request)

    async def close(self) -> None:
        await self._canned.close()


@pytest.fixture
def hanging() -> set[str]:
    """The ids of peers' operations that never answer in this test."""
    return set()


@pytest.fixture
async def service(service: ServiceUnderTest, hanging: set[str]) -> AsyncIterator[ServiceUnderTest]:
    """The service with breakers that have not seen the failures of earlier tests."""
    transport = HangingTransport(service.peers, hanging)
    network = PeerNetwork(FixedAddresses(_ADDRESSES), StaticToken("canned"), transport, CollectorRegistry())
    runtime = service.app.state.runtime
    before, runtime.peers = runtime.peers, Peers(network.connect)
    yield service
    runtime.peers = before
