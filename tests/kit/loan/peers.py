from collections.abc import Callable

from tandem.kit.peers import PeerClient, PeerOperation

_GET_BANK = PeerOperation(id="getBank", peer="bank", method="GET", path="/v1/bank", success=204)


class BankPeer:
    def __init__(self, client: PeerClient) -> None:
        self._client = client

    async def get_bank(self) -> None:
        await self._client.call(_GET_BANK, None)


class Peers:
    def __init__(self, connect: Callable[[str], PeerClient]) -> None:
        self.bank = BankPeer(connect("bank"))
