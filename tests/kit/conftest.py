"""A small service on a database of its own, for the tests of what every service is given."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import orjson
import pytest
import structlog
from moto.server import ThreadedMotoServer

from tandem.kit.auth.jwks import StaticKeys
from tandem.kit.aws.clients import Cloud
from tandem.kit.migrations import migrate
from tandem.local.issuer import LocalIssuer
from tests.kit.loan.contract import write_contracts
from tests.kit.loan.service import LoanService, make_app, start
from tests.service_under_test import Databases

StartLoan: TypeAlias = Callable[..., Awaitable[LoanService]]
_MIGRATIONS = Path(__file__).parent / "loan" / "migrations"


@pytest.fixture(autouse=True, scope="session")
def plain_tracebacks() -> None:
    """The default ones show every local variable, which takes most of a second for each provoked error."""
    renderer = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[renderer])


@pytest.fixture(scope="session")
def loan_contracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_contracts(tmp_path_factory.mktemp("loan") / "contracts")


@pytest.fixture(scope="session")
async def loan_database(databases: Databases) -> AsyncIterator[str]:
    url = await databases.create()
    await asyncio.to_thread(migrate, url, _MIGRATIONS)
    yield url
    await databases.drop(url)


@pytest.fixture(scope="session")
async def running_loan(
    loan_database: str, loan_contracts: Path, issuer: LocalIssuer, keys: StaticKeys
) -> AsyncIterator[LoanService]:
    one = await start(*make_app(loan_database, loan_contracts, keys), issuer)
    yield one
    await one.stop()


@pytest.fixture
async def loan(running_loan: LoanService) -> LoanService:
    """The service with empty tables; its answers are held strictly against its contract."""
    await _empty(running_loan)
    running_loan.flags.on_for.clear()
    return running_loan


@pytest.fixture
async def start_loan(
    loan_database: str, loan_contracts: Path, issuer: LocalIssuer, keys: StaticKeys
) -> AsyncIterator[StartLoan]:
    """Starts the service with other options."""
    started: list[LoanService] = []

    async def start_loan(url: str = loan_database, with_loops: bool = False, **options: Any) -> LoanService:
        started.append(await start(*make_app(url, loan_contracts, keys, **options), issuer, with_loops))
        if url == loan_database:
            await _empty(started[-1])
        return started[-1]

    yield start_loan
    for one in started:
        await one.stop()


async def _empty(service: LoanService) -> None:
    await service.pool.execute("TRUNCATE loans, guarantees, greetings, outbox, inbox, idempotency_keys")


@pytest.fixture(scope="session")
def aws_credentials() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ACCESS_KEY_ID", "testing")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        yield


@pytest.fixture(scope="session")
def cloud(aws_credentials: None) -> Iterator[Cloud]:
    """AWS as moto plays it, in this process."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield Cloud("eu-north-1", f"http://{host}:{port}")
    server.stop()


@pytest.fixture
def json_log() -> Iterator[io.TextIOWrapper]:
    """To stand in for standard output while a log is configured; how logs were written before is put back."""
    written = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    config, handlers, level = structlog.get_config(), logging.root.handlers[:], logging.root.level
    yield written
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    structlog.configure(**config)


def lines_of(written: io.TextIOWrapper) -> list[dict[str, Any]]:
    written.seek(0)
    return [orjson.loads(line) for line in written.read().splitlines()]
