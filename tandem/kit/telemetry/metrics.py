"""Rate, errors and duration per operation, and what the events count for the business (Prometheus)."""

from prometheus_client import Counter, Gauge, Histogram

_SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

REQUESTS = Counter("http_requests_total", "Requests answered.", ["operation", "status"])
SECONDS = Histogram("http_request_seconds", "Time to answer a request.", ["operation"], buckets=_SECONDS)
VIOLATIONS = Counter("contract_violations_total", "Answers that depart from the contract.", ["operation"])
DEPRECATED = Counter("deprecated_calls_total", "Calls of deprecated operations.", ["operation", "caller"])
POOL_CONNECTIONS = Gauge("db_pool_connections", "Open database connections.", ["state"])
OUTBOX_ROWS = Gauge("outbox_rows", "Events that wait to be published.")
EVENTS_WAITING = Gauge("events_waiting", "Events that wait to be heard by this service.")
EVENTS_SECONDS = Gauge("events_waiting_seconds", "Age of the oldest event that waits to be heard.")
EVENTS_DEAD = Gauge("events_dead_letters", "Events given up, which people have to look at.")
OUTBOX_SECONDS = Gauge("outbox_lag_seconds", "Age of the oldest event that waits to be published.")


class OperationMetrics:
    """The metrics of one operation, with their labels looked up once."""

    def __init__(self, operation: str) -> None:
        self._operation = operation
        self._by_status: dict[int, Counter] = {}
        self._seconds = SECONDS.labels(operation)

    def record(self, status: int, seconds: float) -> None:
        counter = self._by_status.get(status)
        if counter is None:
            counter = self._by_status[status] = REQUESTS.labels(self._operation, str(status))
        counter.inc()
        self._seconds.observe(seconds)
