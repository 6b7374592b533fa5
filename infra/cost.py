"""What a stage costs a month by component, and how that grows. `python -m infra.cost` writes docs/cost.md."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from infra import prices
from infra.data.purposes import PURPOSES
from infra.foundation.priced import MANAGED, endpoint_services
from infra.product import Product, load_product
from infra.refusal import Refused
from infra.stages import STAGES, Stage

PAGE = Path(__file__).parents[1] / "docs" / "cost.md"
# `make bench`: a list operation with everything on answered 2,100 times a second, with client, gateway and database on
# the same two cores. Half of that is counted on for a vCPU of Fargate and the usual mix of operations.
REQUESTS_PER_CPU = 1050.0
# At which share of its CPU a service gets a further task.
_BUSY = 0.6
_CPU_UNITS = 1024
_SECONDS_A_MONTH = prices.HOURS * 3600
# Per request: a log line, an answer, and every tenth says an event that one service hears.
_LOG_GB = 0.7e-6
_ANSWER_GB = 3e-6
_EVENTS = 0.1


@dataclass(frozen=True)
class Line:
    component: str
    what: str
    usd: float


def lines(stage: Stage, product: Product) -> Iterator[Line]:
    """Without traffic: what stands there."""
    services = len(product.services)
    yield _line(
        "load balancer", "one, with three public addresses", prices.BALANCER_HOUR + 3 * prices.PUBLIC_ADDRESS_HOUR
    )
    gateways = stage.nat_gateways
    yield _line("way out", f"{gateways} NAT gateways", gateways * (prices.NAT_HOUR + prices.PUBLIC_ADDRESS_HOUR))
    addresses = len(endpoint_services(everything=stage.endpoint_services_all)) * stage.endpoint_zones
    yield _line(
        "private addresses of AWS", f"{addresses} in {stage.endpoint_zones} zones", addresses * prices.ENDPOINT_HOUR
    )
    rules = len(MANAGED) + 1
    yield Line("firewall", f"{rules} rules", prices.FIREWALL + rules * prices.FIREWALL_RULE)
    tasks = services * stage.tasks_least
    size = f"{stage.cpu / _CPU_UNITS:g} vCPU and {stage.memory_mb / 1024:g} GB"
    what = f"{tasks} tasks of {size}{', spot' if stage.spot else ''}"
    yield _line("tasks", what, tasks * _task_hour(stage))
    zones = 2 if stage.multi_az else 1
    what = f"{stage.database_class}, {stage.storage_gb} GB, {'two zones' if stage.multi_az else 'one zone'}"
    storage = zones * stage.storage_gb * prices.DATABASE_GB
    yield Line("database", what, zones * prices.DATABASE_HOUR[stage.database_class] * prices.HOURS + storage)
    if stage.copies_backups:
        copied = stage.storage_gb * prices.BACKUP_COPY_GB
        yield Line("copies of backups", f"{stage.storage_gb} GB in the second region", copied)
    yield Line("certificate authority", "short-lived certificates between services", prices.AUTHORITY)
    keys = 4 + 2 * stage.copies_backups
    # Of each service its login and its client, and the owner's password, which RDS keeps.
    secrets = 2 * services + 1
    yield Line("keys and secrets", f"{keys} keys, {secrets} secrets", keys * prices.KEY + secrets * prices.SECRET)
    yield _watching(stage, product)


def _line(component: str, what: str, usd_an_hour: float) -> Line:
    return Line(component, what, usd_an_hour * prices.HOURS)


def _task_hour(stage: Stage) -> float:
    full = stage.cpu / _CPU_UNITS * prices.FARGATE_CPU_HOUR + stage.memory_mb / 1024 * prices.FARGATE_GB_HOUR
    return full * (prices.SPOT_SHARE if stage.spot else 1)


def alarm_metrics(stage: Stage, product: Product) -> int:
    """As they are paid: by the metrics that they read."""
    operations = sum(len(service.operations) for service in product.services.values())
    of_services = (2 + 2 + 1) * len(product.services)
    copies = len(PURPOSES) if stage.copies_backups else 0
    return 2 * operations + of_services + 2 * len(product.subscribers) + 5 + copies


def _watching(stage: Stage, product: Product) -> Line:
    alarms, dashboards = alarm_metrics(stage, product), len(product.services)
    metrics = sum(2 * (len(service.operations) + 1) + 7 for service in product.services.values())
    paid = max(0, dashboards - prices.DASHBOARDS_FREE) * prices.DASHBOARD
    what = f"alarms on {alarms} metrics, {dashboards} dashboards, {metrics} metrics"
    return Line("alarms and dashboards", what, alarms * prices.ALARM + paid + metrics * prices.METRIC)


def total(stage: Stage, product: Product) -> float:
    return sum(line.usd for line in lines(stage, product))


def tasks_for(requests_a_second: float, stage: Stage) -> int:
    """Tasks of one service that all these requests meet, at the share of CPU at which it scales."""
    needed = requests_a_second / (REQUESTS_PER_CPU * stage.cpu / _CPU_UNITS * _BUSY)
    return max(stage.tasks_least, math.ceil(needed))


def traffic(requests_a_second: float, stage: Stage) -> float:
    """What this many requests, day and night, cost a month beside what stands there."""
    requests = requests_a_second * _SECONDS_A_MONTH
    more_tasks = tasks_for(requests_a_second, stage) - stage.tasks_least
    per_request = (
        (prices.FIREWALL_MILLION + _EVENTS * prices.EVENT_MILLION) / 1e6
        + _LOG_GB * prices.LOG_GB
        + _ANSWER_GB * prices.EGRESS_GB
    )
    units = requests_a_second / 25 * prices.BALANCER_UNIT_HOUR * prices.HOURS
    return requests * per_request + more_tasks * _task_hour(stage) * prices.HOURS + units


def page() -> str:
    product = load_product()
    found = {name: {line.component: line for line in lines(stage, product)} for name, stage in STAGES.items()}
    components = list(dict.fromkeys(component for one in found.values() for component in one))
    head = ["| component | " + " | ".join(STAGES) + " | in production |", "|---|" + "---:|" * len(STAGES) + "---|"]
    rows = [_row(component, found) for component in components]
    totals = " | ".join(f"**{total(stage, product):.0f}**" for stage in STAGES.values())
    production = STAGES["production"]
    growth = [
        f"| {rate} | {tasks_for(rate, production)} | {traffic(rate, production):.0f} |"
        for rate in (10, 100, 1000, 3000)
    ]
    return _TEXT.format(
        table="\n".join([*head, *rows, f"| **a month** | {totals} | |"]),
        growth="\n".join(growth),
        per_cpu=f"{REQUESTS_PER_CPU:g}",
        busy=f"{_BUSY:.0%}",
        budgets=", ".join(f"{name} {stage.budget_usd}" for name, stage in STAGES.items()),
    )


def _row(component: str, found: dict[str, dict[str, Line]]) -> str:
    usd = [f"{one[component].usd:.0f}" if component in one else "" for one in found.values()]
    return f"| {component} | {' | '.join(usd)} | {found['production'][component].what} |"


_TEXT = """# What it costs

In USD a month without tax, in eu-north-1, from the price list in `infra/prices.py` and the table of stages in
`infra/stages.py`. The prices were written down from AWS's public pages and not fetched, and no account was billed by
them: take the page for its proportions. It is made by `.venv/bin/python -m infra.cost`, and a test holds it to what
the program builds. Not in it: support, tax, the detail that Container Insights adds, and people.

## What stands there, without traffic

{table}

The budgets that warn, of `infra/stages.py`: {budgets}.

## How it grows with traffic

In production, beside the above: requests a second, day and night, that all meet one service; how many tasks of that
service they take; and what they cost.

| requests a second | tasks | a month |
|---:|---:|---:|
{growth}

A task is counted on for {per_cpu} requests a second and vCPU, half of what `make bench` measured on a laptop's core,
and a service gets a further task at {busy} of its CPU. Each request is counted with a log line of 0.7 kB and an answer
of 3 kB; every tenth says an event. The firewall is half of what a request costs, its log line a quarter.

## What changes it most

- dev: the certificate authority, the alarms and the private addresses cost more than all its tasks.
- uat: the second zone of the database and of the private addresses is the price of being like production.
- production: tasks and database are two thirds of what stands there, and cheaper for whoever commits to a year.
"""


def main() -> None:
    """Without Pulumi: `tandem new service` asks for it where infra has no environment yet."""
    try:
        text = page()
    except Refused as refused:
        sys.exit(str(refused))
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
