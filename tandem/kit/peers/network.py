"""All the peers of one process: they share the connections, the token and the metrics."""

from random import Random

from prometheus_client import REGISTRY, CollectorRegistry

from tandem.kit.auth.tokens import TokenSource
from tandem.kit.discovery import Resolver
from tandem.kit.peers.client import PeerClient, PeerPolicy
from tandem.kit.peers.metrics import PeerMetrics
from tandem.kit.peers.transport import AiohttpTransport, Transport


class PeerNetwork:
    def __init__(
        self,
        resolver: Resolver,
        tokens: TokenSource,
        transport: Transport | None = None,
        registry: CollectorRegistry = REGISTRY,
        *,
        policy: PeerPolicy | None = None,
        random: Random | None = None,
    ) -> None:
        self._resolver = resolver
        self._tokens = tokens
        self._transport = transport or AiohttpTransport()
        self._metrics = PeerMetrics(registry)
        self._policy = policy or PeerPolicy()
        self._random = random or Random()  # noqa: S311 (waits and span ids, not secrets)
        self._clients: dict[str, PeerClient] = {}

    def connect(self, peer: str) -> PeerClient:
        """The same client each time: a breaker and a budget that are not shared protect nobody."""
        if peer not in self._clients:
            self._clients[peer] = PeerClient(
                peer,
                self._transport,
                self._resolver,
                self._tokens,
                metrics=self._metrics,
                policy=self._policy,
                random=self._random,
            )
        return self._clients[peer]

    async def open(self) -> None:
        await self._tokens.open()

    async def close(self) -> None:
        await self._tokens.close()
        await self._transport.close()
