"""Secrets that change while a service runs."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING

import structlog

from tandem.kit.auth.granted import Client
from tandem.kit.aws.clients import Cloud, code_of, translated
from tandem.kit.problems import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

log = structlog.get_logger("tandem.secrets")


class SecretUnavailable(Unavailable):
    """Secrets Manager does not give the secret, and none was read before."""


class DatabasePassword:
    """The `password` of a database's secret; asyncpg asks for it each time it connects.

    Read anew after `fresh_seconds`, so that a rotation reaches every new connection within them. Open connections are
    not touched by a rotation. While Secrets Manager is away the last one known is tried.
    """

    def __init__(self, client: SecretsManagerClient, secret: str, fresh_seconds: float = 10.0) -> None:
        self._client = client
        self._secret = secret
        self._fresh_seconds = fresh_seconds
        self._password: str | None = None
        self._until = 0.0
        self._reading = asyncio.Lock()

    @classmethod
    def of(cls, cloud: Cloud, secret: str) -> DatabasePassword:
        return cls(cloud.client("secretsmanager", read_timeout_seconds=1.0), secret)

    async def __call__(self) -> str:
        """Raises SecretUnavailable."""
        async with self._reading:
            if self._password is None or self._until < time.monotonic():
                self._password = await self._read_or_last(self._password)
                self._until = time.monotonic() + self._fresh_seconds
            return self._password

    async def _read_or_last(self, last: str | None) -> str:
        try:
            with translated(SecretUnavailable, "Reading the database's password"):
                return await asyncio.to_thread(self._read)
        except SecretUnavailable as problem:
            if last is None:
                raise
            log.warning("the last known password is tried", error=code_of(problem.__cause__ or problem))
            return last

    def _read(self) -> str:
        [password] = _fields(self._client, self._secret, "password")
        return password


class ClientSecret:
    """`client_id` and `client_secret`, which the issuer gave out, from a secret of Secrets Manager."""

    def __init__(self, client: SecretsManagerClient, secret: str) -> None:
        self._client = client
        self._secret = secret

    @classmethod
    def of(cls, cloud: Cloud, secret: str) -> ClientSecret:
        return cls(cloud.client("secretsmanager", read_timeout_seconds=1.0), secret)

    async def __call__(self) -> Client:
        """Raises SecretUnavailable."""
        with translated(SecretUnavailable, "Reading the client's secret"):
            return Client(*await asyncio.to_thread(_fields, self._client, self._secret, "client_id", "client_secret"))


def _fields(client: SecretsManagerClient, secret: str, *names: str) -> list[str]:
    answer = client.get_secret_value(SecretId=secret, VersionStage="AWSCURRENT")
    try:
        found = json.loads(answer["SecretString"])
        return [str(found[name]) for name in names]
    except (ValueError, KeyError, TypeError):
        wanted = " and ".join(f"`{name}`" for name in names)
        raise SecretUnavailable(f"The secret {answer['Name']} is not a JSON object with a {wanted}.") from None
