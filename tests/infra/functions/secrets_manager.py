# ruff: noqa: N803 - the names of the arguments are those of boto3.
"""Secrets Manager as far as a rotation needs it: versions and their stages, in memory."""

from __future__ import annotations

from typing import Any


class NotFound(Exception):
    pass


class _Exceptions:
    ResourceNotFoundException = NotFound


class SecretsManager:
    """`secrets` maps an ARN to its versions, and those to text and stages."""

    exceptions = _Exceptions

    def __init__(self, secrets: dict[str, dict[str, tuple[str | None, list[str]]]]) -> None:
        self.secrets = secrets

    def describe_secret(self, *, SecretId: str) -> dict[str, Any]:
        return {"VersionIdsToStages": {name: list(stages) for name, (_, stages) in self.secrets[SecretId].items()}}

    def get_secret_value(self, *, SecretId: str, VersionStage: str, VersionId: str | None = None) -> dict[str, str]:
        for name, (text, stages) in self.secrets[SecretId].items():
            if text is not None and VersionStage in stages and VersionId in (None, name):
                return {"SecretString": text}
        raise NotFound

    def put_secret_value(
        self,
        *,
        SecretId: str,
        ClientRequestToken: str,
        SecretString: str,
        VersionStages: list[str],
    ) -> None:
        self.secrets[SecretId][ClientRequestToken] = (SecretString, VersionStages)

    def update_secret_version_stage(
        self,
        *,
        SecretId: str,
        VersionStage: str,
        MoveToVersionId: str,
        RemoveFromVersionId: str,
    ) -> None:
        versions = self.secrets[SecretId]
        versions[RemoveFromVersionId][1].remove(VersionStage)
        versions[MoveToVersionId][1].append(VersionStage)
