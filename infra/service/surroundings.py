"""What the service part finds: the foundation, the data and the settings, read once for all services."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from infra.parts import Part
from infra.product import Product
from infra.scope import Scope
from infra.settings import ServiceSettings


@dataclass(frozen=True)
class Surroundings:
    scope: Scope
    settings: ServiceSettings
    product: Product
    foundation: Part
    data: Part

    @property
    def cluster_arn(self) -> pulumi.Output[str]:
        return self.foundation.text("cluster_arn")

    @property
    def alerts_arn(self) -> pulumi.Output[str]:
        return self.foundation.text("alerts_arn")

    def client_secret_of(self, service: str) -> pulumi.Output[str]:
        return self.data.entry("client_secret_arns", service)

    def secret_of(self, service: str) -> pulumi.Output[str]:
        return self.data.entry("secret_arns", service)
