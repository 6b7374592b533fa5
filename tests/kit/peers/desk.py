"""A peer client on canned answers, with its clock, its dice and its sleep within reach."""

from random import Random
from typing import Any

from prometheus_client import CollectorRegistry
from pydantic import BaseModel

from tandem.kit.auth.tokens import StaticToken, TokenSource
from tandem.kit.discovery import FixedAddresses, Resolver
from tandem.kit.peers import PeerClient, PeerOperation
from tandem.kit.peers.canned import CannedTransport
from tandem.kit.peers.client import PeerPolicy
from tandem.kit.peers.metrics import PeerMetrics
from tandem.kit.peers.transport import Transport
from tests.kit.clock import Clock

GET_CARD = PeerOperation(
    id="getCard", peer="card", method="GET", path="/v1/cards/{card_id}", success=200, idempotent=True
)
ISSUE_CARD = PeerOperation(id="issueCard", peer="card", method="POST", path="/v1/cards", success=201)
CANCEL_CARD = PeerOperation(id="cancelCard", peer="card", method="DELETE", path="/v1/cards/{card_id}", success=204)


class Card(BaseModel):
    id: str
    version: int


class NewCard(BaseModel):
    holder: str
    design: str | None = None


class HighestDice(Random):
    """Always the longest wait, so that waits are known."""

    def uniform(self, a: float, b: float) -> float:
        return b


class Desk:
    def __init__(
        self,
        policy: PeerPolicy | None = None,
        transport: Transport | None = None,
        resolver: Resolver | None = None,
        tokens: TokenSource | None = None,
    ) -> None:
        self.clock = Clock()
        self.sleeps: list[float] = []
        self.canned = CannedTransport()
        self.registry = CollectorRegistry()
        self.client = PeerClient(
            "card",
            transport or self.canned,
            resolver or FixedAddresses({"card": "http://card.invalid"}),
            tokens or StaticToken("service-token"),
            metrics=PeerMetrics(self.registry),
            policy=policy or PeerPolicy(),
            random=HighestDice(7),
            now=self.clock,
            sleep=self._sleep,
        )

    async def _sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.clock.time += seconds

    async def get_card(self, **options: Any) -> Card:
        return await self.client.call(GET_CARD, Card, path={"card_id": "crd_1"}, **options)

    async def issue_card(self, **options: Any) -> Card:
        return await self.client.call(ISSUE_CARD, Card, body=NewCard(holder="Anna"), **options)

    def counted(self, operation: str, outcome: str) -> float:
        labels = {"peer": "card", "operation": operation, "outcome": outcome}
        return self.registry.get_sample_value("peer_requests_total", labels) or 0.0

    def sample(self, name: str, **labels: str) -> float | None:
        return self.registry.get_sample_value(name, {"peer": "card", **labels})
