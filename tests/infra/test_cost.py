from __future__ import annotations

import pytest

from infra import cost, prices
from infra.product import load_product
from infra.stages import STAGES, Stage
from tests.infra.policies.estates import estate_of

ROWS = {name: {line.component: line for line in cost.lines(stage, load_product())} for name, stage in STAGES.items()}


def test_page_is_what_the_program_says() -> None:
    assert cost.PAGE.read_text("utf-8") == cost.page(), "run .venv/bin/python -m infra.cost"


@pytest.mark.parametrize("stage", STAGES)
def test_what_is_paid_for_is_what_is_built(stage: str) -> None:
    estate, rows = estate_of(stage), ROWS[stage]
    gateways = len(list(estate.of("ec2/natGateway:NatGateway")))
    assert rows["way out"].what == f"{gateways} NAT gateways"
    interfaces = [
        len(endpoint.inputs["subnetIds"])
        for endpoint in estate.of("ec2/vpcEndpoint:VpcEndpoint")
        if endpoint.inputs["vpcEndpointType"] == "Interface"
    ]
    assert rows["private addresses of AWS"].what.startswith(f"{sum(interfaces)} in ")
    keys, secrets = (len(list(estate.of(kind))) for kind in ("kms/key:Key", "secretsmanager/secret:Secret"))
    assert rows["keys and secrets"].what == f"{keys} keys, {secrets + 1} secrets"
    tasks = sum(int(service.inputs["desiredCount"]) for service in estate.of("ecs/service:Service"))
    assert rows["tasks"].what.startswith(f"{tasks} tasks of ")
    rules = estate.one("wafv2/webAcl:WebAcl").inputs["rules"]
    assert rows["firewall"].usd == prices.FIREWALL + len(rules) * prices.FIREWALL_RULE


def test_alarms_are_counted_by_the_metrics_they_read() -> None:
    read = 0
    for alarm in estate_of("production").of("cloudwatch/metricAlarm:MetricAlarm"):
        queries = alarm.inputs.get("metricQueries")
        read += sum("metric" in query for query in queries) if queries else 1
    assert cost.alarm_metrics(STAGES["production"], load_product()) == read


@pytest.mark.parametrize("stage", STAGES.values(), ids=lambda stage: stage.name)
def test_budget_warns_after_what_stands_there_and_before_twice_of_it(stage: Stage) -> None:
    standing = cost.total(stage, load_product())
    assert standing < stage.budget_usd < 2 * standing


@pytest.mark.parametrize(("requests", "tasks"), [(0, 3), (1000, 3), (3000, 5), (6300, 10)])
def test_tasks_follow_the_requests(requests: float, tasks: int) -> None:
    assert cost.tasks_for(requests, STAGES["production"]) == tasks


def test_traffic_costs_by_the_request_and_by_the_tasks_it_takes() -> None:
    production = STAGES["production"]
    assert cost.traffic(0, production) == 0
    assert cost.traffic(3000, production) > 3 * cost.traffic(1000, production)
