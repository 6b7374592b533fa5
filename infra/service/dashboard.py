"""A dashboard per service: what its contract promises drawn as a line over what it does."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pulumi_aws as aws

from infra.component import Component
from infra.product import Service
from infra.scope import Scope
from infra.service.alarms import DURATION, FAULTS, dimensions
from tandem.kit.contract import Operation
from tandem.kit.telemetry.embedded import NAMESPACE

_WIDTH = 12
_HEIGHT = 6
_GAUGES = ("pool_open", "outbox_lag_seconds", "events_waiting", "events_dead_letters")


@dataclass(frozen=True)
class DashboardArgs:
    service: Service


class Dashboard(Component):
    def __init__(self, scope: Scope, args: DashboardArgs) -> None:
        super().__init__(scope.name(args.service.name, "dashboard"), scope)
        aws.cloudwatch.Dashboard(
            scope.name(args.service.name),
            dashboard_name=scope.name(args.service.name),
            dashboard_body=json.dumps({"widgets": widgets(scope, args.service)}),
            opts=self.opts,
        )


def widgets(scope: Scope, service: Service) -> list[dict[str, Any]]:
    drawn = [
        _widget(scope, f"{service.name}: all answers", [_line(scope, service.name, DURATION, "p95")]),
        _widget(scope, f"{service.name}: beneath", [_line(scope, service.name, name, "Maximum") for name in _GAUGES]),
    ]
    for operation in service.operations:
        drawn += [_duration(scope, service.name, operation), _failures(scope, service.name, operation)]
    for index, widget in enumerate(drawn):
        widget |= {"x": index % 2 * _WIDTH, "y": index // 2 * _HEIGHT, "width": _WIDTH, "height": _HEIGHT}
    return drawn


def _duration(scope: Scope, service: str, operation: Operation) -> dict[str, Any]:
    assert operation.slo
    lines = [_line(scope, service, DURATION, statistic, operation.id) for statistic in ("p50", "p95", "p99")]
    return _widget(scope, f"{operation.summary} ms", lines, ("promised p95", operation.slo.p95_ms))


def _failures(scope: Scope, service: str, operation: Operation) -> dict[str, Any]:
    assert operation.slo
    lines = [
        _line(scope, service, FAULTS, "Average", operation.id),
        _line(scope, service, DURATION, "SampleCount", operation.id, right=True),
    ]
    return _widget(scope, f"{operation.summary} failures", lines, ("promised share", operation.slo.error_rate))


def _line(
    scope: Scope, service: str, metric: str, statistic: str, operation: str | None = None, *, right: bool = False
) -> list[Any]:
    where = [part for pair in dimensions(scope, service, operation).items() for part in pair]
    return [NAMESPACE, metric, *where, {"stat": statistic, "yAxis": "right" if right else "left"}]


def _widget(
    scope: Scope, title: str, lines: list[list[Any]], promise: tuple[str, float] | None = None
) -> dict[str, Any]:
    properties: dict[str, Any] = {"title": title, "region": scope.region, "period": 60, "metrics": lines}
    if promise:
        properties["annotations"] = {"horizontal": [{"label": promise[0], "value": promise[1]}]}
    return {"type": "metric", "properties": properties}
