"""The certificate of the public name, proven by DNS and renewed by itself."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi_aws as aws

from infra.component import Component
from infra.scope import Scope


@dataclass(frozen=True)
class CertificateArgs:
    domain: str
    hosted_zone: str


class Certificate(Component):
    def __init__(self, scope: Scope, args: CertificateArgs) -> None:
        super().__init__(scope.name("certificate"), scope)
        certificate = aws.acm.Certificate(
            scope.name("certificate"),
            domain_name=args.domain,
            validation_method="DNS",
            key_algorithm="EC_prime256v1",
            tags=scope.tags(),
            opts=self.opts,
        )
        proof = certificate.domain_validation_options[0]
        record = aws.route53.Record(
            scope.name("certificate"),
            zone_id=args.hosted_zone,
            name=proof.resource_record_name,
            type=proof.resource_record_type,
            records=[proof.resource_record_value],
            ttl=300,
            # Another region's certificate for the same name has the same proof.
            allow_overwrite=True,
            opts=self.opts,
        )
        self.proven = aws.acm.CertificateValidation(
            scope.name("certificate"),
            certificate_arn=certificate.arn,
            validation_record_fqdns=[record.fqdn],
            opts=self.opts,
        )
