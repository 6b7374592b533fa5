"""What every test may lean on: a PostgreSQL of its worker, services on it, and nothing beyond this machine."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any

import asyncpg
import pytest
from hypothesis import settings as hypothesis_settings

from tandem.kit.auth.jwks import StaticKeys
from tandem.local import postgres as local_postgres
from tandem.local.issuer import LocalIssuer
from tests.architecture.project import SERVICES
from tests.service_under_test import CALLERS, Databases, ServiceUnderTest, start

_LOOPBACK = {"127.0.0.1", "::1", "localhost", "0.0.0.0"}

hypothesis_settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis_settings.load_profile("ci")


class NoNetwork(AssertionError):
    """A test tried to reach another machine."""


@pytest.fixture(autouse=True, scope="session")
def only_loopback() -> Iterator[None]:
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in _LOOPBACK:
            raise NoNetwork(f"a test tried to reach {address[0]}: tests reach nothing but this machine")
        connect(self, address)

    socket.socket.connect = guarded  # type: ignore[method-assign, assignment]
    yield
    socket.socket.connect = connect  # type: ignore[method-assign]


@pytest.fixture(autouse=True, scope="session")
def clean_environment() -> Iterator[None]:
    """Settings of the developer's own shell must not reach a test."""
    before = dict(os.environ)
    for name in list(os.environ):
        if name.startswith(("TANDEM_", "AWS_", *(f"{service.upper()}_" for service in SERVICES))):
            del os.environ[name]
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(autouse=True, scope="session")
def ctrl_c_is_heard() -> Iterator[None]:
    """A shell that runs the tests in the background has them, and whatever they start, ignore SIGINT."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[local_postgres.Server]:
    """A server of this worker, with an empty data folder that nobody else uses."""
    folder = tmp_path_factory.mktemp("postgres")
    # Nothing here has to survive a power cut, and each CREATE DATABASE would wait for the disk.
    settings = {"fsync": "off"}
    server = local_postgres.Server(
        folder / "data", local_postgres.free_port(), "test-password", folder / "log", settings
    )
    server.init()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def databases(postgres: local_postgres.Server) -> Databases:
    return Databases(postgres)


@pytest.fixture
async def database(databases: Databases) -> AsyncIterator[str]:
    """The URL of an empty database that goes away after the test."""
    url = await databases.create()
    yield url
    await databases.drop(url)


@pytest.fixture(scope="session")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> LocalIssuer:
    return LocalIssuer(tmp_path_factory.mktemp("issuer"), CALLERS)


@pytest.fixture(scope="session")
def keys(issuer: LocalIssuer) -> StaticKeys:
    return StaticKeys(issuer.jwks_path.read_bytes())


@pytest.fixture(scope="session")
async def running_services(
    databases: Databases, issuer: LocalIssuer, keys: StaticKeys
) -> AsyncIterator[dict[str, ServiceUnderTest]]:
    """Services started so far in this worker; `service` starts the one it needs."""
    started: dict[str, ServiceUnderTest] = {}
    yield started
    for one in started.values():
        await one.stop()


@pytest.fixture
async def service(
    request: pytest.FixtureRequest,
    running_services: dict[str, ServiceUnderTest],
    databases: Databases,
    issuer: LocalIssuer,
    keys: StaticKeys,
) -> ServiceUnderTest:
    """The service the test's folder is named after, with empty tables and no canned answers."""
    name = request.path.parent.name
    if name not in running_services:
        running_services[name] = await start(name, databases, issuer, keys)
    one = running_services[name]
    await one.clear()
    return one


@pytest.fixture
async def admin(postgres: local_postgres.Server) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    connection = await asyncpg.connect(postgres.url())
    yield connection
    await connection.close()
