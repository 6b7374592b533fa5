"""What is noticed, and who is told."""

from __future__ import annotations

import json

from infra.policies.estate import Broken, Estate

_ALARM = "cloudwatch/metricAlarm:MetricAlarm"


def every_promise_has_its_alarm(estate: Estate) -> Broken:
    """Each `x-slo` with its own thresholds."""
    thresholds = {alarm.inputs["name"]: alarm.inputs["threshold"] for alarm in estate.of(_ALARM)}
    for service in estate.product.services.values():
        for operation in service.operations:
            if operation.slo is None:
                continue
            wanted = {"slow": operation.slo.p95_ms, "failing": operation.slo.error_rate}
            for kind, threshold in wanted.items():
                if thresholds.get(estate.called(service.name, operation.id, kind)) != threshold:
                    yield f"{service.name}.{operation.id}: no alarm at {threshold:g} ({kind})"


def alarms_tell_somebody(estate: Estate) -> Broken:
    alerts = [topic.outputs["arn"] for topic in estate.of("sns/topic:Topic") if topic.name == estate.called("alerts")]
    for alarm in estate.of(_ALARM):
        if not set(alarm.inputs.get("alarmActions", [])) & set(alerts):
            yield f"{alarm.name} tells nobody"


def alarms_say_what_to_do(estate: Estate) -> Broken:
    for alarm in estate.of(_ALARM):
        if "docs/runbooks" not in str(alarm.inputs.get("alarmDescription")):
            yield f"{alarm.name} names no runbook"


def missing_tasks_are_noticed(estate: Estate) -> Broken:
    names = {alarm.inputs["name"]: alarm for alarm in estate.of(_ALARM)}
    for service in estate.product.services:
        alarm = names.get(estate.called(service, "missing"))
        if alarm is None or alarm.inputs.get("treatMissingData") != "breaching":
            yield f"nobody notices when {service} is gone"


def the_database_is_watched(estate: Estate) -> Broken:
    watched = {one.inputs.get("metricName") for one in estate.of(_ALARM) if one.inputs.get("namespace") == "AWS/RDS"}
    for metric in ("CPUUtilization", "FreeStorageSpace", "DatabaseConnections"):
        if metric not in watched:
            yield f"nobody watches {metric}"


def every_service_has_a_dashboard(estate: Estate) -> Broken:
    dashboards = estate.of("cloudwatch/dashboard:Dashboard")
    drawn = {one.inputs["dashboardName"]: one.inputs["dashboardBody"] for one in dashboards}
    for service in estate.product.services.values():
        body = json.loads(drawn.get(estate.called(service.name), '{"widgets": []}'))
        promised = [widget for widget in body["widgets"] if "annotations" in widget["properties"]]
        if len(promised) != 2 * len(service.operations):
            yield f"{service.name} has no dashboard with all its promises"


def logs_end(estate: Estate) -> Broken:
    for group in estate.of("cloudwatch/logGroup:LogGroup"):
        if group.inputs.get("retentionInDays") != estate.stage.log_days:
            yield f"{group.name} is not kept for {estate.stage.log_days} days"


def events_go_where_the_contract_says(estate: Estate) -> Broken:
    found = {
        (one.inputs["topic"].rpartition(":")[2], one.inputs["endpoint"].rpartition(":")[2]): one.inputs
        for one in estate.of("sns/topicSubscription:TopicSubscription")
        if one.inputs["protocol"] == "sqs"
    }
    expected = {
        (f"{estate.called(publisher)}.fifo", f"{estate.called(service.name, 'events')}.fifo"): types
        for service in estate.product.services.values()
        for publisher, types in service.hears.items()
    }
    for topic, queue in sorted(found.keys() ^ expected.keys()):
        yield f"{topic} to {queue} is {'not in' if (topic, queue) in found else 'only in'} events.yaml"
    for place in sorted(found.keys() & expected.keys()):
        if json.loads(found[place]["filterPolicy"])["type"] != list(expected[place]):
            yield f"{place[1]} does not get {', '.join(expected[place])} from {place[0]}"


def events_keep_their_order(estate: Estate) -> Broken:
    for queue in estate.of("sqs/queue:Queue"):
        if not queue.inputs.get("fifoQueue"):
            yield f"{queue.name} keeps no order"


def events_that_nobody_can_take_are_kept_and_noticed(estate: Estate) -> Broken:
    alarms = {alarm.inputs["name"] for alarm in estate.of(_ALARM)}
    queues = {queue.name: queue for queue in estate.of("sqs/queue:Queue")}
    for name in estate.product.subscribers:
        redrive = json.loads(queues[estate.called(name, "events")].inputs.get("redrivePolicy") or "{}")
        if not redrive.get("deadLetterTargetArn") or estate.called(name, "dead-letters") not in alarms:
            yield f"{name}: dead letters are lost or unnoticed"


def spending_is_watched(estate: Estate) -> Broken:
    for budget in estate.of("budgets/budget:Budget"):
        if budget.inputs["limitAmount"] == str(estate.stage.budget_usd) and budget.inputs.get("notifications"):
            return
    yield f"no budget of {estate.stage.budget_usd} USD tells anybody"


CHECKS = (
    every_promise_has_its_alarm,
    alarms_tell_somebody,
    alarms_say_what_to_do,
    missing_tasks_are_noticed,
    the_database_is_watched,
    every_service_has_a_dashboard,
    logs_end,
    events_go_where_the_contract_says,
    events_keep_their_order,
    events_that_nobody_can_take_are_kept_and_noticed,
    spending_is_watched,
)
