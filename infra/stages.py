"""What is different from stage to stage: this table, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from infra.refusal import Refused


@dataclass(frozen=True)
class Stage:
    """`cidr` is one per stage, so that stages can be peered; `tasks_*`, `cpu` and `memory_mb` are per service."""

    name: str
    cidr: str
    nat_gateways: int
    endpoint_zones: int
    endpoint_services_all: bool
    database_class: str
    storage_gb: int
    most_storage_gb: int
    multi_az: bool
    backup_days: int
    copies_backups: bool
    protected: bool
    tasks_least: int
    tasks_most: int
    cpu: int
    memory_mb: int
    spot: bool
    canary_percent: float
    canary_minutes: int
    bake_minutes: int
    log_days: int
    audit_years: int
    requests_per_ip: int
    budget_usd: int
    previews: bool


STAGES = {
    stage.name: stage
    for stage in (
        Stage(
            name="dev",
            cidr="10.10.0.0/16",
            nat_gateways=1,
            endpoint_zones=1,
            endpoint_services_all=False,
            database_class="db.t4g.small",
            storage_gb=20,
            most_storage_gb=50,
            multi_az=False,
            backup_days=3,
            copies_backups=False,
            protected=False,
            tasks_least=1,
            tasks_most=2,
            cpu=256,
            memory_mb=512,
            spot=True,
            canary_percent=50.0,
            canary_minutes=1,
            bake_minutes=1,
            log_days=14,
            audit_years=1,
            requests_per_ip=5000,
            budget_usd=500,
            previews=True,
        ),
        Stage(
            name="uat",
            cidr="10.20.0.0/16",
            nat_gateways=1,
            endpoint_zones=2,
            endpoint_services_all=True,
            database_class="db.t4g.medium",
            storage_gb=50,
            most_storage_gb=200,
            multi_az=True,
            backup_days=7,
            copies_backups=False,
            protected=True,
            tasks_least=2,
            tasks_most=4,
            cpu=512,
            memory_mb=1024,
            spot=False,
            canary_percent=25.0,
            canary_minutes=5,
            bake_minutes=5,
            log_days=30,
            audit_years=1,
            requests_per_ip=5000,
            budget_usd=1000,
            previews=False,
        ),
        Stage(
            name="production",
            cidr="10.30.0.0/16",
            nat_gateways=3,
            endpoint_zones=3,
            endpoint_services_all=True,
            database_class="db.r7g.large",
            storage_gb=200,
            most_storage_gb=1000,
            multi_az=True,
            backup_days=35,
            copies_backups=True,
            protected=True,
            tasks_least=3,
            tasks_most=30,
            cpu=1024,
            memory_mb=2048,
            spot=False,
            canary_percent=5.0,
            canary_minutes=10,
            bake_minutes=15,
            log_days=400,
            audit_years=7,
            requests_per_ip=2000,
            budget_usd=2500,
            previews=False,
        ),
    )
}


def stage_of(stack: str) -> Stage:
    """The stage of a stack: `production`, or `production.eu-central-1` where it stands in a further region."""
    name = stack.partition(".")[0]
    if name not in STAGES:
        raise Refused(f"The stack is called {stack}, which is no stage: name it {', '.join(STAGES)}.")
    return STAGES[name]
