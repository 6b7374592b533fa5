"""A service's database behind TLS: who is believed, who is not, and what is said then."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tandem.kit.admin import Readiness
from tandem.kit.database import Database, DatabaseUnavailable
from tandem.kit.database_tls import database_tls, distrust
from tandem.kit.migrations import MigrationError, migrate
from tandem.kit.settings import BadSetting, ServiceSettings
from tests.kit.conftest import StartLoan
from tests.tls import Authority, Issued, tls_before

Front = Callable[[Issued], str]
AUTHORITY = Authority()
HERE = "127.0.0.1"


def settings(url: str, authority: str | None = AUTHORITY.certificate, stage: str = "production") -> ServiceSettings:
    return ServiceSettings(
        database_url=url,
        issuer="https://issuer.test",
        jwks="jwks.json",
        stage=stage,
        version="7",
        database_ca=authority,
    )


@pytest.fixture
def front(database: str, tmp_path: Path) -> Iterator[Front]:
    """The address of the database with TLS before it."""
    real = make_url(database)
    assert real.port is not None
    with ExitStack() as fronts:

        def front(issued: Issued) -> str:
            port = fronts.enter_context(tls_before(real.port or 0, issued, tmp_path)).port
            return real.set(port=port).render_as_string(hide_password=False) + "?sslmode=verify-full"

        yield front


async def asked(told: ServiceSettings) -> object:
    database = Database(str(told.database_url), "loan", tls=database_tls(told))
    await database.open()
    try:
        return await database.reader.fetchval("SELECT 6 * 7")
    finally:
        await database.close()


async def test_database_with_a_certificate_of_the_authority_is_believed(front: Front) -> None:
    assert await asked(settings(front(AUTHORITY.issue(HERE)))) == 42


async def test_authority_may_stand_in_a_file(front: Front, tmp_path: Path) -> None:
    (tmp_path / "rds.pem").write_text(AUTHORITY.certificate)
    assert await asked(settings(front(AUTHORITY.issue(HERE)), str(tmp_path / "rds.pem"))) == 42


REFUSED = [
    (Authority("Somebody else").issue(HERE), AUTHORITY.certificate, "unable to get local issuer certificate"),
    (AUTHORITY.issue(HERE), None, "unable to get local issuer certificate"),
    (AUTHORITY.issue("db.example.com"), AUTHORITY.certificate, "IP address mismatch"),
    (AUTHORITY.issue(HERE, lasts=timedelta(days=-1)), AUTHORITY.certificate, "certificate has expired"),
]


@pytest.mark.parametrize(
    ("issued", "authority", "said"), REFUSED, ids=["another authority", "the system's", "another name", "expired"]
)
async def test_database_that_cannot_prove_itself_is_refused(
    front: Front, issued: Issued, authority: str | None, said: str, tmp_path: Path
) -> None:
    told = settings(front(issued), authority)
    with pytest.raises(DatabaseUnavailable, match="The database is not answering"):
        await asked(told)
    with pytest.raises(MigrationError, match=f"shows a certificate that is not to be trusted .*{said}.*DATABASE_CA"):
        await asyncio.to_thread(migrate, str(told.database_url), tmp_path, tls=database_tls(told))


async def test_readiness_says_that_the_certificate_is_not_trusted(start_loan: StartLoan, front: Front) -> None:
    loan = await start_loan()
    told = settings(front(AUTHORITY.issue("db.example.com")))
    await loan.runtime.database.close()
    loan.runtime.database = Database(str(told.database_url), "loan", tls=database_tls(told))
    await loan.runtime.database.open()
    reasons = await Readiness(loan.runtime, loan.background).reasons()
    assert reasons["database"].startswith("the database shows a certificate that is not to be trusted (IP address")


@pytest.mark.parametrize("mode", ["require", "prefer", "verify-ca", "verify-full"])
def test_every_mode_with_tls_checks_chain_and_name(mode: str) -> None:
    context = database_tls(settings(f"postgresql://card@db/card?sslmode={mode}"))
    assert context is not False
    assert context.check_hostname
    assert context.verify_mode.name == "CERT_REQUIRED"


def test_other_trouble_is_not_told_as_a_certificate() -> None:
    assert distrust(ConnectionRefusedError("refused")) is None


@pytest.mark.parametrize("query", ["", "?sslmode=disable"])
def test_tls_may_be_off_where_no_customer_is(query: str) -> None:
    assert database_tls(settings(f"postgresql://card@db/card{query}", stage="dev")) is False


@pytest.mark.parametrize("stage", ["uat", "production"])
@pytest.mark.parametrize("query", ["", "?sslmode=disable"])
def test_tls_may_not_be_off_where_customers_are(query: str, stage: str) -> None:
    with pytest.raises(BadSetting, match=f"The stage {stage} speaks to its database by TLS only: end its database's"):
        database_tls(settings(f"postgresql://card@db/card{query}", stage=stage))


@pytest.mark.parametrize("authority", ["/nowhere/rds.pem", "-----BEGIN CERTIFICATE-----\nxx\n", "-----BEGIN ü"])
def test_authority_that_cannot_be_read_is_a_bad_setting(authority: str) -> None:
    with pytest.raises(BadSetting, match="TANDEM_DATABASE_CA holds no certificates that can be read"):
        database_tls(settings("postgresql://card@db/card?sslmode=verify-full", authority))
