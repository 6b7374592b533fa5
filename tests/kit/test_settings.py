"""What a service is told from outside: what must be said, what may be left out, and what is said when it is wrong."""

from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from tandem.kit.events.catalogue import Catalogue
from tandem.kit.events.memory import NullTransport
from tandem.kit.events.postgres import PostgresTransport
from tandem.kit.flags import NullFlags
from tandem.kit.objects import NullObjectStore, S3ObjectStore
from tandem.kit.outside import connect
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
