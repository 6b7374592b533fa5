"""One operation sent to a real backend while the rest stays mocked; its answers are held against the contract."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import orjson

from tandem.kit.problems import MalformedRequest, Problem
from tandem.mock.exchange import Answer, Ask

if TYPE_CHECKING:
    import aiohttp

_SECONDS = 30
_MOST_BODY_BYTES = 32 * 1024 * 1024
# Headers of one connection, which mean nothing on the next; and those for the mock alone.
_HOP = frozenset(
    ("connection", "keep-alive", "proxy-authenticate", "te", "trailer", "transfer-encoding", "upgrade", "host",
     "content-length", "accept-encoding", "content-encoding", "date", "server")
)  # fmt: skip


class NoSuchAddress(MalformedRequest):
    title = "That is not the address of a backend"


class BackendSilent(Problem):
    status = 502
    title = "The live backend does not answer"


class Live:
    """`file` is where the local runtime keeps what goes live; a change of it replaces what was said here."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._seen: tuple[int, int] | None = None
        self._routes: dict[str, str] = {}
        self._client: aiohttp.ClientSession | None = None

    @property
    def routes(self) -> dict[str, str]:
        """From an operation's name to the origin that answers it."""
        if self._file is not None:
            self._look(self._file)
        return self._routes

    def _look(self, file: Path) -> None:
        """At each request: whoever wrote the file counts on it from that moment."""
        try:
            found = file.stat()
        except OSError:
            return
        stamp = (found.st_mtime_ns, found.st_ino)
        if stamp != self._seen:
            self._routes = orjson.loads(file.read_bytes())
            self._seen = stamp

    def send(self, operation: str, url: str | None) -> None:
        """None brings the operation back to the mock; raises NoSuchAddress."""
        if url is None:
            self.routes.pop(operation, None)
            return
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise NoSuchAddress(f"{url[:100]!r} is not of the form http://localhost:9000.")
        self.routes[operation] = url.rstrip("/")

    async def ask(self, ask: Ask, raw_path: str, origin: str) -> Answer:
        import aiohttp
        from yarl import URL

        if self._client is None:
            timeout = aiohttp.ClientTimeout(total=_SECONDS)
            self._client = aiohttp.ClientSession(
                timeout=timeout, auto_decompress=True, cookie_jar=aiohttp.DummyCookieJar()
            )
        query = f"?{ask.query.decode('latin-1')}" if ask.query else ""
        url = URL(f"{origin}{raw_path}{query}", encoded=True)
        headers = {
            name: value for name, value in ask.headers.items() if name not in _HOP and not name.startswith("x-tandem-")
        }
        headers["x-request-id"] = ask.request_id
        try:
            async with self._client.request(
                ask.method, url, headers=headers, data=ask.body or None, allow_redirects=False
            ) as response:
                body = await response.content.read(_MOST_BODY_BYTES)
                while not response.content.at_eof() and len(body) < _MOST_BODY_BYTES:
                    body += await response.content.read(_MOST_BODY_BYTES - len(body))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise BackendSilent(f"{origin} did not answer: {str(error) or type(error).__name__}.") from error
        kept = {name.lower(): value for name, value in response.headers.items() if name.lower() not in _HOP}
        return Answer(response.status, body, kept, f"live from {origin}")

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()
