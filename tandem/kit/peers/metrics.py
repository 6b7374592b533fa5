"""What is counted about calls to other services."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class PeerMetrics:
    """Label lookups cost more than counting, so the children are kept."""

    def __init__(self, registry: CollectorRegistry) -> None:
        labels = ("peer", "operation")
        self._requests = Counter(
            "peer_requests_total", "Calls to other services, by how they ended", (*labels, "outcome"), registry=registry
        )
        self._seconds = Histogram(
            "peer_request_seconds", "Time of a call, retries included", labels, buckets=_BUCKETS, registry=registry
        )
        self._retries = Counter("peer_retries_total", "Attempts after the first", labels, registry=registry)
        self._open = Gauge("peer_breaker_open", "1 while a peer is not being asked", ("peer",), registry=registry)
        self._request_children: dict[tuple[str, str, str], Counter] = {}
        self._seconds_children: dict[tuple[str, str], Histogram] = {}

    def ended(self, peer: str, operation: str, outcome: str, seconds: float) -> None:
        request = self._request_children.get((peer, operation, outcome))
        if request is None:
            request = self._request_children[peer, operation, outcome] = self._requests.labels(peer, operation, outcome)
        duration = self._seconds_children.get((peer, operation))
        if duration is None:
            duration = self._seconds_children[peer, operation] = self._seconds.labels(peer, operation)
        request.inc()
        duration.observe(seconds)

    def retried(self, peer: str, operation: str) -> None:
        self._retries.labels(peer, operation).inc()

    def breaker(self, peer: str, is_open: bool) -> None:
        self._open.labels(peer).set(is_open)
