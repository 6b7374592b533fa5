"""Rotates the login of a service. A Lambda function in one file: standard library, boto3 and pg8000.

A service has one role, which owns its database. Open connections outlive a rotation; new ones are refused from the
moment the password changes until the service reads the new one, which it does every ten seconds. What does not exist
yet, role or database, is made on the way, which is how a new service gets its database.

Into the secret also goes who vouches for the server, from a file beside this one: whoever gets the login then knows
whom to give it to.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

# The certificates that sign those of RDS in this region; the archive of the function holds them.
AUTHORITIES = "rds-ca.pem"
_ITERATIONS = 4096
Stored = dict[str, Any]


class Connection(Protocol):
    def run(self, sql: str, **parameters: object) -> list[list[Any]]: ...

    def close(self) -> None: ...


Connect = Callable[[Stored], Connection]


class NotTrusted(Exception):
    """The server cannot prove to be the one that is meant."""


class NotRotating(Exception):
    """The version that is asked for is not one that waits to become current."""


@dataclass(frozen=True)
class Rotation:
    """`client` is that of Secrets Manager. Steps may be repeated: each looks at what is there first."""

    client: Any
    connect: Connect
    master_arn: str
    arn: str
    version: str
    authorities: str

    def run(self, step: str) -> None:
        self._check()
        steps = {
            "createSecret": self.create,
            "setSecret": self.set,
            "testSecret": self.test,
            "finishSecret": self.finish,
        }
        steps[step]()

    def _check(self) -> None:
        versions = self.client.describe_secret(SecretId=self.arn).get("VersionIdsToStages", {})
        if "AWSPENDING" not in versions.get(self.version, []) and "AWSCURRENT" not in versions.get(self.version, []):
            raise NotRotating(f"{self.version} is no version of {self.arn} that waits to become current")

    def create(self) -> None:
        if self._pending() is not None:
            return
        current = self._read("AWSCURRENT")
        password = secrets.token_urlsafe(32)
        place = f"{current['host']}:{current['port']}/{current['database']}"
        url = f"postgresql://{current['username']}:{password}@{place}?sslmode=verify-full"
        made = {**current, "password": password, "url": url, "ca": self.authorities}
        self.client.put_secret_value(
            SecretId=self.arn,
            ClientRequestToken=self.version,
            SecretString=json.dumps(made),
            VersionStages=["AWSPENDING"],
        )

    def set(self) -> None:
        login = self._needed()
        master = {
            **login,
            **json.loads(self._value(self.master_arn, VersionStage="AWSCURRENT")),
            "database": "postgres",
        }
        connection = self.connect(master)
        try:
            _prepare(connection, login)
        finally:
            connection.close()

    def test(self) -> None:
        login = self._needed()
        connection = self.connect(login)
        try:
            [[role]] = connection.run("SELECT current_user")
        finally:
            connection.close()
        if role != login["username"]:
            raise NotRotating(f"{login['username']} is let in as {role}")

    def finish(self) -> None:
        versions = self.client.describe_secret(SecretId=self.arn)["VersionIdsToStages"]
        current = next((version for version, stages in versions.items() if "AWSCURRENT" in stages), None)
        if current == self.version:
            return
        self.client.update_secret_version_stage(
            SecretId=self.arn, VersionStage="AWSCURRENT", MoveToVersionId=self.version, RemoveFromVersionId=current
        )

    def _needed(self) -> Stored:
        pending = self._pending()
        if pending is None:
            raise NotRotating(f"{self.version} of {self.arn} has no password yet")
        return pending

    def _pending(self) -> Stored | None:
        try:
            value = self._value(self.arn, VersionId=self.version, VersionStage="AWSPENDING")
        except self.client.exceptions.ResourceNotFoundException:
            return None
        return dict(json.loads(value))

    def _read(self, stage: str) -> Stored:
        return dict(json.loads(self._value(self.arn, VersionStage=stage)))

    def _value(self, arn: str, **which: str) -> str:
        return str(self.client.get_secret_value(SecretId=arn, **which)["SecretString"])


def _prepare(connection: Connection, login: Stored) -> None:
    """Names come from the manifest and are quoted; the server sees no password, only its SCRAM verifier."""
    name, database = login["username"], login["database"]
    if not connection.run("SELECT 1 FROM pg_roles WHERE rolname = :name", name=name):
        connection.run(f'CREATE ROLE "{name}" LOGIN')
        connection.run(f'GRANT "{name}" TO CURRENT_USER')
    connection.run(f"ALTER ROLE \"{name}\" PASSWORD '{scram_verifier(login['password'])}'")
    if not connection.run("SELECT 1 FROM pg_database WHERE datname = :name", name=database):
        connection.run(f'CREATE DATABASE "{database}" OWNER "{name}"')
    connection.run(f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC')


def scram_verifier(password: str, salt: bytes | None = None) -> str:
    """What PostgreSQL keeps of a password (RFC 5803)."""
    salt = salt or secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ITERATIONS)
    client = hmac.digest(salted, b"Client Key", "sha256")
    stored, server = hashlib.sha256(client).digest(), hmac.digest(salted, b"Server Key", "sha256")
    encoded = [base64.b64encode(part).decode() for part in (salt, stored, server)]
    return f"SCRAM-SHA-256${_ITERATIONS}:{encoded[0]}${encoded[1]}:{encoded[2]}"


def connect_with_tls(login: Stored) -> Connection:
    """Raises NotTrusted."""
    import pg8000.native

    # What libpq calls verify-full: signed by one of these, for this name.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=login["ca"])
    try:
        connection: Connection = pg8000.native.Connection(
            login["username"],
            password=login["password"],
            host=login["host"],
            port=int(login["port"]),
            database=login["database"],
            ssl_context=context,
            timeout=10,
        )
    except ssl.SSLCertVerificationError as error:
        said = f"{login['host']} shows a certificate that is not to be trusted: {error.verify_message}"
        raise NotTrusted(said) from None
    return connection


def handler(event: Mapping[str, str], _: object, folder: Path = Path(__file__).parent) -> None:
    import boto3

    rotation = Rotation(
        client=boto3.client("secretsmanager"),
        connect=connect_with_tls,
        master_arn=os.environ["MASTER_SECRET"],
        arn=event["SecretId"],
        version=event["ClientRequestToken"],
        authorities=(folder / AUTHORITIES).read_text("ascii"),
    )
    rotation.run(event["Step"])
