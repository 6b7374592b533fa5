"""How a service is told of its world, and asked how it is."""

import asyncio
import json
from pathlib import Path

import jwt
import pytest

from tandem.local import services
from tandem.local.issuer import LocalIssuer, read_callers
from tandem.local.postgres import Server
from tandem.local.probe import NoAnswer
from tandem.local.services import Placed, TokenKeeper, World, readiness, token_file
from tandem.local.state import Home, Secrets
from tandem.spec.manifest import Manifest, load_manifest
from tests.local.programs import until
from tests.local.test_probe import answering

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path, REPOSITORY)
    home.create()
    return home


@pytest.fixture(scope="module")
def manifest() -> Manifest:
    return load_manifest(REPOSITORY / "contracts")


def answer(status: str, body: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


@pytest.mark.parametrize(
    ("said", "reasons"),
    [
        (answer("200 OK", "{}"), []),
        (
            answer("503 No", '{"reasons": {"database": "no answer", "outbox": "late"}}'),
            ["database: no answer", "outbox: late"],
        ),
        (answer("503 No", "busy"), ["answers 503 on /readyz"]),
        (answer("500 No", "[]"), ["answers 500 on /readyz"]),
    ],
)
async def test_service_says_itself_why_it_is_not_ready(said: bytes, reasons: list[str]) -> None:
    async with answering(said) as port:
        assert await readiness(port) == reasons


async def test_service_that_is_gone_gives_no_answer() -> None:
    with pytest.raises(NoAnswer):
        await readiness(1)


def test_environment_holds_its_own_secrets_and_no_others(home: Home, manifest: Manifest) -> None:
    secrets = Secrets(home)
    postgres = Server(home.postgres, 5432, "of-the-admin", home.logs / "log")
    world = World(home, manifest, postgres, secrets, 8080, home.folder / "jwks.json")
    placed = Placed("card", "1.1.0", 7001, 7002, Path("/code"), {"CARD_EXTRA": "yes"})
    told = world.environment(placed)
    assert told["CARD_DATABASE_URL"] == f"postgresql://card:{secrets.password('card')}@127.0.0.1:5432/card"
    assert told["TANDEM_BUS_URL"].endswith("@127.0.0.1:5432/bus")
    assert (told["TANDEM_VERSION"], told["PYTHONPATH"], told["CARD_EXTRA"]) == ("1.1.0", "/code", "yes")
    assert told["TANDEM_CONTRACTS"] == "/code/contracts"
    others = [secrets.password("account"), "of-the-admin"]
    assert [secret for secret in others if secret in json.dumps(told)] == []


async def test_each_service_has_a_token_for_what_it_consumes_and_it_is_renewed(
    home: Home, manifest: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "_TOKENS_RENEWED_SECONDS", 0.01)
    issuer = LocalIssuer(home.folder / "issuer", read_callers(home.contracts))
    keeper = TokenKeeper(home, manifest, issuer)
    keeper.renew()
    first = token_file(home, "account").read_text()
    claims = jwt.decode(first, options={"verify_signature": False})
    assert (claims["sub"], claims["kind"]) == ("account", "service")
    assert set(claims["scope"].split()) == manifest.scopes_of("account")
    renewing = asyncio.create_task(keeper.keep_renewing())
    await until(lambda: token_file(home, "account").read_text() != first)
    renewing.cancel()
    await asyncio.wait({renewing})
