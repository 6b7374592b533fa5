"""The database's password: the current one, within seconds of a rotation, and the last one while nobody can tell."""

from __future__ import annotations

import asyncio
import json

import asyncpg
import pytest
from botocore.exceptions import ReadTimeoutError
from sqlalchemy import make_url

from tandem.kit.aws.clients import Cloud
from tandem.kit.aws.secrets import DatabasePassword, SecretUnavailable
from tandem.kit.database import Database
from tests.kit.aws.cloud import Scripted, refused


def secret(password: str) -> dict[str, str]:
    return {"Name": "card/database", "SecretString": json.dumps({"username": "card", "password": password})}


def of(client: Scripted, fresh_seconds: float = 0.0) -> DatabasePassword:
    return DatabasePassword(client, "card/database", fresh_seconds)  # type: ignore[arg-type]


async def test_many_connections_at_once_are_one_question() -> None:
    client = Scripted(secret("one"))
    password = of(client, fresh_seconds=60)
    assert set(await asyncio.gather(*(password() for _ in range(16)))) == {"one"}
    assert client.asked == [("get_secret_value", {"SecretId": "card/database", "VersionStage": "AWSCURRENT"})]


@pytest.mark.parametrize(
    "trouble",
    [
        refused("ThrottlingException"),
        refused("ExpiredTokenException"),
        ReadTimeoutError(endpoint_url="https://secretsmanager"),
    ],
)
async def test_last_password_is_tried_while_secrets_manager_is_away(trouble: Exception) -> None:
    password = of(Scripted(secret("one"), trouble, secret("two")))
    assert [await password() for _ in range(3)] == ["one", "one", "two"]


async def test_no_password_yet_is_trouble_to_be_repeated() -> None:
    with pytest.raises(SecretUnavailable, match="Reading the database's password is not possible just now"):
        await of(Scripted(refused("AccessDeniedException")))()


@pytest.mark.parametrize("text", ["not json", "[]", '{"username": "card"}'])
async def test_secret_of_another_form_is_named_and_not_shown(text: str) -> None:
    with pytest.raises(SecretUnavailable, match="The secret card/database is not a JSON object with a `password`"):
        await of(Scripted({"Name": "card/database", "SecretString": text}))()


async def test_rotation_reaches_new_connections_without_a_restart(cloud: Cloud, database: str) -> None:
    """A role whose password changes, and a service that has never been told."""
    rotated = cloud.client("secretsmanager")
    rotated.create_secret(Name="loan/database", SecretString=json.dumps({"password": "first"}))
    admin = await asyncpg.connect(database)
    await admin.execute("CREATE ROLE rotating LOGIN PASSWORD 'first'")
    url = make_url(database)
    await admin.execute(f"GRANT CONNECT ON DATABASE {url.database} TO rotating")
    service = Database(
        str(url.set(username="rotating", password=None)),
        "loan",
        password=DatabasePassword(rotated, "loan/database", fresh_seconds=0),
    )
    await service.open()
    try:
        assert await service.reader.fetchval("SELECT current_user") == "rotating"
        await admin.execute("ALTER ROLE rotating PASSWORD 'second'")
        rotated.put_secret_value(SecretId="loan/database", SecretString=json.dumps({"password": "second"}))
        await service.pool.expire_connections()
        assert await service.reader.fetchval("SELECT current_user") == "rotating"
    finally:
        await service.close()
        await admin.execute("DROP OWNED BY rotating")
        await admin.execute("DROP ROLE rotating")
        await admin.close()
