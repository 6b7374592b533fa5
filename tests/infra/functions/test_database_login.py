"""Rotation against a real PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pg8000.exceptions
import pg8000.native
import pytest

from infra.functions import database_login
from infra.functions.database_login import (
    AUTHORITIES,
    NotRotating,
    NotTrusted,
    Rotation,
    connect_with_tls,
    scram_verifier,
)
from tandem.local.postgres import ADMIN, Server, free_port
from tests.infra.functions.secrets_manager import SecretsManager
from tests.tls import Authority, Issued, tls_before

ARN, MASTER, CA = "arn:card", "arn:master", "-----BEGIN CERTIFICATE-----"
PLACE = {"host": "127.0.0.1", "database": "postgres"}
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("postgres")
    server = Server(folder / "data", free_port(), "owner's", folder / "log")
    server.init()
    server.start()
    # The owner that RDS gives is no superuser.
    admin = connect({"username": ADMIN, "password": server.password, "port": server.port, **PLACE})
    admin.run("CREATE ROLE tandem_owner LOGIN CREATEROLE CREATEDB PASSWORD 'owner''s'")
    admin.close()
    yield server
    server.stop()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """Whom the function trusts; its file lies where that of the archive would."""
    made = Authority()
    (tmp_path / AUTHORITIES).write_text(made.certificate)
    return made


def connect(login: dict[str, Any]) -> pg8000.native.Connection:
    return pg8000.native.Connection(
        login["username"],
        password=login["password"],
        host=login["host"],
        port=int(login["port"]),
        database=login["database"],
    )


@pytest.fixture
def client(server: Server) -> SecretsManager:
    place = {"host": "127.0.0.1", "port": server.port, "database": "card", "username": "card"}
    master = json.dumps({"username": "tandem_owner", "password": server.password})
    return SecretsManager(
        {
            ARN: {"first": (json.dumps(place), ["AWSCURRENT"]), "second": (None, ["AWSPENDING"])},
            MASTER: {"only": (master, ["AWSCURRENT"])},
        }
    )


def rotate(client: SecretsManager, version: str, steps: tuple[str, ...] = STEPS) -> None:
    for step in steps:
        Rotation(client, connect, MASTER, ARN, version, CA).run(step)


def current(client: SecretsManager) -> dict[str, Any]:
    return dict(json.loads(client.get_secret_value(SecretId=ARN, VersionStage="AWSCURRENT")["SecretString"]))


def test_first_rotation_makes_role_and_database_and_the_second_changes_the_password(client: SecretsManager) -> None:
    rotate(client, "second")
    first = current(client)
    before = connect(first)
    before.run("CREATE TABLE IF NOT EXISTS cards (id text)")

    client.secrets[ARN]["third"] = (None, ["AWSPENDING"])
    rotate(client, "third")
    second = current(client)
    assert second["password"] != first["password"]
    place = f"127.0.0.1:{second['port']}/card"
    assert second["url"] == f"postgresql://card:{second['password']}@{place}?sslmode=verify-full"
    assert second["ca"] == CA
    connection = connect(second)
    assert connection.run("SELECT tableowner FROM pg_tables WHERE tablename = 'cards'") == [["card"]]
    connection.close()
    # A connection that was open goes on; a new one with the old password is refused.
    assert before.run("SELECT 1") == [[1]]
    before.close()
    with pytest.raises(pg8000.exceptions.DatabaseError):
        connect(first)


def test_step_that_is_repeated_changes_nothing(client: SecretsManager) -> None:
    rotate(client, "second", ("createSecret",))
    made = client.secrets[ARN]["second"]
    rotate(client, "second", ("createSecret", "setSecret", "setSecret", "testSecret", "finishSecret", "finishSecret"))
    assert client.secrets[ARN]["second"][0] == made[0]
    assert "AWSCURRENT" in client.secrets[ARN]["second"][1]
    assert "AWSCURRENT" not in client.secrets[ARN]["first"][1]


def test_login_reaches_its_own_database_only(client: SecretsManager, server: Server) -> None:
    rotate(client, "second")
    other = json.dumps({"host": "127.0.0.1", "port": server.port, "database": "invoice", "username": "invoice"})
    client.secrets["arn:invoice"] = {"one": (other, ["AWSCURRENT"]), "two": (None, ["AWSPENDING"])}
    for step in STEPS:
        Rotation(client, connect, MASTER, "arn:invoice", "two", CA).run(step)
    with pytest.raises(pg8000.exceptions.DatabaseError, match="permission denied for database"):
        connect({**current(client), "database": "invoice"})


def test_version_that_does_not_wait_is_refused(client: SecretsManager) -> None:
    with pytest.raises(NotRotating, match="unheard is no version of arn:card"):
        rotate(client, "unheard", ("createSecret",))


def test_setting_what_was_not_created_is_refused(client: SecretsManager) -> None:
    with pytest.raises(NotRotating, match="second of arn:card has no password yet"):
        rotate(client, "second", ("setSecret",))


def test_login_that_is_let_in_as_somebody_else_does_not_become_current(client: SecretsManager) -> None:
    class Stranger:
        def run(self, sql: str, **parameters: object) -> list[list[Any]]:
            return [["postgres"]]

        def close(self) -> None:
            return

    rotate(client, "second", ("createSecret",))
    with pytest.raises(NotRotating, match="card is let in as postgres"):
        Rotation(client, lambda login: Stranger(), MASTER, ARN, "second", CA).run("testSecret")


def test_verifier_hides_the_password_and_is_salted() -> None:
    verifier = scram_verifier("pencil")
    assert verifier.startswith("SCRAM-SHA-256$4096:")
    assert "pencil" not in verifier
    assert verifier != scram_verifier("pencil")
    assert scram_verifier("pencil", b"salt") == scram_verifier("pencil", b"salt")


def behind_tls(client: SecretsManager, port: int) -> None:
    place = {"host": "127.0.0.1", "port": port, "database": "card", "username": "card"}
    client.secrets[ARN]["first"] = (json.dumps(place), ["AWSCURRENT"])


def test_function_takes_what_secrets_manager_sends(
    client: SecretsManager, server: Server, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MASTER_SECRET", MASTER)
    monkeypatch.setattr("boto3.client", lambda service: {"secretsmanager": client}[service])
    with tls_before(server.port, authority.issue("127.0.0.1"), tmp_path) as front:
        behind_tls(client, front.port)
        for step in STEPS:
            event = {"SecretId": ARN, "ClientRequestToken": "second", "Step": step}
            database_login.handler(event, None, tmp_path)
    assert current(client)["ca"] == authority.certificate


@pytest.mark.parametrize(
    ("issued", "said"),
    [
        (lambda authority: Authority("Somebody else").issue("127.0.0.1"), "unable to get local issuer certificate"),
        (lambda authority: authority.issue("db.example.com"), "IP address mismatch"),
        (lambda authority: authority.issue("127.0.0.1", lasts=timedelta(days=-1)), "certificate has expired"),
    ],
    ids=["another authority", "another name", "expired"],
)
def test_server_that_cannot_prove_itself_is_told_no_password(
    client: SecretsManager,
    server: Server,
    authority: Authority,
    tmp_path: Path,
    issued: Callable[[Authority], Issued],
    said: str,
) -> None:
    with tls_before(server.port, issued(authority), tmp_path) as front:
        behind_tls(client, front.port)
        rotation = Rotation(client, connect_with_tls, MASTER, ARN, "second", authority.certificate)
        rotation.run("createSecret")
        with pytest.raises(NotTrusted, match=f"127.0.0.1 shows a certificate that is not to be trusted: .*{said}"):
            rotation.run("setSecret")
