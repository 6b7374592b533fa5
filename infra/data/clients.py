"""As whom the identity provider knows each service: a secret for its client id and secret, which it gives out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.component import Component
from infra.scope import Scope

# The last part of the names of these secrets.
CLIENT = "client"


@dataclass(frozen=True)
class ClientsArgs:
    services: Iterable[str]
    secrets_key_arn: pulumi.Input[str]


class Clients(Component):
    """Made empty: `client_id` and `client_secret` are put in by whoever made the client at the provider.

    A service reads them anew for each token, so that a secret which was changed there needs no release.
    """

    def __init__(self, scope: Scope, args: ClientsArgs) -> None:
        super().__init__(scope.name("clients"), scope)
        self.secrets = {name: self._secret(name, args) for name in args.services}

    def _secret(self, service: str, args: ClientsArgs) -> aws.secretsmanager.Secret:
        return aws.secretsmanager.Secret(
            self.scope.name(service, CLIENT),
            name=f"{self.scope.name()}/{service}/{CLIENT}",
            description=f"client_id and client_secret of {service} at the identity provider",
            kms_key_id=args.secrets_key_arn,
            recovery_window_in_days=7,
            tags=self.scope.tags(service),
            opts=self.opts,
        )
