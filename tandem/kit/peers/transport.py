"""How a request gets to another service and the answer back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import aiohttp
from yarl import URL

from tandem.kit.peers.operation import PeerOperation


class ConnectionFailed(Exception):
    """No answer came back: refused, reset, or cut off in the middle."""


@dataclass(slots=True)
class PeerRequest:
    operation: PeerOperation
    url: str
    headers: Mapping[str, str]
    body: bytes | None = None


@dataclass(slots=True)
class PeerAnswer:
    status: int
    body: bytes = b""
    retry_after: str | None = None


class Transport(Protocol):
    async def send(self, request: PeerRequest) -> PeerAnswer:
        """Raises ConnectionFailed. The caller limits the time, by cancelling."""
        ...

    async def close(self) -> None: ...


class AiohttpTransport:
    """One session for the process, made on first use because it belongs to the running loop."""

    # Uvicorn closes an idle connection after 5 s; ours go first, so that no request meets a closing one.
    _KEEPALIVE_SECONDS = 4.0
    _NO_TIMEOUT = aiohttp.ClientTimeout(total=None)

    def __init__(self, connection_limit: int = 100) -> None:
        self._connection_limit = connection_limit
        self._session: aiohttp.ClientSession | None = None

    async def send(self, request: PeerRequest) -> PeerAnswer:
        session = self._session or self._open()
        try:
            async with session.request(
                request.operation.method,
                URL(request.url, encoded=True),
                headers=request.headers,
                data=request.body,
                allow_redirects=False,
            ) as response:
                body = await response.read()
                return PeerAnswer(response.status, body, response.headers.get("Retry-After"))
        except (aiohttp.ClientError, OSError) as error:
            raise ConnectionFailed(f"{type(error).__name__}: {error}") from error

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=self._connection_limit, keepalive_timeout=self._KEEPALIVE_SECONDS, ttl_dns_cache=10
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=self._NO_TIMEOUT,
            skip_auto_headers=("User-Agent", "Accept-Encoding", "Content-Type"),
        )
        return self._session
