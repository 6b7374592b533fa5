"""A service's own token: granted by an issuer over HTTP, renewed before it ends, never in a log."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from tandem.kit.auth.granted import Ask, Client, Grant, GrantedToken, NotGranted, client_credentials
from tandem.kit.auth.tokens import TokenUnreadable
from tandem.kit.aws.secrets import ClientSecret, SecretUnavailable
from tests.kit.aws.cloud import Scripted, refused
from tests.kit.clock import Clock


@dataclass
class Issuer:
    """Plays what stands in `answers`, in turn; the last one goes on."""

    answers: list[tuple[int, str]] = field(default_factory=lambda: [(200, '{"access_token": "t1", "expires_in": 60}')])
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    url: str = ""

    async def answer(self, request: web.BaseRequest) -> web.Response:
        self.asked.append((request.headers["authorization"], {k: str(v) for k, v in (await request.post()).items()}))
        status, text = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return web.Response(status=status, text=text)

    def ask(self, client: Client | None = None) -> Ask:
        async def known() -> Client:
            return client or Client("card", "p:ss w")

        return client_credentials(self.url, "tandem", known)


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    issuer = Issuer()
    runner = web.ServerRunner(web.Server(issuer.answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    issuer.url = f"http://127.0.0.1:{runner.addresses[0][1]}/token"
    yield issuer
    await runner.cleanup()


async def test_issuer_is_asked_as_the_rfc_says(issuer: Issuer) -> None:
    assert await issuer.ask()() == Grant("t1", 60.0)
    [(authorization, form)] = issuer.asked
    assert base64.b64decode(authorization.removeprefix("Basic ")) == b"card:p%3Ass%20w"
    assert form == {"grant_type": "client_credentials", "audience": "tandem"}


async def test_token_without_an_end_is_soon_asked_for_again(issuer: Issuer) -> None:
    issuer.answers = [(200, '{"access_token": "t1"}')]
    assert (await issuer.ask()()).seconds == 60.0


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, '{"error": "invalid_client"}', "the issuer answered 401: invalid_client"),
        (400, '{"error": "invalid_request", "error_description": "no audience"}', "400: invalid_request no audience"),
        (200, '{"token": "hidden"}', "the issuer answered 200, and not as RFC 6749 has it"),
        (200, '{"access_token": "hidden", "expires_in": "soon"}', "the issuer answered 200, and not as"),
        (200, "[]", "the issuer answered 200, and not as"),
        (502, "<html>hidden</html>", "the issuer answered 502, and not as"),
    ],
)
async def test_what_the_issuer_says_is_told_without_a_token(issuer: Issuer, status: int, body: str, said: str) -> None:
    issuer.answers = [(status, body)]
    with pytest.raises(NotGranted, match=said) as raised:
        await issuer.ask()()
    assert "hidden" not in str(raised.value)


async def test_issuer_that_is_not_there_is_told(unused_tcp_port: int) -> None:
    with pytest.raises(NotGranted, match=f"http://127.0.0.1:{unused_tcp_port} does not answer: ClientConnector"):
        await Issuer(url=f"http://127.0.0.1:{unused_tcp_port}").ask()()


class Granting:
    """Grants t1, t2, … for 60 seconds each, or raises what stands in `trouble`."""

    def __init__(self) -> None:
        self.asked = 0
        self.trouble: Exception | None = None
        self.answering = asyncio.Event()
        self.answering.set()

    async def __call__(self) -> Grant:
        self.asked += 1
        await self.answering.wait()
        if self.trouble:
            raise self.trouble
        return Grant(f"t{self.asked}", 60.0)


async def settled(token: GrantedToken) -> None:
    """Waits for the renewal that is under way, if there is one."""
    while token.renewing:
        await asyncio.wait({token.renewing})


async def test_token_is_renewed_at_half_its_life_while_calls_go_on() -> None:
    clock, granting = Clock(), Granting()
    token = GrantedToken(granting, now=clock)
    await token.open()
    clock.time += 29
    assert token.authorization() == "Bearer t1"
    assert not token.renewing
    clock.time += 1
    assert token.authorization() == "Bearer t1"
    await settled(token)
    assert token.authorization() == "Bearer t2"
    assert granting.asked == 2


@pytest.mark.parametrize("trouble", [NotGranted("away"), SecretUnavailable("away")])
async def test_last_token_serves_until_it_ends_while_the_issuer_is_away(trouble: Exception) -> None:
    clock, granting = Clock(), Granting()
    token = GrantedToken(granting, now=clock)
    await token.open()
    granting.trouble = trouble
    clock.time += 59
    assert token.authorization() == "Bearer t1"
    await settled(token)
    assert token.authorization() == "Bearer t1"
    assert granting.asked == 2
    clock.time += 3
    with pytest.raises(TokenUnreadable, match="granted this service no token"):
        token.authorization()
    await settled(token)
    assert granting.asked == 3
    granting.trouble = None
    clock.time += 3
    with pytest.raises(TokenUnreadable):
        token.authorization()
    await settled(token)
    assert token.authorization() == "Bearer t4"


async def test_service_starts_while_the_issuer_is_away() -> None:
    granting = Granting()
    granting.trouble = NotGranted("away")
    token = GrantedToken(granting, now=Clock())
    await token.open()
    with pytest.raises(TokenUnreadable):
        token.authorization()


async def test_closing_does_not_wait_for_the_issuer() -> None:
    clock, granting = Clock(), Granting()
    token = GrantedToken(granting, now=clock)
    await token.open()
    await token.close()
    granting.answering.clear()
    clock.time += 30
    token.authorization()
    await asyncio.wait_for(token.close(), 10)
    assert not token.renewing


async def test_client_is_read_from_its_secret_each_time() -> None:
    first, second = (
        {"Name": "card/client", "SecretString": f'{{"client_id": "card", "client_secret": "{n}"}}'} for n in "ab"
    )
    secret = ClientSecret(Scripted(first, second), "card/client")  # type: ignore[arg-type]
    assert [await secret(), await secret()] == [Client("card", "a"), Client("card", "b")]


async def test_secret_that_nobody_filled_in_is_told() -> None:
    empty = {"Name": "card/client", "SecretString": "{}"}
    with pytest.raises(
        SecretUnavailable, match="card/client is not a JSON object with a `client_id` and `client_secret`"
    ):
        await ClientSecret(Scripted(empty), "card/client")()  # type: ignore[arg-type]
    with pytest.raises(SecretUnavailable, match="Reading the client's secret is not possible just now"):
        await ClientSecret(Scripted(refused("ResourceNotFoundException")), "card/client")()  # type: ignore[arg-type]
