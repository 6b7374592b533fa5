"""Images: scanned when they come and again when a weakness becomes known, under tags that never move."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.component import Component
from infra.scope import Scope

_KEPT = 50
_UNTAGGED_DAYS = 7


@dataclass(frozen=True)
class RegistryArgs:
    services: Iterable[str]
    key_arn: pulumi.Input[str]


class Registry(Component):
    def __init__(self, scope: Scope, args: RegistryArgs) -> None:
        super().__init__(scope.name("registry"), scope)
        self.repositories = {name: self._repository(name, args) for name in args.services}
        aws.ecr.RegistryScanningConfiguration(
            scope.name("scanning"),
            scan_type="ENHANCED",
            rules=[
                aws.ecr.RegistryScanningConfigurationRuleArgs(
                    scan_frequency="CONTINUOUS_SCAN",
                    repository_filters=[
                        aws.ecr.RegistryScanningConfigurationRuleRepositoryFilterArgs(
                            filter=scope.name("*"), filter_type="WILDCARD"
                        )
                    ],
                )
            ],
            opts=self.opts,
        )

    def _repository(self, name: str, args: RegistryArgs) -> aws.ecr.Repository:
        repository = aws.ecr.Repository(
            self.scope.name(name),
            name=self.scope.name(name),
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration=aws.ecr.RepositoryImageScanningConfigurationArgs(scan_on_push=True),
            encryption_configurations=[
                aws.ecr.RepositoryEncryptionConfigurationArgs(encryption_type="KMS", kms_key=args.key_arn)
            ],
            force_delete=not self.scope.stage.protected,
            tags=self.scope.tags(),
            opts=self.protected(),
        )
        aws.ecr.LifecyclePolicy(
            self.scope.name(name),
            repository=repository.name,
            policy=pulumi.Output.json_dumps(_lifecycle()),
            opts=self.opts,
        )
        return repository


def _lifecycle() -> dict[str, object]:
    untagged = {
        "tagStatus": "untagged",
        "countType": "sinceImagePushed",
        "countUnit": "days",
        "countNumber": _UNTAGGED_DAYS,
    }
    old = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": _KEPT}
    return {
        "rules": [
            {"rulePriority": priority, "description": description, "selection": selection, "action": {"type": "expire"}}
            for priority, description, selection in (
                (1, "What lost its tag", untagged),
                (2, f"All but the last {_KEPT}: a rollback goes no further", old),
            )
        ]
    }
