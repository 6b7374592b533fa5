"""A real process: how it starts, how it stops, and what it says when it cannot."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import asyncpg
import coverage
import httpx
import orjson
import pytest

from tandem.kit.__main__ import explained
from tandem.kit.migrations import migrate
from tandem.local.issuer import AUDIENCE, ISSUER, LocalIssuer
from tandem.local.postgres import free_port
from tests.service_under_test import REPOSITORY

Environment: TypeAlias = dict[str, str]
SetLoan: TypeAlias = Callable[..., None]
Start: TypeAlias = Callable[..., Awaitable[Process]]
# What `python -m tandem.kit serve` does, and measured where coverage is.
SERVE = (
    "import coverage, sys; coverage.process_startup(); from tandem.kit.__main__ import explained; "
    "sys.exit(explained(['serve', sys.argv[1]], sys.argv[2]))"
)
NOWHERE = "postgresql://nobody:none@127.0.0.1:9/nothing"


@pytest.fixture
def environment(issuer: LocalIssuer) -> Environment:
    """What a running service is told; the database is one that nobody opened."""
    return {
        "CUSTOMER_DATABASE_URL": NOWHERE,
        "TANDEM_ISSUER": ISSUER,
        "TANDEM_AUDIENCE": AUDIENCE,
        "TANDEM_JWKS": str(issuer.jwks_path),
        "TANDEM_STAGE": "test",
        "TANDEM_VERSION": "7",
        "TANDEM_PORT": str(free_port()),
        "TANDEM_ADMIN_PORT": str(free_port()),
    }


@pytest.fixture
async def start(environment: Environment) -> AsyncIterator[Start]:
    started: list[Process] = []

    measured = {"COVERAGE_PROCESS_START": str(REPOSITORY / "pyproject.toml")} if coverage.Coverage.current() else {}

    async def start(service: str, package: str = "services", **more: str) -> Process:
        variables = {**os.environ, **measured, **environment, **more}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", SERVE, service, package, env=variables, cwd=REPOSITORY, stdout=PIPE, stderr=PIPE
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.fixture
def set_loan(environment: Environment, loan_contracts: Path, monkeypatch: pytest.MonkeyPatch) -> SetLoan:
    def set_loan(**more: str) -> None:
        loan = {"LOAN_DATABASE_URL": NOWHERE, "TANDEM_CONTRACTS": str(loan_contracts)}
        for name, value in {**environment, **loan, **more}.items():
            monkeypatch.setenv(name, value)

    return set_loan


@pytest.fixture
async def customer_database(database: str) -> str:
    await asyncio.to_thread(migrate, database, REPOSITORY / "services" / "customer" / "migrations")
    return database


@pytest.fixture
async def admin(environment: Environment) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{environment['TANDEM_ADMIN_PORT']}") as client:
        yield client


@pytest.fixture
async def public(environment: Environment, issuer: LocalIssuer) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"authorization": f"Bearer {issuer.issue('support', 'agent-1')}"}
    url = f"http://127.0.0.1:{environment['TANDEM_PORT']}"
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=20) as client:
        yield client


async def answered(client: httpx.AsyncClient, path: str, status: int) -> httpx.Response:
    """The answer, as soon as it has this status."""
    async with asyncio.timeout(30):
        while True:
            try:
                response = await client.get(path)
                if response.status_code == status:
                    return response
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.02)


async def ended(process: Process) -> tuple[int, str, str]:
    async with asyncio.timeout(30):
        out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


def events(out: str) -> list[str]:
    return [orjson.loads(line)["event"] for line in out.splitlines()]


async def test_service_starts_without_a_database_and_says_that_it_is_not_ready(
    start: Start, admin: httpx.AsyncClient, public: httpx.AsyncClient
) -> None:
    process = await start("customer")
    reasons = (await answered(admin, "/readyz", 503)).json()["reasons"]
    assert reasons.keys() == {"database", "migrations", "outbox"}
    assert (await admin.get("/livez")).json() == {"status": "alive"}
    assert (await public.get("/v1/customers")).status_code == 503
    process.send_signal(signal.SIGINT)
    assert (await ended(process))[0] == 0


async def test_stopping_service_finishes_what_it_accepted(
    start: Start, admin: httpx.AsyncClient, public: httpx.AsyncClient, customer_database: str
) -> None:
    process = await start("customer", CUSTOMER_DATABASE_URL=customer_database, TANDEM_DRAIN_SECONDS="0.5")
    await answered(admin, "/readyz", 200)
    connection = await asyncpg.connect(customer_database)
    async with connection.transaction():
        await connection.execute("LOCK TABLE customers IN ACCESS EXCLUSIVE MODE")
        open_request = asyncio.create_task(public.get("/v1/customers"))
        await waiting_for_lock(connection)
        process.terminate()
        reasons = (await answered(admin, "/readyz", 503)).json()["reasons"]
        assert reasons == {"process": "it is stopping and takes no new requests"}
        assert (await public.get("/openapi.json")).status_code == 200
    assert (await open_request).status_code == 200
    await connection.close()
    code, out, err = await ended(process)
    assert (code, err) == (0, "")
    assert events(out)[-1] == "stopped"


@pytest.mark.skipif(sys.platform != "linux", reason="the key is kept in memory, which only Linux offers")
async def test_service_answers_by_tls_too_where_it_is_told_to(
    start: Start, admin: httpx.AsyncClient, public: httpx.AsyncClient
) -> None:
    port = free_port()
    process = await start("customer", TANDEM_TLS_PORT=str(port))
    await answered(admin, "/readyz", 503)
    # As a load balancer does: it encrypts, and knows by the network whom it speaks to.
    async with httpx.AsyncClient(base_url=f"https://127.0.0.1:{port}", verify=False) as secured:  # noqa: S501
        assert (await secured.get("/openapi.json")).json() == (await public.get("/openapi.json")).json()
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        async with httpx.AsyncClient() as suspicious:
            await suspicious.get(f"https://127.0.0.1:{port}/openapi.json")
    process.terminate()
    code, out, err = await ended(process)
    assert (code, err, events(out)[-1]) == (0, "", "stopped")


async def waiting_for_lock(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    async with asyncio.timeout(20):
        while not await connection.fetchval("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"):
            await asyncio.sleep(0.01)


async def test_every_line_of_the_log_is_json_and_names_its_service(
    start: Start, admin: httpx.AsyncClient, public: httpx.AsyncClient, customer_database: str
) -> None:
    process = await start("customer", CUSTOMER_DATABASE_URL=customer_database)
    await answered(admin, "/readyz", 200)
    await public.get("/v1/customers/cus_01k9zc6n00000000000000h001", headers={"x-request-id": "from-the-app"})
    process.terminate()
    _, out, _ = await ended(process)
    lines = [orjson.loads(line) for line in out.splitlines()]
    assert {(line["service"], line["version"], line["stage"]) for line in lines} == {("customer", "7", "test")}
    (request,) = [line for line in lines if line["event"] == "request"]
    assert (request["request_id"], request["status"], request["operation"]) == ("from-the-app", 404, "getCustomer")


async def test_contract_that_does_not_fit_stops_the_start(start: Start, tmp_path: Path) -> None:
    for name in ("manifest.yaml", "events.yaml", "common", "customer"):
        (tmp_path / name).symlink_to(REPOSITORY / "contracts" / name)
    (tmp_path / "customer").unlink()
    (tmp_path / "customer").mkdir()
    contract = (REPOSITORY / "contracts" / "customer" / "openapi.yaml").read_text()
    path = tmp_path / "customer" / "openapi.yaml"
    path.write_text(contract.replace("operationId: listCustomers", "operationId: findCustomers", 1))
    line = contract[: contract.index("operationId: listCustomers")].count("\n") + 1
    code, _, err = await ended(await start("customer", TANDEM_CONTRACTS=str(tmp_path)))
    handler = "write `async def find_customers(call, …)` in services/customer/handlers.py"
    assert (code, err) == (1, f"{path}:{line}: no handler for findCustomers: {handler}\n")


@pytest.mark.parametrize("variable", ["TANDEM_PORT", "TANDEM_ADMIN_PORT"])
async def test_taken_port_is_one_sentence(start: Start, environment: Environment, variable: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", int(environment[variable])))
        other.listen()
        outcome = await ended(await start("customer"))
    sentence = f"Port {environment[variable]} is taken: stop what listens there or choose another port.\n"
    assert outcome == (1, "", sentence)


async def test_port_that_cannot_be_opened_says_why(start: Start) -> None:
    code, _, err = await ended(await start("customer", TANDEM_HOST="192.0.2.1", TANDEM_PORT="8000"))
    assert (code, err) == (1, "Port 8000 at 192.0.2.1 cannot be opened: Cannot assign requested address.\n")


async def test_start_that_fails_inside_ends_the_process_with_one_line(start: Start, loan_contracts: Path) -> None:
    more = {"LOAN_DATABASE_URL": NOWHERE, "TANDEM_CONTRACTS": str(loan_contracts), "TANDEM_STAGE": "broken"}
    code, out, err = await ended(await start("loan", "tests.kit", **more))
    assert (code, err) == (1, "loan could not start: ConnectionError: the letterhead cannot be fetched\n")
    assert events(out) == ["could not start"]


async def test_module_is_a_program(start: Start) -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tandem.kit", stdout=PIPE, stderr=PIPE)
    usage = "usage: python -m tandem.kit (serve|migrate) SERVICE, or canary SERVICE URL\n"
    assert await ended(process) == (2, "", usage)


def test_wrong_settings_are_one_sentence_that_names_the_variables(
    set_loan: SetLoan, capsys: pytest.CaptureFixture[str]
) -> None:
    set_loan(LOAN_DATABASE_URL="mysql://x", TANDEM_PORT="many")
    assert explained(["serve", "loan"], "tests.kit") == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert err.startswith("loan cannot start with these settings: LOAN_DATABASE_URL: URL scheme should be ")
    assert "; TANDEM_PORT: Input should be a valid integer" in err


def test_wrong_peer_addresses_are_one_sentence(set_loan: SetLoan, capsys: pytest.CaptureFixture[str]) -> None:
    set_loan(TANDEM_PEERS='{"card": "card:8000"}')
    assert explained(["serve", "loan"], "tests.kit") == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert err.startswith("TANDEM_PEERS: The address of card has to begin with http:// or https://")


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["serve", "lone"], 1, "There is no service called lone in services/.\n"),
        (["migrate", "lone"], 1, "There is no service called lone in services/.\n"),
        (["serve"], 2, "usage: python -m tandem.kit (serve|migrate) SERVICE, or canary SERVICE URL\n"),
        ([], 2, "usage: python -m tandem.kit (serve|migrate) SERVICE, or canary SERVICE URL\n"),
    ],
)
def test_wrong_command_says_what_is_meant(
    capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, sentence: str
) -> None:
    assert explained(arguments) == code
    assert tuple(capsys.readouterr()) == ("", sentence)


def test_service_that_lacks_a_module_is_a_bug_and_not_a_sentence() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"No module named 'tests.kit.contract.app'"):
        explained(["serve", "contract"], "tests.kit")


async def test_migrate_brings_the_schema_up_and_says_so(
    set_loan: SetLoan, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    set_loan(LOAN_DATABASE_URL=database)
    for applied in ("loan: applied kit_0001\nloan: applied loan_0001\n", ""):
        assert await asyncio.to_thread(explained, ["migrate", "loan"], "tests.kit") == 0
        assert tuple(capsys.readouterr()) == (applied, "")


async def test_migration_without_a_database_is_one_sentence(
    set_loan: SetLoan, capsys: pytest.CaptureFixture[str]
) -> None:
    set_loan()
    assert await asyncio.to_thread(explained, ["migrate", "loan"], "tests.kit") == 1
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("the database does not answer: ")
