"""Where a part stands: its stage, account and region, and how things there are called and tagged."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.refusal import Refused
from infra.stages import Stage, stage_of

_PRODUCT = "tandem"
ZONES = 3


@dataclass(frozen=True)
class Scope:
    part: str
    stage: Stage
    stack: str
    region: str
    account: str
    zones: tuple[str, ...]

    def name(self, *parts: str) -> str:
        return "-".join((_PRODUCT, self.stage.name, *parts))

    def tags(self, service: str | None = None) -> dict[str, str]:
        tags = {"product": _PRODUCT, "stage": self.stage.name, "part": self.part, "managed-by": "pulumi"}
        return {**tags, "service": service} if service else tags

    def arn(self, service: str, resource: str, region: str | None = None) -> str:
        return f"arn:aws:{service}:{region or self.region}:{self.account}:{resource}"


def here(part: str) -> Scope:
    """Raises Refused where the stack, its region or the region's zones are not what they have to be."""
    stage = stage_of(pulumi.get_stack())
    region = pulumi.Config("aws").get("region")
    if not region:
        raise Refused(
            f"There is no region: set aws:region (pulumi config set aws:region eu-north-1), stack {stage.name}."
        )
    zones = tuple(aws.get_availability_zones(state="available").names)[:ZONES]
    if len(zones) < ZONES:
        raise Refused(f"aws:region is {region}, which has {len(zones)} zones; Tandem needs {ZONES}, so choose another.")
    account = aws.get_caller_identity().account_id
    return Scope(part, stage, pulumi.get_stack(), region, account, zones)
