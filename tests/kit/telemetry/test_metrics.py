from prometheus_client import REGISTRY

from tandem.kit.telemetry.metrics import OperationMetrics


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_requests_are_counted_by_status_and_timed() -> None:
    metrics = OperationMetrics("testOperation")
    for status, seconds in ((200, 0.004), (200, 0.004), (503, 0.3)):
        metrics.record(status, seconds)
    assert value("http_requests_total", operation="testOperation", status="200") == 2
    assert value("http_requests_total", operation="testOperation", status="503") == 1
    assert value("http_request_seconds_bucket", operation="testOperation", le="0.005") == 2
    assert value("http_request_seconds_sum", operation="testOperation") == 0.308


def test_two_of_one_operation_count_together() -> None:
    for metrics in (OperationMetrics("sharedOperation"), OperationMetrics("sharedOperation")):
        metrics.record(200, 0.1)
    assert value("http_requests_total", operation="sharedOperation", status="200") == 2
