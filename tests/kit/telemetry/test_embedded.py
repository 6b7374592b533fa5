"""Lines from which CloudWatch takes metrics, in the form that its specification asks for."""

from __future__ import annotations

import asyncio
import io
import math
import sys
import time
from typing import Any

import pytest
import structlog

from tandem.kit.gauges import GaugeLines, measure
from tandem.kit.telemetry import logs
from tests.kit.conftest import lines_of
from tests.kit.loan.service import LoanService


@pytest.fixture
def written(json_log: io.TextIOWrapper, monkeypatch: pytest.MonkeyPatch) -> io.TextIOWrapper:
    monkeypatch.setattr(sys, "stdout", json_log)
    logs.configure("card", "7", "uat", frozenset(), embedded_metrics=True)
    return json_log


def metrics_of(line: dict[str, Any]) -> dict[str, Any]:
    """Name and value of each metric, read as CloudWatch reads them."""
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "Tandem"
    assert abs(line["_aws"]["Timestamp"] / 1000 - time.time()) < 60
    assert all(isinstance(line[name], str) for names in directive["Dimensions"] for name in names)
    return {metric["Name"]: line[metric["Name"]] for metric in directive["Metrics"]}


@pytest.mark.parametrize(("status", "faults"), [(200, 0), (404, 0), (500, 1), (503, 1)])
def test_request_counts_its_time_and_whether_it_was_our_fault(
    written: io.TextIOWrapper, status: int, faults: int
) -> None:
    structlog.get_logger().info("request", operation="getCard", status=status, duration_ms=12.5)
    (line,) = lines_of(written)
    assert metrics_of(line) == {"duration_ms": 12.5, "faults": faults}
    assert line["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [
        ["stage", "service"],
        ["stage", "service", "operation"],
    ]


def test_other_lines_stay_as_they_are(written: io.TextIOWrapper) -> None:
    structlog.get_logger().info("started", port=80)
    assert "_aws" not in lines_of(written)[0]


def test_what_could_not_be_asked_is_no_metric(written: io.TextIOWrapper) -> None:
    structlog.get_logger().info("gauges", pool_open=3, outbox_rows=math.nan)
    assert metrics_of(lines_of(written)[0]) == {"pool_open": 3}


async def test_service_writes_its_gauges_from_time_to_time(written: io.TextIOWrapper, loan: LoanService) -> None:
    background = loan.app.state.background
    lines = GaugeLines(loan.runtime, background, every_seconds=0.01)
    lines.start()
    async with asyncio.timeout(10):
        while len(lines_of(written)) < 2:
            await asyncio.sleep(0.01)
    await lines.stop()
    assert metrics_of(lines_of(written)[-1])["pool_open"] == (await measure(loan.runtime, background)).pool_open
