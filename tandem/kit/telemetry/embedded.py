"""CloudWatch embedded metrics: a log line says which of its numbers are metrics, and CloudWatch counts them exactly.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

NAMESPACE = "Tandem"
_PER_SERVICE = ["stage", "service"]
_PER_OPERATION = [*_PER_SERVICE, "operation"]
_REQUEST = {"duration_ms": "Milliseconds", "faults": "Count"}
# The unit of each number that a service tells of itself once a minute.
_GAUGES = {
    "pool_open": "Count",
    "pool_idle": "Count",
    "outbox_rows": "Count",
    "outbox_lag_seconds": "Seconds",
    "events_waiting": "Count",
    "events_waiting_seconds": "Seconds",
    "events_dead_letters": "Count",
}


def embed(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor. It leaves every other line as it is."""
    match event.get("event"):
        case "request":
            event["faults"] = int(event["status"] >= 500)
            event["_aws"] = _described([_PER_SERVICE, _PER_OPERATION], _REQUEST)
        case "gauges":
            # What could not be asked is not a number, and CloudWatch takes numbers only.
            for name in [name for name in _GAUGES if math.isnan(event.get(name, math.nan))]:
                event.pop(name, None)
            event["_aws"] = _described([_PER_SERVICE], {name: unit for name, unit in _GAUGES.items() if name in event})
    return event


def _described(dimensions: Sequence[Sequence[str]], metrics: Mapping[str, str]) -> dict[str, Any]:
    named = [{"Name": name, "Unit": unit} for name, unit in metrics.items()]
    directive = {"Namespace": NAMESPACE, "Dimensions": dimensions, "Metrics": named}
    return {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
