"""The list of transactions with everything on, against a bare ASGI handler that runs the same query."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg
import orjson

from loadtests.benchmarks.load import Sample, Target, closed_loop
from loadtests.benchmarks.processes import running
from tandem.kit.ids import new_id
from tandem.kit.migrations import migrate
from tandem.kit.settings import REPOSITORY
from tandem.local.issuer import ISSUER, LocalIssuer, read_callers
from tandem.local.postgres import Server, free_port

ROUNDS = 5
_ACCOUNT = "acc_01k9zc6n00000000000000h001"


async def measure() -> dict[str, Any]:
    """Throughput of both, in alternating rounds, and the median of the rounds' ratios."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        async with _database(Path(folder)) as server:
            url = server.url("transaction")
            await asyncio.to_thread(migrate, url, REPOSITORY / "services/transaction/migrations")
            await _fill(url)
            issuer = LocalIssuer(Path(folder) / "issuer", read_callers(REPOSITORY / "contracts"))
            token = issuer.issue("support", "benchmark")
            async with _service(url, issuer, Path(folder)) as service, _bare(url) as bare:
                ours = Target(service, f"/v1/transactions?account_id={_ACCOUNT}", token)
                theirs = Target(bare, "/")
                return _figures([(await closed_loop(ours), await closed_loop(theirs)) for _ in range(ROUNDS)])


def _figures(rounds: list[tuple[Sample, Sample]]) -> dict[str, Any]:
    failed = sum(ours.failed + theirs.failed for ours, theirs in rounds)
    return {
        "tandem_per_second": round(median(ours.per_second for ours, _ in rounds)),
        "bare_per_second": round(median(theirs.per_second for _, theirs in rounds)),
        "ratio": round(median(ours.per_second / theirs.per_second for ours, theirs in rounds), 2),
        "failed": failed,
    }


@asynccontextmanager
async def _database(folder: Path) -> AsyncIterator[Server]:
    server = Server(folder / "data", free_port(), "benchmark", folder / "log")
    server.init()
    server.start()
    try:
        connection = await asyncpg.connect(server.url())
        await connection.execute("CREATE DATABASE transaction")
        await connection.close()
        yield server
    finally:
        server.stop()


async def _fill(url: str) -> None:
    """One account with 400 purchases, through the service's own seed."""
    money = {"amount": "120.50", "currency": "SEK"}
    start = datetime(2026, 1, 1, tzinfo=UTC)
    world = {
        "accounts": [
            {
                "id": _ACCOUNT,
                "customer_id": "cus_01k9zc6n00000000000000h001",
                "credit_limit": {"amount": "900000.00", "currency": "SEK"},
                "status": "open",
            }
        ],
        "cards": [],
        "transactions": [
            {
                "id": new_id("txn"),
                "account_id": _ACCOUNT,
                "kind": "fee",
                "description": f"Fee number {number}",
                "amount": money,
                "booked_at": (start + timedelta(hours=number)).isoformat(),
                "sequence": number,
            }
            for number in range(1, 401)
        ],
    }
    connection = await asyncpg.connect(url)
    seed = (REPOSITORY / "services/transaction/migrations/seed.sql").read_text()
    await connection.execute(seed, orjson.dumps(world).decode())
    await connection.execute("ANALYZE")
    await connection.close()


@asynccontextmanager
async def _service(url: str, issuer: LocalIssuer, folder: Path) -> AsyncIterator[int]:
    port = free_port()
    environment = os.environ | {
        "TRANSACTION_DATABASE_URL": url,
        "TANDEM_ISSUER": ISSUER,
        "TANDEM_JWKS": str(issuer.jwks_path),
        "TANDEM_STAGE": "benchmark",
        "TANDEM_VERSION": "benchmark",
        "TANDEM_PORT": str(port),
        "TANDEM_ADMIN_PORT": str(free_port()),
    }
    with (folder / "service.log").open("wb") as log:
        command = [sys.executable, "-m", "tandem.kit", "serve", "transaction"]
        async with running(command, port, environment, stdout=log):
            yield port


@asynccontextmanager
async def _bare(url: str) -> AsyncIterator[int]:
    port = free_port()
    options = [
        "--port",
        str(port),
        "--loop",
        "uvloop",
        "--http",
        "httptools",
        "--no-access-log",
        "--log-level",
        "warning",
    ]
    command = [sys.executable, "-m", "uvicorn", "loadtests.benchmarks.bare:app", *options]
    environment = os.environ | {"BENCHMARK_DATABASE_URL": url, "BENCHMARK_ACCOUNT": _ACCOUNT}
    async with running(command, port, environment):
        yield port
