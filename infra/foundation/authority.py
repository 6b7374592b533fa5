"""The certificate authority of service-to-service TLS. Its certificates live a week, at an eighth of the price."""

from __future__ import annotations

import pulumi_aws as aws

from infra.component import Component
from infra.scope import Scope

_YEARS = 10


class Authority(Component):
    def __init__(self, scope: Scope) -> None:
        super().__init__(scope.name("authority"), scope)
        self.authority = aws.acmpca.CertificateAuthority(
            scope.name("authority"),
            type="ROOT",
            usage_mode="SHORT_LIVED_CERTIFICATE",
            certificate_authority_configuration=aws.acmpca.CertificateAuthorityCertificateAuthorityConfigurationArgs(
                key_algorithm="EC_prime256v1",
                signing_algorithm="SHA256WITHECDSA",
                subject=aws.acmpca.CertificateAuthorityCertificateAuthorityConfigurationSubjectArgs(
                    common_name=f"{scope.name('services')}.internal", organization="Tandem"
                ),
            ),
            permanent_deletion_time_in_days=30,
            # ECS takes only authorities that say so.
            tags={**scope.tags(), "AmazonECSManaged": "true"},
            opts=self.protected(),
        )
        root = aws.acmpca.Certificate(
            scope.name("authority"),
            certificate_authority_arn=self.authority.arn,
            certificate_signing_request=self.authority.certificate_signing_request,
            signing_algorithm="SHA256WITHECDSA",
            template_arn="arn:aws:acm-pca:::template/RootCACertificate/V1",
            validity=aws.acmpca.CertificateValidityArgs(type="YEARS", value=str(_YEARS)),
            opts=self.opts,
        )
        self.installed = aws.acmpca.CertificateAuthorityCertificate(
            scope.name("authority"),
            certificate_authority_arn=self.authority.arn,
            certificate=root.certificate,
            certificate_chain=root.certificate_chain,
            opts=self.opts,
        )
