"""Alarms from `x-slo`: each operation by what its contract promises, and per service those that take a release back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.component import Component
from infra.product import Service
from infra.scope import Scope
from infra.service.surroundings import Surroundings
from tandem.kit.contract import Operation
from tandem.kit.telemetry.embedded import NAMESPACE

Query = aws.cloudwatch.MetricAlarmMetricQueryArgs
Metric = aws.cloudwatch.MetricAlarmMetricQueryMetricArgs
DURATION = "duration_ms"
FAULTS = "faults"
# With fewer requests a minute, one failure or one slow answer would be an alarm.
_FEWEST = 20
_MINUTE = 60


@dataclass(frozen=True)
class AlarmsArgs:
    around: Surroundings
    service: Service


class Alarms(Component):
    """`rollback` are the names of the alarms at which ECS takes a release back."""

    def __init__(self, args: AlarmsArgs) -> None:
        scope = args.around.scope
        super().__init__(scope.name(args.service.name, "alarms"), scope)
        self._service = args.service
        self._alerts = args.around.alerts_arn
        self._cluster_name = args.around.foundation.text("cluster_name")
        for operation in args.service.operations:
            self._promises(operation)
        self.rollback = [self._failing(), self._slow()]
        self._missing()

    def _promises(self, operation: Operation) -> None:
        """Five minutes in a row: one slow answer at night is no alarm. A failure counts 1, so an average is a share."""
        assert operation.slo
        p95, rate = operation.slo.p95_ms, operation.slo.error_rate
        said = f"{self._service.name}.{operation.id}"
        watched = [
            (f"{operation.id}-slow", f"{said}: 95 of 100 within {p95:g} ms", DURATION, p95),
            (f"{operation.id}-failing", f"{said}: at most {rate:g} fail", FAULTS, rate),
        ]
        for name, promise, metric, threshold in watched:
            full = self.scope.name(self._service.name, name)
            aws.cloudwatch.MetricAlarm(
                full,
                name=full,
                alarm_description=f"{promise}. See docs/runbooks.",
                namespace=NAMESPACE,
                metric_name=metric,
                dimensions=dimensions(self.scope, self._service.name, operation.id),
                period=_MINUTE,
                extended_statistic="p95" if metric == DURATION else None,
                evaluate_low_sample_count_percentiles="ignore" if metric == DURATION else None,
                statistic="Average" if metric == FAULTS else None,
                threshold=threshold,
                comparison_operator="GreaterThanThreshold",
                evaluation_periods=5,
                datapoints_to_alarm=5,
                treat_missing_data="notBreaching",
                alarm_actions=[self._alerts],
                ok_actions=[self._alerts],
                tags=self.scope.tags(self._service.name),
                opts=self.opts,
            )

    def _failing(self) -> pulumi.Output[str]:
        rate = self._service.worst_error_rate
        said = f"{self._service.name}: more than {rate:g} of the answers are failures; a release is taken back"
        where = dimensions(self.scope, self._service.name)
        return self._alarm("failing", said, failing(where), rate, minutes=2)

    def _slow(self) -> pulumi.Output[str]:
        p95 = self._service.slowest_p95_ms
        said = f"{self._service.name}: slower than {p95:g} ms; a release is taken back"
        return self._alarm("slow", said, slow(dimensions(self.scope, self._service.name)), p95, minutes=2)

    def _missing(self) -> None:
        where: dict[str, pulumi.Input[str]] = {
            "ClusterName": self._cluster_name,
            "ServiceName": self.scope.name(self._service.name),
        }
        running = Query(
            id="tasks",
            metric=Metric(
                namespace="ECS/ContainerInsights",
                metric_name="RunningTaskCount",
                dimensions=where,
                period=_MINUTE,
                stat="Minimum",
            ),
            return_data=True,
        )
        fewest = float(self.scope.stage.tasks_least)
        said = f"{self._service.name}: fewer than {fewest:g} tasks run"
        self._alarm("missing", said, [running], fewest, minutes=5, comparison="LessThanThreshold", missing="breaching")

    def _alarm(
        self,
        name: str,
        said: str,
        queries: Sequence[Query],
        threshold: float,
        *,
        minutes: int,
        comparison: str = "GreaterThanThreshold",
        missing: str = "notBreaching",
    ) -> pulumi.Output[str]:
        full = self.scope.name(self._service.name, name)
        alarm = aws.cloudwatch.MetricAlarm(
            full,
            name=full,
            alarm_description=f"{said}. See docs/runbooks.",
            metric_queries=list(queries),
            threshold=threshold,
            comparison_operator=comparison,
            evaluation_periods=minutes,
            datapoints_to_alarm=minutes,
            treat_missing_data=missing,
            alarm_actions=[self._alerts],
            ok_actions=[self._alerts],
            tags=self.scope.tags(self._service.name),
            opts=self.opts,
        )
        return alarm.name


def dimensions(scope: Scope, service: str, operation: str | None = None) -> dict[str, str]:
    found = {"stage": scope.stage.name, "service": service}
    return {**found, "operation": operation} if operation else found


def failing(where: Mapping[str, str]) -> list[Query]:
    """The share of answers that are our fault, where there are enough to speak of a share."""
    share = f"IF(requests >= {_FEWEST}, faults / requests, 0)"
    return [
        Query(id="share", expression=share, label="share of failures", return_data=True),
        Query(id="faults", metric=_metric(FAULTS, where, "Sum"), return_data=False),
        Query(id="requests", metric=_metric(DURATION, where, "SampleCount"), return_data=False),
    ]


def slow(where: Mapping[str, str]) -> list[Query]:
    taken = f"IF(requests >= {_FEWEST}, p95, 0)"
    return [
        Query(id="taken", expression=taken, label="95th percentile", return_data=True),
        Query(id="p95", metric=_metric(DURATION, where, "p95"), return_data=False),
        Query(id="requests", metric=_metric(DURATION, where, "SampleCount"), return_data=False),
    ]


def _metric(name: str, where: Mapping[str, str], statistic: str) -> Metric:
    return Metric(namespace=NAMESPACE, metric_name=name, dimensions=dict(where), period=_MINUTE, stat=statistic)
