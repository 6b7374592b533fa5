"""The token that the issuer grants to a service for its client id and secret (RFC 6749, section 4.4)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import quote

import aiohttp
import orjson
import structlog

from tandem.kit.auth.tokens import TokenUnreadable
from tandem.kit.problems import Unavailable

log = structlog.get_logger("tandem.tokens")
_TIMEOUT = aiohttp.ClientTimeout(total=2.0)
_SECONDS_WHEN_NOT_SAID = 60.0
_LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Client:
    """Whom the issuer knows this service as."""

    id: str
    secret: str


@dataclass(frozen=True, slots=True)
class Grant:
    token: str
    seconds: float


class NotGranted(Exception):
    """What the issuer said, or that it said nothing."""


Ask = Callable[[], Awaitable[Grant]]


class GrantedToken:
    """Renewed in the background at half its life, so that no call waits for the issuer.

    While the issuer is away the last token serves until it ends; calls without one are refused and may be repeated.
    """

    def __init__(self, ask: Ask, retry_seconds: float = 3.0, now: Callable[[], float] = time.monotonic) -> None:
        self._ask = ask
        self._retry_seconds = retry_seconds
        self._now = now
        self._authorization = ""
        self._renew_at = self._ends_at = float("-inf")
        self.renewing: asyncio.Task[None] | None = None

    async def open(self) -> None:
        await self._renew()

    async def close(self) -> None:
        if self.renewing is not None:
            self.renewing.cancel()
            await asyncio.wait({self.renewing})

    def authorization(self) -> str:
        now = self._now()
        if now >= self._renew_at:
            self._renew()
        if now >= self._ends_at:
            raise TokenUnreadable("The issuer has granted this service no token to call others with.")
        return self._authorization

    def _renew(self) -> asyncio.Task[None]:
        if self.renewing is None:
            self.renewing = asyncio.get_running_loop().create_task(self._load())
        return self.renewing

    async def _load(self) -> None:
        try:
            grant = await self._ask()
            self._authorization = f"Bearer {grant.token}"
            self._renew_at, self._ends_at = self._now() + grant.seconds / 2, self._now() + grant.seconds
        except (NotGranted, Unavailable) as error:
            log.warning("no token was granted", reason=str(error))
            self._renew_at = self._now() + self._retry_seconds
        finally:
            self.renewing = None


def client_credentials(url: str, audience: str, client: Callable[[], Awaitable[Client]]) -> Ask:
    """Asks who the client is each time: what was changed meanwhile is used without a restart."""

    async def ask() -> Grant:
        known = await client()
        # As the RFC has it, what goes into Basic is form-encoded first.
        basic = aiohttp.encode_basic_auth(quote(known.id, safe=""), quote(known.secret, safe=""))
        wanted = {"grant_type": "client_credentials", "audience": audience}
        try:
            async with (
                aiohttp.ClientSession(timeout=_TIMEOUT, headers={"authorization": basic}) as session,
                session.post(url, data=wanted, allow_redirects=False) as response,
            ):
                return _granted(response.status, await response.read())
        except (aiohttp.ClientError, OSError) as error:
            raise NotGranted(f"{url} does not answer: {type(error).__name__}") from error

    return ask


def _granted(status: int, body: bytes) -> Grant:
    """The token itself never gets into a message: a body that is not understood is not repeated."""
    try:
        answer = orjson.loads(body)
        if status == 200:
            return Grant(str(answer["access_token"]), float(answer.get("expires_in", _SECONDS_WHEN_NOT_SAID)))
        reason = f"{answer['error']} {answer.get('error_description', '')}".strip()[:_LONGEST_REASON]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise NotGranted(f"the issuer answered {status}, and not as RFC 6749 has it") from None
    raise NotGranted(f"the issuer answered {status}: {reason}")
