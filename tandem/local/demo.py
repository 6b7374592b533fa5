"""The company that examples are about: the healthy one of the scenarios, which is also in the seed."""

from dataclasses import dataclass
from pathlib import Path

import yaml

SCENARIO = "healthy"


@dataclass(frozen=True)
class DemoCustomer:
    name: str
    customer_id: str
    account_id: str


def demo_customer(contracts: Path) -> DemoCustomer:
    story = yaml.safe_load((contracts / "scenarios.yaml").read_text("utf-8"))["scenarios"][SCENARIO]
    return DemoCustomer(story["company"]["name"], story["company"]["id"], story["account"]["id"])
