"""What a service is told from outside: what must be said, what may be left out, and what is said when it is wrong."""

from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from tandem.kit.auth.granted import GrantedToken
from tandem.kit.aws.clients import Cloud
from tandem.kit.aws.queues import SnsSqsTransport
from tandem.kit.discovery import NoAddress
from tandem.kit.events.catalogue import Catalogue
from tandem.kit.events.memory import NullTransport
from tandem.kit.events.postgres import PostgresTransport
from tandem.kit.flags import NullFlags
from tandem.kit.objects import NullObjectStore, S3ObjectStore
from tandem.kit.outside import connect, database_url, resolver, tokens
from tandem.kit.settings import BadSetting, ServiceSettings, load_settings

NEEDED = {
    "LOAN_DATABASE_URL": "postgresql://loan:secret@127.0.0.1/loan",
    "TANDEM_ISSUER": "https://issuer.test",
    "TANDEM_JWKS": "jwks.json",
    "TANDEM_STAGE": "test",
    "TANDEM_VERSION": "7",
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def load() -> ServiceSettings:
    return load_settings("loan", "tests.kit")


def test_what_is_needed_is_enough(loan_contracts: Path) -> None:
    settings = load()
    assert (settings.stage, settings.version, settings.port, settings.audience) == ("test", "7", 0, "tandem")
    outside = connect("loan", settings, Catalogue.load(loan_contracts), CollectorRegistry())
    assert isinstance(outside.transport, NullTransport)
    assert isinstance(outside.objects, NullObjectStore)
    assert isinstance(outside.flags, NullFlags)


def test_what_lies_outside_is_as_the_settings_say(environment: pytest.MonkeyPatch, loan_contracts: Path) -> None:
    environment.setenv("TANDEM_BUS_URL", "postgresql://bus:secret@127.0.0.1/bus")
    environment.setenv("TANDEM_OBJECTS_BUCKET", "pictures")
    environment.setenv("TANDEM_OBJECTS_ENDPOINT", "http://127.0.0.1:9000")
    environment.setenv("TANDEM_TOKEN_FILE", "/nowhere/token")
    outside = connect("loan", load(), Catalogue.load(loan_contracts), CollectorRegistry())
    assert isinstance(outside.transport, PostgresTransport)
    assert isinstance(outside.objects, S3ObjectStore)


@pytest.mark.usefixtures("aws_credentials")
async def test_in_the_cloud_events_peers_and_passwords_are_where_the_settings_say(
    environment: pytest.MonkeyPatch, loan_contracts: Path, cloud: Cloud
) -> None:
    cloud.client("secretsmanager").create_secret(Name="settings", SecretString='{"password": "p@ss"}')
    environment.setenv("TANDEM_AWS_ENDPOINT", str(cloud.endpoint_url))
    environment.setenv("TANDEM_NAMESPACE", "nowhere.internal")
    environment.setenv("TANDEM_TOPIC", "arn:aws:sns:eu-north-1:1:loan.fifo")
    environment.setenv("TANDEM_QUEUE", "https://sqs.test/1/loan.fifo")
    environment.setenv("TANDEM_DEAD_LETTERS", "https://sqs.test/1/loan-dead.fifo")
    environment.setenv("TANDEM_DATABASE_SECRET", "settings")
    environment.setenv("LOAN_DATABASE_URL", "postgresql://loan@127.0.0.1/loan?sslmode=verify-full")
    outside = connect("loan", load(), Catalogue.load(loan_contracts), CollectorRegistry())
    assert isinstance(outside.transport, SnsSqsTransport)
    assert await database_url(load()) == "postgresql://loan:p%40ss@127.0.0.1/loan?sslmode=verify-full"
    with pytest.raises(NoAddress, match="Cloud Map knows no card"):
        await resolver(load()).resolve("card")


def test_queue_without_dead_letters_is_a_bad_setting(environment: pytest.MonkeyPatch, loan_contracts: Path) -> None:
    environment.setenv("TANDEM_QUEUE", "https://sqs.test/1/loan.fifo")
    with pytest.raises(BadSetting, match="TANDEM_QUEUE and TANDEM_DEAD_LETTERS go together"):
        connect("loan", load(), Catalogue.load(loan_contracts), CollectorRegistry())


@pytest.mark.parametrize("name", ["TANDEM_TOKEN_URL", "TANDEM_CLIENT_SECRET"])
def test_half_of_what_a_token_takes_is_a_bad_setting(environment: pytest.MonkeyPatch, name: str) -> None:
    environment.setenv(name, "https://issuer.test/token")
    with pytest.raises(BadSetting, match="TANDEM_TOKEN_URL and TANDEM_CLIENT_SECRET go together: set both or neither"):
        tokens(load())


def test_in_the_cloud_the_issuer_grants_the_token(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("TANDEM_TOKEN_URL", "https://issuer.test/token")
    environment.setenv("TANDEM_CLIENT_SECRET", "arn:aws:secretsmanager:eu-north-1:1:secret:loan/client")
    assert isinstance(tokens(load()), GrantedToken)


async def test_password_in_the_url_stays_there_when_no_secret_is_named() -> None:
    assert await database_url(load()) == NEEDED["LOAN_DATABASE_URL"]


@pytest.mark.parametrize("name", sorted(NEEDED))
def test_what_is_missing_is_named_as_it_is_set(environment: pytest.MonkeyPatch, name: str) -> None:
    environment.delenv(name)
    with pytest.raises(BadSetting, match=f"^loan cannot start with these settings: {name}: Field required$"):
        load()


def test_every_wrong_setting_is_told_without_its_value(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("LOAN_DATABASE_URL", "mysql://loan:secret@127.0.0.1/loan")
    environment.setenv("TANDEM_RESPONSE_SHARE", "2")
    with pytest.raises(BadSetting) as refused:
        load()
    assert "LOAN_DATABASE_URL: URL scheme" in str(refused.value)
    assert "TANDEM_RESPONSE_SHARE: Input should be less than or equal to 1" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_wrong_peer_addresses_are_a_bad_setting(environment: pytest.MonkeyPatch, loan_contracts: Path) -> None:
    environment.setenv("TANDEM_PEERS", "{")
    with pytest.raises(BadSetting, match="TANDEM_PEERS: PEERS is not JSON"):
        connect("loan", load(), Catalogue.load(loan_contracts), CollectorRegistry())
